//! A machine with a memory does what one without does, and does nothing twice.

use std::sync::Arc;

use netiosim_model::build::{bring_teredo, teredo_interface};
use netiosim_model::change::Change;
use netiosim_model::choose::Chooser;
use netiosim_model::env::Env;
use netiosim_model::machine::{Machine, Memo};
use netiosim_model::profile::Profile;
use netiosim_model::teredo::{
    NatKind, PortWish, TeredoClient, TeredoNetwork, TeredoSettings, TeredoState,
};

/// Decides every option for its first value, or for its last.
#[derive(Clone, Copy)]
struct Always {
    last: bool,
}

impl Chooser for Always {
    fn choose(&mut self, _: &'static str, among: &[&'static str]) -> usize {
        if self.last { among.len() - 1 } else { 0 }
    }

    fn draw(&mut self, _: &'static str) -> u64 {
        u64::from(self.last)
    }
}

/// A client that is about to find out what becomes of it behind a symmetric NAT, which is an option.
fn symmetric() -> Env {
    let network = TeredoNetwork { nat: NatKind::Symmetric, ..TeredoNetwork::default() };
    let client = TeredoClient::new(TeredoSettings::default(), network);
    let mut env = Env::new(client, teredo_interface(1, 3));
    assert!(bring_teredo(&mut env, TeredoState::Probe, Some(50_000)));
    env
}

/// Lets time go by in these steps with a memory, and without one; answers the tables after each.
fn run(first: &Machine, steps: &[u64], chooser: Always, memo: &mut Option<Memo>) -> Vec<Arc<Env>> {
    let (mut plain, mut minded) = (first.clone(), first.clone());
    minded.set_memo(memo.take());
    let mut tables = Vec::new();
    for ms in steps {
        let (mut one, mut two) = (chooser, chooser);
        assert_eq!(plain.elapse(*ms, &mut one), minded.elapse(*ms, &mut two));
        assert!(plain == minded, "after {ms} more ms");
        tables.push(minded.env_snapshot());
    }
    *memo = minded.take_memo();
    assert!(memo.is_some());
    tables
}

#[test]
fn what_a_timer_led_to_holds_for_the_same_rules_only() {
    let first = Machine::new(Profile::Adversarial, symmetric());
    let mut memo = Some(Memo::default());
    let steps = [10_000; 6];
    let runs =
        [false, true, false, true].map(|last| run(&first, &steps, Always { last }, &mut memo));
    let states = [0, 1].map(|n| runs[n].last().map(|env| env.teredo().state()));
    assert_eq!(states, [Some(TeredoState::Offline), Some(TeredoState::Qualified)]);
    for n in [0, 1] {
        let mut again = runs[n].iter().zip(&runs[n + 2]);
        assert!(again.all(|(one, two)| Arc::ptr_eq(one, two)), "from memory");
    }
}

#[test]
fn what_time_led_to_holds_for_as_much_time_only() {
    let first = Machine::new(Profile::Documented, symmetric());
    let mut memo = Some(Memo::default());
    let chooser = Always { last: false };
    let [fives, sevens, fives_again, sevens_again] =
        [[5, 3], [7, 3], [5, 3], [7, 3]].map(|steps| run(&first, &steps, chooser, &mut memo));
    for (once, again) in [(&fives, &fives_again), (&sevens, &sevens_again)] {
        assert!(once.iter().zip(again).all(|(one, two)| Arc::ptr_eq(one, two)), "from memory");
    }
    assert!(fives.iter().zip(&sevens).all(|(one, two)| one != two), "timers have come nearer");
}

#[test]
fn a_copy_of_a_machine_has_no_memory() {
    let mut machine = Machine::new(Profile::Documented, symmetric());
    machine.set_memo(Some(Memo::default()));
    let change = Change::TeredoRestart(PortWish::Exactly(50_001));
    machine.change(None, &change, &mut Always { last: false }).expect("a restart");
    assert!(machine.clone().take_memo().is_none());
    assert!(machine.take_memo().is_some() && machine.take_memo().is_none());
}
