//! What is drawn makes sense on a machine, and a stack goes through it as the reference does.

use std::sync::{Arc, Mutex};

use netiosim_proptest::{
    Driving, Machine, Reference, Step, Teredo, Timeline, Topic, faults, stacks, storms,
    teredo_lives, timelines,
};
use netiosim_sim::StackRef;
use netiosim_sim::model::api::{Call, Output};
use netiosim_sim::model::function::Function;
use netiosim_sim::model::row::Row;
use proptest::prelude::*;

const TABLES: [Function; 4] = [
    Function::GetIpInterfaceTable,
    Function::GetIfTable2,
    Function::GetUnicastIpAddressTable,
    Function::GetIpForwardTable2,
];

fn rows(stack: &StackRef, table: Function) -> Vec<Row> {
    match stack.call(&Call::table(table, 0)).output {
        Output::Table(id) => {
            let rows = stack.table_rows(id).map(|rows| rows.to_vec()).unwrap_or_default();
            stack.free_mib_table(netiosim_sim::model::api::Memory::Table(id));
            rows
        }
        _ => Vec::new(),
    }
}

/// Plays the timeline, and holds the stack against the reference whenever all is quiet.
fn agrees(timeline: &Timeline, driving: Driving) -> Result<(), TestCaseError> {
    let stack = driving.on(timeline.machine.builder()).build();
    let mut reference = Reference::new(&timeline.machine);
    let heard: Arc<Mutex<Vec<u16>>> = Arc::default();
    let notes = heard.clone();
    let ports = stack
        .on_teredo_port_change(move |change| notes.lock().unwrap().push(change.port))
        .expect("a registration");
    for step in &timeline.steps {
        prop_assert!(reference.allows(step), "{step:?} makes no sense");
        prop_assert!(step.play(&stack), "{step:?} makes no sense on the stack");
        stack.run_until_idle();
        reference.apply(step);
        for table in TABLES {
            prop_assert_eq!(rows(&stack, table), reference.rows::<Row>(table), "{} differs", table);
        }
        let mut port = 0;
        let code = stack.get_teredo_port(Some(&mut port));
        prop_assert_eq!(reference.port(), if code == 0 { Ok(port) } else { Err(code) });
    }
    let told = reference.told().iter().filter_map(|told| match told {
        netiosim_sim::model::notification::Notification::TeredoPort { port, .. } => Some(*port),
        _ => None,
    });
    prop_assert_eq!(&*heard.lock().unwrap(), &told.collect::<Vec<u16>>());
    ports.cancel().expect("a cancel");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_stack_goes_through_it_as_the_reference_does(
        timeline in timelines(&Topic::ALL, 1..30),
        driving in netiosim_proptest::schedules(),
    ) {
        agrees(&timeline, driving)?;
    }

    #[test]
    fn teredo_lives_are_about_teredo(timeline in teredo_lives(1..30)) {
        for step in &timeline.steps {
            let text = format!("{step:?}");
            prop_assert!(matches!(step, Step::Elapse(_)) || text.contains("teredo"), "{}", text);
        }
        agrees(&timeline, Driving::Manual)?;
    }

    #[test]
    fn storms_can_be_had_at_home(storm in storms()) {
        let stack = Machine::default().builder().build();
        prop_assert!(stack.storm(&storm).is_ok(), "{:?}", storm);
    }

    #[test]
    fn faults_are_failures((machine, driving) in stacks(), fault in faults()) {
        let stack = driving.on(machine.builder()).build();
        let function = fault.function;
        let _fault = stack.fault(fault);
        prop_assert!(fails(&stack, function));
    }
}

/// Whether a call of the function fails.
fn fails(stack: &StackRef, function: Function) -> bool {
    match function {
        Function::NotifyTeredoPortChange => stack.on_teredo_port_change(|_| {}).is_err(),
        Function::NotifyIpInterfaceChange => stack.on_ip_interface_change(None, |_| {}).is_err(),
        Function::NotifyUnicastIpAddressChange => {
            stack.on_unicast_address_change(None, |_| {}).is_err()
        }
        Function::NotifyRouteChange2 => stack.on_route_change(None, |_| {}).is_err(),
        table => stack.call(&Call::table(table, 0)).code != 0,
    }
}

/// Draws some timelines.
fn drawn(strategy: &impl Strategy<Value = Timeline>, count: usize) -> Vec<Timeline> {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    (0..count).map(|_| strategy.new_tree(&mut runner).expect("a timeline").current()).collect()
}

#[test]
fn time_goes_by_for_a_moment_and_for_hours() {
    for strategy in [timelines(&Topic::ALL, 10..20).boxed(), teredo_lives(10..20).boxed()] {
        let all = drawn(&strategy, 64);
        let steps: Vec<&Step> = all.iter().flat_map(|timeline| &timeline.steps).collect();
        let times: Vec<u64> = steps
            .iter()
            .filter_map(|step| if let Step::Elapse(ms) = step { Some(*ms) } else { None })
            .collect();
        assert!(times.len() * 20 > steps.len(), "{} of {}", times.len(), steps.len());
        assert!(times.iter().any(|ms| *ms < 1000) && times.iter().any(|ms| *ms > 1_800_000));
    }
}

#[test]
fn every_topic_is_drawn() {
    let all = drawn(&timelines(&Topic::ALL, 20..30), 64);
    let text: String = all.iter().map(|timeline| format!("{timeline:?}")).collect();
    for event in [
        "route_add",
        "route_set",
        "route_remove",
        "address_add",
        "address_remove",
        "address_conflict",
        "dhcp_lease",
        "dhcp_release",
        "interface_set",
        "interface_touch",
        "interface_add",
        "interface_remove",
        "interface_disable",
        "interface_enable",
        "teredo_start",
        "teredo_stop",
        "teredo_restart",
        "teredo_qualify",
        "teredo_server",
        "teredo_mapping",
        "teredo_traffic",
        "connectivity",
        "ipv6_present",
        "ipv4_present",
    ] {
        assert!(text.contains(event), "{event} is never drawn");
    }
}

#[test]
fn a_timeline_shrinks_to_what_fails_and_no_further_than_its_strategy() {
    use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};
    let config = Config { cases: 500, failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let stopped = Machine { adapters: 1, teredo: Teredo::Stopped, ..Machine::default() };
    let strategy = netiosim_proptest::timelines_on(Just(stopped.clone()), &Topic::ALL, 2..20);
    let found = runner.run(&strategy, |timeline| {
        let starts = timeline.steps.iter().any(|step| format!("{step:?}").contains("teredo_start"));
        if starts { Err(TestCaseError::fail("it starts")) } else { Ok(()) }
    });
    let Err(TestError::Fail(_, timeline)) = found else { panic!("{found:?}") };
    assert_eq!((timeline.machine, timeline.steps.len()), (stopped, 2), "{:?}", timeline.steps);
}

#[test]
fn machines_start_as_they_say() {
    let of = |teredo| Reference::new(&Machine { adapters: 2, teredo, ..Machine::default() });
    assert_eq!(of(Teredo::Qualified).port(), Ok(50_000));
    assert_eq!(of(Teredo::Stopped).port(), Err(21));
    let interfaces: Vec<Row> = of(Teredo::Dormant).rows(Function::GetIfTable2);
    assert_eq!(interfaces.len(), 5, "loopback, Teredo, Ethernet and two more");
}
