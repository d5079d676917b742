//! Equal runs are equal: state, hash, findings and the bytes of the trace.

mod reference;

use std::hash::{DefaultHasher, Hash, Hasher};

use netiosim_model::machine::Machine;
use proptest::prelude::*;
use reference::action::script;
use reference::world::World;

fn text(machine: &Machine) -> String {
    machine.trace_text(machine.events())
}

fn hash(machine: &Machine) -> u64 {
    let mut hasher = DefaultHasher::new();
    machine.hash(&mut hasher);
    hasher.finish()
}

fn assert_equal(one: &Machine, other: &Machine) {
    assert_eq!(one.state(), other.state());
    assert_eq!(hash(one), hash(other));
    assert_eq!(one.findings(), other.findings());
    assert_eq!(text(one), text(other));
}

proptest! {
    #![proptest_config(reference::config(96))]

    /// The same script, taken twice, gives the same bytes.
    #[test]
    fn the_same_run_twice_is_the_same(script in script(1..80)) {
        assert_equal(&World::run(&script).machine, &World::run(&script).machine);
    }

    /// A clone goes on like its original, and neither touches the other.
    #[test]
    fn a_clone_goes_on_like_its_original(script in script(1..80), cut in any::<usize>()) {
        let cut = cut % (script.actions.len() + 1);
        let mut world = World::new(&script);
        for action in &script.actions[..cut] {
            world.step(action);
        }
        let frozen = world.machine.state().clone();
        let mut other = world.clone();
        for action in &script.actions[cut..] {
            other.step(action);
        }
        assert_eq!(world.machine.state(), &frozen, "the original stood still");
        for action in &script.actions[cut..] {
            world.step(action);
        }
        assert_equal(&world.machine, &other.machine);
    }

    /// The state is all that decides: a machine resumed from it goes on like the one it came from,
    /// and one that records nothing ends in the same state with the same findings.
    #[test]
    fn the_state_is_all_that_decides(script in script(1..80), cut in any::<usize>()) {
        let cut = cut % (script.actions.len() + 1);
        let mut world = World::new(&script);
        for action in &script.actions[..cut] {
            world.step(action);
        }
        let mut resumed = world.clone();
        resumed.resume(world.machine.state().clone());
        let (events, findings) = (world.machine.events().len(), world.machine.findings().len());
        for action in &script.actions[cut..] {
            world.step(action);
            resumed.step(action);
        }
        assert_eq!(world.machine.state(), resumed.machine.state());
        let what = |machine: &Machine, from: usize| {
            let rest = machine.findings()[from..].iter();
            rest.map(|finding| (finding.rule, finding.message.clone())).collect::<Vec<_>>()
        };
        assert_eq!(what(&world.machine, findings), what(&resumed.machine, 0));
        assert_eq!(world.machine.events()[events..].len(), resumed.machine.events().len());
    }
}

/// The trace of one short run, byte by byte: a change of it is a change of the format.
#[test]
fn the_trace_of_a_short_run() {
    use netiosim_model::build::home;
    use netiosim_model::change::Change;
    use netiosim_model::choose::First;
    use netiosim_model::event::Function;
    use netiosim_model::machine::{CancelBegin, Request};
    use netiosim_model::profile::Profile;
    use netiosim_model::status::Flavour;
    use netiosim_model::teredo::PortWish;

    let mut machine = Machine::new(Profile::Documented, home());
    let process = machine.process("app", Flavour::User);
    let (main, pool) = (machine.actor("main", process), machine.actor("pool", process));
    let chooser = &mut First::default();
    machine.at(main, "app.rs:1");
    let request = Request { initial: true, ..Request::new("ports", 1) };
    let registered = machine.notify_teredo_port_change(main, &request, chooser);
    let handle = registered.handle;
    let _ = machine.delivery_begin(registered.initial[0], main);
    machine.delivery_end(main);
    machine.register_return(main, Function::NotifyTeredoPortChange, registered.code, handle);
    machine.elapse(250, chooser);
    machine
        .change(None, &Change::TeredoRestart(PortWish::Exactly(50_001)), chooser)
        .expect("a port");
    let lane = machine.deliverable()[0];
    let _ = machine.delivery_begin(lane, pool);
    assert_eq!(machine.cancel_begin(main, handle, chooser), CancelBegin::Wait);
    machine.delivery_end(pool);
    let _ = machine.cancel_end(main);
    let lines: Vec<String> = text(&machine)
        .lines()
        .filter(|line| !line.contains("effect "))
        .map(|line| line.trim_end().to_owned())
        .collect();
    let expected = [
        "        0  main              call    NotifyTeredoPortChange  [app.rs:1]",
        "        0  main              begin   ports #1: MibInitialNotification, port 0  [app.rs:1]",
        "        0  main              end     ports #1  [app.rs:1]",
        "        0  main              return  NotifyTeredoPortChange = NO_ERROR (0), ports  [app.rs:1]",
        "      250  -                 change  teredo_restart",
        "      250  pool              begin   ports #2: MibParameterNotification, port 50001",
        "      250  main              call    CancelMibChangeNotify2(ports)  [app.rs:1]",
        "      250  main              waits   for the running callback to return  [app.rs:1]",
        "      250  pool              end     ports #2",
        "      250  main              return  CancelMibChangeNotify2 = NO_ERROR (0), ports  [app.rs:1]",
    ];
    assert_eq!(lines, expected);
}
