//! The functions as a page of the documentation.

use std::fmt::Write as _;

use super::{Function, MostIrql, Shape};

impl Function {
    /// The name of its step in scenario files, and of its method in `netiosim-sim`.
    #[must_use]
    pub fn snake_name(self) -> String {
        let mut name = String::new();
        let mut before = '_';
        for letter in self.name().chars() {
            // IP and the like are one word, and so is a digit with what stands before it.
            let begins = letter.is_ascii_uppercase() && !before.is_ascii_uppercase();
            if begins && before != '_' {
                name.push('_');
            }
            name.push(letter.to_ascii_lowercase());
            before = letter;
        }
        name.replace("cancel_ipchange", "cancel_ip_change")
    }
}

/// The page `docs/functions.md`: every function with its row, since when it exists, and who may call
/// it.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from(
        "# Functions\n\n\
         Every function of the API that the simulator has. The last column has the \
         name of the step of a scenario and of the method of `netiosim::StackRef`, first the step's where they \
         differ; what a step takes stands in \
         [scenarios.md](scenarios.md), what a method takes in the documentation of the crate. Generated from \
         `netiosim_model::function`; a test keeps it fresh (`NETIOSIM_BLESS=1` rewrites it).\n\n\
         *Since* is the first Windows that has it: an older machine does not export it, and a call is the finding \
         N023. *Drivers* may call it below DISPATCH_LEVEL or at PASSIVE_LEVEL only; `no` is a function without a \
         driver page. *Elevated* functions give ERROR_ACCESS_DENIED to a program that is not.\n\n\
         | Function | What it takes | Since | Drivers | Elevated | Step and method |\n|---|---|---|---|---|---|\n",
    );
    for function in Function::ALL {
        let spec = function.spec();
        let takes = match spec.shape {
            Shape::Notify => "a callback".to_owned(),
            Shape::Overlapped => "an OVERLAPPED".to_owned(),
            Shape::Cancel if spec.irql == MostIrql::UserOnly => "an OVERLAPPED".to_owned(),
            Shape::Cancel => "a handle".to_owned(),
            Shape::Port => "a port".to_owned(),
            Shape::Row(row) => row.name().to_owned(),
            Shape::Table(row) => format!("a table of {}", row.name()),
            Shape::Free => "a table".to_owned(),
            Shape::BestRoute => "addresses, and a row MIB_IPFORWARD_ROW2".to_owned(),
            Shape::BestInterface => "an address".to_owned(),
            Shape::Hint => "NL_NETWORK_CONNECTIVITY_HINT".to_owned(),
            Shape::Convert => "a value".to_owned(),
            Shape::Adapters if function == Function::GetAdaptersInfo => {
                "a buffer for a list of IP_ADAPTER_INFO".to_owned()
            }
            Shape::Adapters => "a buffer for a list of IP_ADAPTER_ADDRESSES".to_owned(),
            Shape::Number => "a number".to_owned(),
        };
        let drivers = match spec.irql {
            MostIrql::Passive => "PASSIVE_LEVEL",
            MostIrql::BelowDispatch => "below DISPATCH_LEVEL",
            MostIrql::UserOnly => "no",
        };
        let elevated = if spec.elevated { "yes" } else { "" };
        let step = match function {
            Function::CancelMibChangeNotify2 => "cancel`, `cancel_mib_change_notify2".to_owned(),
            function => function.snake_name(),
        };
        writeln!(
            text,
            "| {} | {takes} | {} | {drivers} | {elevated} | `{step}` |",
            spec.name, spec.since
        )
        .expect("a string takes all");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::Function;

    #[test]
    fn snake_names_read_back() {
        for function in Function::ALL {
            assert_eq!(Function::parse(&function.snake_name()), Some(function), "{function}");
        }
        let names = [
            (Function::GetIfEntry2Ex, "get_if_entry2_ex"),
            (Function::ConvertInterfaceLuidToNameA, "convert_interface_luid_to_name_a"),
            (Function::CancelIpChangeNotify, "cancel_ip_change_notify"),
            (Function::IfNametoindex, "if_nametoindex"),
        ];
        for (function, name) in names {
            assert_eq!(function.snake_name(), name);
        }
    }
}
