//! A history as a scenario file.

use netiosim_model::function::Function;
use netiosim_proptest::{Machine, Reference, Step};
use serde_json::{Value, json};

use super::act::{Act, Books};

/// The history that leads to a difference, for `netiosim run` and `netiosim explore`.
pub(crate) fn scenario(books: &Books, difference: &str) -> String {
    let mut machine = Reference::new(&Machine::default());
    let (mut steps, mut timeline) = (Vec::new(), Vec::new());
    let (mut at_ms, mut slept_ms, mut number) = (0, 0, 0);
    for act in &books.acts {
        at_ms += 10;
        let mut client = |step: Value| {
            if at_ms > slept_ms {
                steps.push(json!({"sleep": {"ms": at_ms - slept_ms}}));
                slept_ms = at_ms;
            }
            steps.push(step);
        };
        let mut outside = |event: Value| timeline.push(json!({"at_ms": at_ms, "event": event}));
        match act {
            Act::Register { function, family, initial, callback } => {
                let mut call = json!({"as": format!("r{number}"), "context": number.to_string()});
                number += 1;
                if *initial {
                    call["initial"] = true.into();
                }
                match callback {
                    true => call["callback"] = "on_change".into(),
                    false => call["null_callback"] = true.into(),
                }
                if has_family(*function) {
                    call["family_number"] = (*family).into();
                }
                client(json!({word(*function): call}));
            }
            Act::Cancel(number) => client(json!({"cancel": {"handle": format!("r{number}")}})),
            Act::CancelGarbage(0) => client(json!({"cancel": {"handle": "null"}})),
            Act::CancelGarbage(_) => client(json!({"cancel": {"handle": "garbage"}})),
            Act::Settle => {}
            Act::Port(false) => client(json!({"get_teredo_port": {"null_pointer": true}})),
            Act::Port(true) => client(json!({"get_teredo_port": {}})),
            Act::Happens(Step::Elapse(ms)) => at_ms += ms,
            Act::Happens(step) => {
                if let Some(event) = step.event(&machine.env()) {
                    outside(event);
                }
                machine.apply(step);
            }
            Act::Fail(function, status) => {
                let status = format!("{status:?}");
                outside(json!({"fault": {"function": word(*function), "status": status}}));
            }
            Act::Unfail(function) => outside(json!({"fault_clear": {"function": word(*function)}})),
            Act::RestartProgram => outside(json!({"process_exit": {"client": "program"}})),
            Act::Reboot => outside(json!({"reboot": {}})),
        }
    }
    let threads = json!([{"name": "main", "steps": steps}]);
    let scenario = json!({
        "version": 1,
        "name": "A history that was drawn",
        "description": format!("Under the profile {}: {difference}", books.profile.name()),
        "timeline": timeline,
        "clients": [{"name": "program", "callbacks": {"on_change": []}, "threads": threads}],
    });
    serde_json::to_string_pretty(&scenario).expect("numbers and texts can be written")
}

fn has_family(function: Function) -> bool {
    !matches!(
        function,
        Function::NotifyTeredoPortChange | Function::NotifyNetworkConnectivityHintChange
    )
}

fn word(function: Function) -> &'static str {
    match function {
        Function::NotifyTeredoPortChange => "notify_teredo_port_change",
        Function::NotifyIpInterfaceChange => "notify_ip_interface_change",
        Function::NotifyUnicastIpAddressChange => "notify_unicast_ip_address_change",
        Function::NotifyRouteChange2 => "notify_route_change2",
        _ => "notify_network_connectivity_hint_change",
    }
}
