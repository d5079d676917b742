//! A callback's module has to stay loaded, and the object of its context alive (TP-23, NI-18).

use netiosim_sim::model::rule::Rule;
use netiosim_sim::model::status::Flavour;
use netiosim_sim::{RawCallback, RawKind, RawRequest, Stack};

#[test]
fn a_module_with_the_callback_of_a_live_registration_is_not_to_be_unloaded() {
    let stack = Stack::new();
    let plugin = stack.own_process().module("plugin.dll", false);
    plugin.unload();
    assert_eq!(stack.findings(), [], "it was not loaded");
    plugin.load();
    let mut request = RawRequest::new(RawKind::TeredoPort, "ports", RawCallback::new(|_| {}));
    request.module = Some(plugin.id());
    let handle = stack.register(request, &mut |_| {}).handle;
    assert_eq!(stack.findings(), [], "it is loaded");
    plugin.unload();
    let findings = stack.take_findings();
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].rule, Rule::UnloadedModule);
    assert!(findings[0].message.contains("plugin.dll"), "{}", findings[0].message);

    plugin.load();
    assert_eq!(stack.cancel(handle), Ok(()));
    plugin.unload();
    assert_eq!(stack.take_findings(), [], "its registration was cancelled before");
}

#[test]
fn it_has_to_be_loaded_before_the_registration() {
    let stack = Stack::new();
    let plugin = stack.own_process().module("plugin.dll", false);
    let mut request = RawRequest::new(RawKind::TeredoPort, "ports", RawCallback::new(|_| {}));
    request.module = Some(plugin.id());
    stack.register(request, &mut |_| {});
    let findings = stack.take_findings();
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].rule, Rule::UnloadedModule);
}

#[test]
fn an_object_is_to_be_used_while_it_lives() {
    let stack = Stack::new();
    let server = stack.object("server");
    assert!(!server.use_it());
    server.construct();
    assert!(server.use_it());
    server.destroy();
    assert!(!server.use_it());
    let findings = stack.take_findings();
    assert!(findings.iter().all(|finding| finding.rule == Rule::ContextLifetime));
    let told: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(
        told,
        [
            "thread \"main\" used \"server\" before it was constructed",
            "thread \"main\" used \"server\" after it was destroyed",
        ]
    );
}

#[test]
fn a_process_says_whether_it_runs_and_runs_elevated() {
    let stack = Stack::new();
    let vpn = stack.process("vpn", Flavour::User);
    assert!(vpn.is_alive() && vpn.is_elevated());
    vpn.set_elevated(false);
    assert!(!vpn.is_elevated());
    vpn.exit();
    assert!(!vpn.is_alive());
    vpn.start();
    assert!(vpn.is_alive());
}
