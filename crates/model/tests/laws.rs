//! Laws of registrations, deliveries, cancels and waits, over arbitrary runs of four profiles.
//!
//! Every step is taken by the machine and by a naive reference, and everything that both know is
//! compared after it: what may be delivered and in which order, what waits in each queue, what
//! runs, who can go on, which registrations live, codes, and findings. The reference itself
//! asserts the laws: no overlap, nothing lost, doubled or reordered, initial first and at most
//! once, nothing after a cancel returned, the family filter; every step that is told happened and
//! everything that happened is told; a hint is told when it is another one; a copy of a table that is
//! kept up with what is told is the table in the end; look-ups find what a scan finds.

mod reference;

use proptest::prelude::*;
use reference::action::script;
use reference::world::World;

proptest! {
    #![proptest_config(reference::config(1000))]

    /// The machine does what the reference expects, step by step, and at the end.
    #[test]
    fn machine_and_reference_agree(script in script(1..160)) {
        World::run(&script);
    }
}

/// The runs of the law above reach what it speaks of: a law about nothing would hold too.
#[test]
fn runs_reach_the_interesting_places() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut total = reference::world::Counts::default();
    for _ in 0..250 {
        let script = script(1..160).new_tree(&mut runner).expect("a script").current();
        let counts = World::run(&script).counts;
        total.deliveries += counts.deliveries;
        total.waits += counts.waits;
        total.circles += counts.circles;
        total.cancels += counts.cancels;
        total.coherent += counts.coherent;
        total.stuck += counts.stuck;
        total.copies += counts.copies;
        total.tables += counts.tables;
        total.hints += counts.hints;
        total.addresses += counts.addresses;
        total.routes += counts.routes;
    }
    assert!(total.deliveries >= 500, "{total:?}");
    assert!(total.waits >= 20, "{total:?}");
    assert!(total.circles >= 20, "{total:?}");
    assert!(total.cancels >= 20, "{total:?}");
    assert!(total.coherent >= 20, "{total:?}");
    assert!(total.stuck >= 5, "{total:?}");
    assert!(total.copies >= 50, "{total:?}");
    assert!(total.tables >= 20, "{total:?}");
    assert!(total.hints >= 20, "{total:?}");
    assert!(total.addresses >= 100, "{total:?}");
    assert!(total.routes >= 100, "{total:?}");
}
