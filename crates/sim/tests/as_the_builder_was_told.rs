//! A stack is as its builder was told, and so is every stack of a prototype.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use netiosim_sim::model::build::many;
use netiosim_sim::model::choose::Chooser;
use netiosim_sim::model::ids::Handle;
use netiosim_sim::model::interface::{Interface, if_type};
use netiosim_sim::model::profile::Profile;
use netiosim_sim::{Builder, Mode, RawTable, Stack, StackParts, SwitchAt};

fn panic_of(f: impl FnOnce()) -> Option<String> {
    let payload = catch_unwind(AssertUnwindSafe(f)).err()?;
    Some(payload.downcast_ref::<String>().cloned().expect("a message"))
}

/// A stack of its own, and one of a prototype.
fn both(builder: impl Fn() -> Builder) -> [Stack; 2] {
    let prototype = builder().prototype().expect("it can be built");
    [builder().build(), prototype.build(StackParts::seeded(0, 1))]
}

#[test]
fn the_machine() {
    let vpn = Interface::new("VPN", if_type::TUNNEL, 7, 9);
    let stack = Stack::builder().mode(Mode::Controlled).interface(vpn).build();
    assert_eq!(stack.luid_of_index(9), stack.luid_of_alias("VPN"));
    assert_eq!(stack.mode(), Mode::Controlled);

    let stack = Stack::builder().mode(Mode::Controlled).teredo_port(51_234).build();
    assert_eq!((stack.teredo_port(), stack.mode()), (Ok(51_234), Mode::Controlled));

    let stack = Stack::builder().mode(Mode::Controlled).env(many(3)).build();
    assert!(stack.luid_of_alias("Ethernet 3").is_ok());
    assert_eq!(stack.mode(), Mode::Controlled);
}

/// Counts what it is asked.
struct Counting(Arc<AtomicUsize>);

impl Chooser for Counting {
    fn choose(&mut self, _what: &'static str, _among: &[&'static str]) -> usize {
        0
    }

    fn draw(&mut self, _what: &'static str) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst) as u64
    }
}

#[test]
fn who_decides_what_is_left_to_chance() {
    let asked = Arc::new(AtomicUsize::new(0));
    let chooser = Box::new(Counting(asked.clone()));
    let stack = Stack::builder().mode(Mode::Controlled).chooser(chooser).build();
    stack.restart_teredo().unwrap();
    assert!(asked.load(Ordering::SeqCst) > 0, "the port is another one, by chance");
    assert_eq!(stack.mode(), Mode::Controlled);
}

#[test]
fn how_many_deliveries_are_too_many() {
    for stack in both(|| Stack::builder().delivery_limit(5)) {
        let (count, inside) = (Arc::new(AtomicUsize::new(0)), stack.handle());
        let seen = count.clone();
        let _changes = stack
            .on_teredo_port_change(move |_| {
                seen.fetch_add(1, Ordering::SeqCst);
                inside.restart_teredo().unwrap();
            })
            .unwrap();
        stack.restart_teredo().unwrap();
        let text =
            panic_of(|| assert_eq!(stack.run_until_idle(), 0)).expect("it never comes to rest");
        assert!(text.starts_with("after 5 deliveries there is still something"), "{text}");
        assert_eq!(count.load(Ordering::SeqCst), 5);
    }
}

/// What a callback says that waits for another callback, unless it waits for ever.
fn a_callback_waits_for_another(stack: &Stack) -> Option<bool> {
    let (signal, answer) = (stack.signal("second"), Arc::new(Mutex::new(None)));
    let (wait, said) = (signal.clone(), answer.clone());
    let first = stack.on_teredo_port_change(move |_| {
        let heard = wait.wait().is_ok();
        *said.lock().unwrap() = Some(heard);
    });
    let second = stack.on_teredo_port_change(move |_| signal.set());
    for registration in [first, second] {
        let _ = registration.expect("it is registered").into_handle();
    }
    stack.restart_teredo().unwrap();
    stack.run_until_idle();
    *answer.lock().unwrap()
}

#[test]
fn how_many_threads_make_deliveries() {
    for stack in both(|| Stack::builder().mode(Mode::Controlled)) {
        assert_eq!(a_callback_waits_for_another(&stack), Some(true));
    }
    for stack in both(|| Stack::builder().mode(Mode::Controlled).workers(1)) {
        assert_eq!(a_callback_waits_for_another(&stack), None, "they follow each other");
        assert_eq!(stack.mode(), Mode::Controlled);
    }
}

/// Whether another thread can see that a restart is over before the one that asked for it can say so.
fn overtaken(builder: impl Fn() -> Builder, seed: u64) -> bool {
    let prototype = builder().teredo_port(50_001).prototype().expect("it can be built");
    let mut parts = StackParts::seeded(0, 1);
    let mut coin = seed;
    parts.scheduler = Some(Box::new(Coin(move || {
        coin = coin.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (coin >> 40) as usize
    })));
    let stack = prototype.build(parts);
    assert_eq!(stack.mode(), Mode::Controlled);
    let told = Arc::new(AtomicBool::new(false));
    let (said, inside) = (told.clone(), stack.handle());
    let other = stack.spawn("other", move || {
        let port = inside.teredo_port().expect("the client runs");
        port == 50_002 && !said.load(Ordering::SeqCst)
    });
    stack.restart_teredo_on(50_002).unwrap();
    told.store(true, Ordering::SeqCst);
    other.join().expect("it ends")
}

/// Takes any step.
struct Coin<F>(F);

impl<F: FnMut() -> usize + Send> netiosim_sim::Scheduler for Coin<F> {
    fn pick(&mut self, steps: &[netiosim_sim::NextStep]) -> usize {
        (self.0)() % steps.len()
    }
}

#[test]
fn where_another_thread_may_go_first() {
    let builder = |at| move || Builder::new().mode(Mode::Controlled).switch_at(at);
    assert!(!(0..50).any(|seed| overtaken(builder(SwitchAt::Calls), seed)));
    assert!((0..50).any(|seed| overtaken(builder(SwitchAt::Returns), seed)));
}

#[test]
fn what_is_said_at_the_end() {
    let seeded = || Builder::new().seed(7).profile(Profile::Adversarial);
    for (words, builder) in [
        ("NETIOSIM_SEED=7 NETIOSIM_PROFILE=adversarial", &seeded as &dyn Fn() -> Builder),
        ("run me again", &|| seeded().reproduce("run me again")),
    ] {
        for stack in both(builder) {
            assert!(stack.cancel(Handle(0xBAD0)).is_err());
            let text = panic_of(|| drop(stack)).expect("a finding");
            assert!(text.ends_with(&format!("\n\nreproduce with: {words}")), "{text}");
        }
    }
    for stack in both(|| Builder::new().reproduce("")) {
        assert!(stack.cancel(Handle(0xBAD0)).is_err());
        let text = panic_of(|| drop(stack)).expect("a finding");
        assert!(!text.contains("reproduce"), "{text}");
    }
}

#[test]
fn whether_anybody_wants_to_know_what_is_left_behind() {
    let leak = |stack: Stack| {
        let mut table: RawTable = None;
        assert_eq!(stack.get_if_table2(Some(&mut table)), 0);
        panic_of(|| drop(stack))
    };
    for stack in both(Builder::new) {
        assert!(leak(stack).expect("a finding").contains("N019"));
    }
    for stack in both(|| Builder::new().report_leaks(false)) {
        assert_eq!(leak(stack), None);
    }
}

#[test]
fn who_it_is() {
    use netiosim_sim::model::status::Flavour;

    for stack in both(|| Builder::new().flavour(Flavour::Kernel)) {
        assert_eq!(stack.get_teredo_port(None), 0xC000_000D);
    }
    for stack in both(|| Builder::new().elevated(false)) {
        assert!(!stack.own_process().is_elevated());
    }
    for stack in both(Builder::new) {
        assert!(stack.own_process().is_elevated());
    }
}
