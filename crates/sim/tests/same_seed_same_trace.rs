//! Equal seeds give equal bytes in manual and controlled mode.

use std::collections::BTreeSet;
use std::sync::Arc;

use netiosim_sim::model::net::Family;
use netiosim_sim::model::profile::Profile;
use netiosim_sim::{Mode, Stack};

fn trace(mode: Mode, profile: Profile, seed: u64) -> String {
    let stack = Stack::builder().mode(mode).profile(profile).seed(seed).tag(0).build();
    let lock = Arc::new(stack.mutex("m", 0));
    let mut registrations = Vec::new();
    for name in ["a", "b"] {
        let (stack_in, lock) = (stack.handle(), lock.clone());
        let registration =
            stack.teredo_port_change().name(name).initial(true).register(move |_| {
                let _ = stack_in.teredo_port();
                if let Ok(mut guard) = lock.lock() {
                    *guard += 1;
                }
            });
        registrations.push(registration.unwrap());
    }
    let both = stack.ip_interface_change(None).name("both").register(|change| {
        let _ = change.row.map(|row| row.entry());
    });
    registrations.push(both.unwrap());
    let handle = stack.handle();
    let worker = (mode == Mode::Controlled).then(|| {
        stack.spawn("worker", move || {
            handle.set_mtu("Ethernet", Family::V6, 1400).unwrap();
            handle.restart_teredo().unwrap();
            handle.set_mtu("Ethernet", Family::V4, 1300).unwrap();
        })
    });
    stack.restart_teredo().unwrap();
    stack.set_mtu("Ethernet", Family::V4, 1200).unwrap();
    stack.run_until_idle();
    if let Some(worker) = worker {
        worker.join().unwrap();
    }
    for registration in registrations {
        let _ = registration.cancel();
    }
    drop(stack.take_findings());
    stack.trace()
}

fn check(mode: Mode) {
    let mut different = BTreeSet::new();
    for profile in [Profile::Documented, Profile::Adversarial] {
        for seed in 0..40 {
            let first = trace(mode, profile, seed);
            assert_eq!(first, trace(mode, profile, seed), "{profile} {seed}");
            different.insert(first);
        }
    }
    assert!(different.len() > 20, "seeds matter: {}", different.len());
}

#[test]
fn in_controlled_mode() {
    check(Mode::Controlled);
}

#[test]
fn in_manual_mode() {
    check(Mode::Manual);
}

/// Set for the processes that [`in_two_processes`] starts.
const CHILD: &str = "NETIOSIM_TEST_TRACE_CHILD";

#[test]
fn in_two_processes() {
    let text = || {
        let mut text = String::new();
        for mode in [Mode::Manual, Mode::Controlled] {
            for seed in 0..10 {
                text += &trace(mode, Profile::Adversarial, seed);
            }
        }
        text
    };
    if let Some(file) = std::env::var_os(CHILD) {
        std::fs::write(file, text()).expect("the parent's file");
        return;
    }
    let name = format!("netiosim-same-seed-{}", std::process::id());
    let file = std::env::temp_dir().join(name);
    let status = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "in_two_processes"])
        .env(CHILD, &file)
        .stdout(std::process::Stdio::null())
        .status()
        .unwrap();
    let other = std::fs::read_to_string(&file);
    let _ = std::fs::remove_file(&file);
    assert!(status.success());
    assert_eq!(other.unwrap(), text());
}
