//! The attribute `#[netiosim::test]`; use it through the crate `netiosim`.

use proc_macro::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{FnArg, Ident, ItemFn, LitInt, LitStr, ReturnType, Token, parse_macro_input};

/// A unit test that is handed a fresh simulated stack.
///
/// The function takes one argument, the `netiosim::Stack`, by value; when it is dropped at the end of the
/// test, unacknowledged findings fail the test. Arguments of the attribute, each optional:
///
/// * `profile = "documented" | "observed" | "adversarial" | "wine"`
/// * `mode = "manual" | "controlled" | "threads"`
/// * `seed = N`, the seed of the first run
/// * `runs = N`, how many runs with consecutive seeds
///
/// The environment variables `NETIOSIM_PROFILE`, `NETIOSIM_SEED` and `NETIOSIM_RUNS` win over them. A
/// failing run prints the one line that repeats it.
#[proc_macro_attribute]
pub fn test(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let arguments = parse_macro_input!(arguments as Arguments);
    let function = parse_macro_input!(item as ItemFn);
    expand(&arguments, &function).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// The arguments of the attribute, as calls of a configuration's builder.
#[derive(Default)]
struct Arguments {
    calls: Vec<proc_macro2::TokenStream>,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let all = Punctuated::<Argument, Token![,]>::parse_terminated(input)?;
        Ok(Self { calls: all.into_iter().map(|argument| argument.call).collect() })
    }
}

struct Argument {
    call: proc_macro2::TokenStream,
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name: Ident = input.parse()?;
        input.parse::<Token![=]>()?;
        let call = match name.to_string().as_str() {
            "profile" => {
                let value = word(input, &["documented", "observed", "adversarial", "wine"])?;
                quote!(.profile(#value))
            }
            "mode" => {
                let value = word(input, &["manual", "controlled", "threads"])?;
                quote!(.mode(#value))
            }
            "seed" => {
                let value: u64 = input.parse::<LitInt>()?.base10_parse()?;
                quote!(.seed(#value))
            }
            "runs" => {
                let literal: LitInt = input.parse()?;
                let value: u32 = literal.base10_parse()?;
                if value == 0 {
                    return Err(syn::Error::new(literal.span(), "at least one run"));
                }
                quote!(.runs(#value))
            }
            other => {
                let message = format!("unknown argument `{other}`: profile, mode, seed or runs");
                return Err(syn::Error::new(name.span(), message));
            }
        };
        Ok(Self { call })
    }
}

fn word(input: ParseStream<'_>, known: &[&str]) -> syn::Result<String> {
    let literal: LitStr = input.parse()?;
    let value = literal.value();
    if known.contains(&value.as_str()) {
        return Ok(value);
    }
    let message = format!("\"{value}\" is none of {}", known.join(", "));
    Err(syn::Error::new(literal.span(), message))
}

fn expand(arguments: &Arguments, function: &ItemFn) -> syn::Result<proc_macro2::TokenStream> {
    let signature = &function.sig;
    if let Some(token) = &signature.asyncness {
        return Err(syn::Error::new_spanned(token, "the test is no async fn: write a plain fn"));
    }
    if !signature.generics.params.is_empty() || signature.unsafety.is_some() {
        return Err(syn::Error::new_spanned(signature, "a test is neither generic nor unsafe"));
    }
    if signature.inputs.len() != 1 || !matches!(signature.inputs.first(), Some(FnArg::Typed(_))) {
        let message =
            "the test takes exactly one argument, the stack: fn name(stack: netiosim::Stack)";
        return Err(syn::Error::new_spanned(&signature.inputs, message));
    }
    let (attributes, visibility, name) = (&function.attrs, &function.vis, &signature.ident);
    let (inputs, block) = (&signature.inputs, &function.block);
    let calls = &arguments.calls;
    let output = match &signature.output {
        ReturnType::Default => quote!(),
        output @ ReturnType::Type(..) => quote!(#output),
    };
    Ok(quote! {
        #(#attributes)*
        #[::core::prelude::v1::test]
        #visibility fn #name() {
            fn body(#inputs) #output #block
            ::netiosim::testing::Config::new(
                ::core::concat!(::core::module_path!(), "::", ::core::stringify!(#name))
            )
            #(#calls)*
            .run(|stack| ::netiosim::testing::Verdict::check(body(stack)));
        }
    })
}
