//! The cache knows what the machine knows, whatever happens to the routes; and a cache that does not is found out with three
//! events.

use std::collections::BTreeMap;

use netiosim::Stack;
use netiosim::model::function::Function;
use netiosim::model::row::ForwardRow;
use netiosim::model::table::RouteKey;
use netiosim::proptest::{Topic, timelines};
use netiosim::reference::{Machine, Reference, Step, Timeline};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestError, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use route_cache::{Forgets, RouteCache, key_of};

/// What the machine knows, as the reference has it.
fn expected(reference: &Reference) -> BTreeMap<RouteKey, u32> {
    let rows: Vec<ForwardRow> = reference.rows(Function::GetIpForwardTable2);
    rows.iter().filter_map(|row| Some((key_of(row)?, row.metric))).collect()
}

/// The reference: a machine whose routes change.
struct Routes;

impl ReferenceStateMachine for Routes {
    type State = Reference;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Reference> {
        Just(Reference::new(&Machine::default())).boxed()
    }

    fn transitions(state: &Reference) -> BoxedStrategy<Step> {
        state.transitions_about(&[Topic::Routes, Topic::Addresses, Topic::Time])
    }

    fn apply(mut state: Reference, step: &Step) -> Reference {
        state.apply(step);
        state
    }

    fn preconditions(state: &Reference, step: &Step) -> bool {
        state.allows(step)
    }
}

/// The cache on a stack.
struct Cached {
    stack: Stack,
    cache: RouteCache,
}

impl StateMachineTest for Cached {
    type SystemUnderTest = Self;
    type Reference = Routes;

    fn init_test(reference: &Reference) -> Self {
        let stack = reference.machine().builder().build();
        let cache = RouteCache::start(&stack, Forgets::OneRoute).expect("a registration");
        Self { stack, cache }
    }

    fn apply(test: Self, reference: &Reference, step: Step) -> Self {
        step.play(&test.stack);
        test.stack.run_until_idle();
        assert_eq!(test.cache.routes(), expected(reference));
        test
    }

    fn teardown(test: Self, _: Reference) {
        test.cache.stop().expect("a cancel");
    }
}

prop_state_machine! {
    #![proptest_config(Config { cases: 64, failure_persistence: None, ..Config::default() })]

    #[test]
    fn the_cache_knows_what_the_machine_knows(sequential 1..30 => Cached);
}

/// Whether the cache knows what the machine knows, at the end of a timeline.
fn holds(timeline: &Timeline, forgets: Forgets) -> Result<(), TestCaseError> {
    let stack = timeline.machine.builder().build();
    let cache = RouteCache::start(&stack, forgets).expect("a registration");
    let mut reference = Reference::new(&timeline.machine);
    for step in &timeline.steps {
        step.play(&stack);
        stack.run_until_idle();
        reference.apply(step);
    }
    let known = cache.routes();
    cache.stop().expect("a cancel");
    prop_assert_eq!(known, expected(&reference));
    Ok(())
}

#[test]
fn the_planted_bug_is_shrunk_to_three_events() {
    let config = Config { cases: 2_000, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let found = runner.run(&timelines(&[Topic::Routes], 1..30), |timeline| {
        holds(&timeline, Forgets::Destination)
    });
    let Err(TestError::Fail(_, timeline)) = found else { panic!("not found: {found:?}") };
    assert_eq!(timeline.steps.len(), 3, "{timeline:?}");
    let told = format!("{timeline:?}");
    assert_eq!((told.matches("route_add").count(), told.matches("route_remove").count()), (2, 1));
    // The same three as a scenario file, for `netiosim run` and `netiosim explore`.
    let scenario = timeline.scenario("One of two routes to a destination goes away");
    assert_eq!(scenario.matches("\"at_ms\"").count(), 3, "{scenario}");
    assert!(holds(&timeline, Forgets::OneRoute).is_ok(), "the bug is the cache's");
}
