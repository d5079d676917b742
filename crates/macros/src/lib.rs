//! The attribute `#[netiosim::test]`; use it through the crate `netiosim`.

use proc_macro::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{FnArg, Ident, ItemFn, LitBool, LitInt, LitStr, ReturnType, Token, parse_macro_input};

/// A unit test that is handed a fresh simulated stack.
///
/// The function takes one argument, the `netiosim::Stack`, by value; when it is dropped at the end of the
/// test, unacknowledged findings fail the test. Arguments of the attribute, each optional:
///
/// * `profile = "documented" | "observed" | "adversarial" | "wine"`
/// * `mode = "manual" | "controlled" | "threads"`
/// * `seed = N`, the seed of the first run
/// * `runs = N`, how many runs with consecutive seeds
/// * `explore`, or `explore(…)`: the test runs in every order of its calls, deliveries and values, on a fresh stack each time; with, each
///   optional,
///   * `strategy = "exhaustive" | "depth-first" | "random" | "pct[:depth]" | "delay-bounded[:delays]" | "round-robin" | "portfolio"`
///   * `max_executions = N`, `max_steps = N` of one execution
///   * `coroutines`: on coroutines in place of threads, many times quicker, for tests that wait for nothing but what the stack tracks;
///     with the feature `coroutines` of `netiosim`
///   * `accept_limit = true`: a limit that comes before everything was tried does not fail the test
///
/// The environment variables `NETIOSIM_PROFILE`, `NETIOSIM_SEED` and `NETIOSIM_RUNS` win over them, and
/// `NETIOSIM_REPLAY` lets a test that explores run one schedule. A failing run prints the one line that repeats it.
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
    explores: bool,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let all = Punctuated::<Argument, Token![,]>::parse_terminated(input)?;
        let explores = all.iter().any(|argument| matches!(argument.kind, Kind::Explore));
        let mut calls = Vec::new();
        for argument in all {
            let name = argument.name;
            calls.push(match argument.kind {
                Kind::Profile(value) if explores => {
                    quote!(.profile(::netiosim::testing::profile(#value)))
                }
                Kind::Profile(value) => quote!(.profile(#value)),
                Kind::Mode | Kind::Runs if explores => {
                    let message = format!("a test that explores has no `{name}` of its own");
                    return Err(syn::Error::new(name.span(), message));
                }
                Kind::Seed | Kind::Mode | Kind::Runs | Kind::Explore => argument.call,
            });
        }
        Ok(Self { calls, explores })
    }
}

struct Argument {
    name: Ident,
    kind: Kind,
    call: proc_macro2::TokenStream,
}

enum Kind {
    Profile(String),
    Mode,
    Seed,
    Runs,
    Explore,
}

/// What `explore(…)` says.
struct Exploration {
    call: proc_macro2::TokenStream,
}

impl Parse for Exploration {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name: Ident = input.parse()?;
        if name == "coroutines" {
            return Ok(Self { call: quote!(.coroutines()) });
        }
        input.parse::<Token![=]>()?;
        let call = match name.to_string().as_str() {
            "strategy" => {
                let literal: LitStr = input.parse()?;
                let value = literal.value();
                if !is_strategy(&value) {
                    let message = format!(
                        "\"{value}\" is none of exhaustive, depth-first, random, pct[:depth], delay-bounded[:delays], round-robin, portfolio"
                    );
                    return Err(syn::Error::new(literal.span(), message));
                }
                quote!(.strategy(::netiosim::testing::strategy(#value)))
            }
            "max_executions" => {
                let value: u64 = input.parse::<LitInt>()?.base10_parse()?;
                quote!(.max_executions(#value))
            }
            "max_steps" => {
                let value: u64 = input.parse::<LitInt>()?.base10_parse()?;
                quote!(.max_steps(#value))
            }
            "accept_limit" => match input.parse::<LitBool>()?.value {
                true => quote!(.accept_limit()),
                false => quote!(),
            },
            other => {
                let message = format!(
                    "unknown argument `{other}`: strategy, max_executions, max_steps, coroutines or accept_limit"
                );
                return Err(syn::Error::new(name.span(), message));
            }
        };
        Ok(Self { call })
    }
}

fn is_strategy(text: &str) -> bool {
    match text.split_once(':') {
        Some(("pct" | "delay-bounded", number)) => number.parse::<u32>().is_ok(),
        Some(_) => false,
        None => [
            "exhaustive",
            "depth-first",
            "random",
            "pct",
            "delay-bounded",
            "round-robin",
            "portfolio",
        ]
        .contains(&text),
    }
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name: Ident = input.parse()?;
        if name == "explore" {
            let mut call = quote!();
            if input.peek(syn::token::Paren) {
                let inside;
                syn::parenthesized!(inside in input);
                let all = Punctuated::<Exploration, Token![,]>::parse_terminated(&inside)?;
                call = all.into_iter().map(|exploration| exploration.call).collect();
            }
            return Ok(Self { name, kind: Kind::Explore, call });
        }
        input.parse::<Token![=]>()?;
        let (kind, call) = match name.to_string().as_str() {
            "profile" => {
                let value = word(input, &["documented", "observed", "adversarial", "wine"])?;
                (Kind::Profile(value), quote!())
            }
            "mode" => {
                let value = word(input, &["manual", "controlled", "threads"])?;
                (Kind::Mode, quote!(.mode(#value)))
            }
            "seed" => {
                let value: u64 = input.parse::<LitInt>()?.base10_parse()?;
                (Kind::Seed, quote!(.seed(#value)))
            }
            "runs" => {
                let literal: LitInt = input.parse()?;
                let value: u32 = literal.base10_parse()?;
                if value == 0 {
                    return Err(syn::Error::new(literal.span(), "at least one run"));
                }
                (Kind::Runs, quote!(.runs(#value)))
            }
            other => {
                let message =
                    format!("unknown argument `{other}`: profile, mode, seed, runs or explore");
                return Err(syn::Error::new(name.span(), message));
            }
        };
        Ok(Self { name, kind, call })
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
    let path = quote!(::core::concat!(::core::module_path!(), "::", ::core::stringify!(#name)));
    let runner = match arguments.explores {
        // What it returns says nothing that a test has to look at.
        true => quote!(let _ = ::netiosim::Explorer::new().name(#path)),
        false => quote!(::netiosim::testing::Config::new(#path)),
    };
    Ok(quote! {
        #(#attributes)*
        #[::core::prelude::v1::test]
        #visibility fn #name() {
            fn body(#inputs) #output #block
            #runner
            #(#calls)*
            .run(|stack| ::netiosim::testing::Verdict::check(body(stack)));
        }
    })
}
