//! Barriers: who has come, who is held, and who goes on when one of them is released.

use netiosim_sim::{Mode, Point, Stack};

#[test]
fn it_counts_who_has_come() {
    for mode in [Mode::Controlled, Mode::Threads] {
        let stack = Stack::builder().mode(mode).build();
        let register = || stack.teredo_port_change().name("ports").register(|_| {}).unwrap();
        let registrations = [register(), register()];
        let barrier = stack.barrier(Point::entered("ports")).unwrap();
        assert_eq!(barrier.arrivals(), 0);
        stack.restart_teredo().unwrap();
        stack.run_until_idle();
        assert_eq!(barrier.arrivals(), 2, "{mode:?}: both are called so");
        barrier.release();
        assert_eq!(stack.run_until_idle(), 2);
        for registration in registrations {
            registration.cancel().unwrap();
        }
    }
}

#[test]
fn a_held_delivery_counts_as_idle_when_another_goes_on() {
    let stack = Stack::builder().mode(Mode::Threads).build();
    let register = |name: &str| stack.teredo_port_change().name(name).register(|_| {}).unwrap();
    let registrations = [register("first"), register("second")];
    let first = stack.barrier(Point::entered("first")).unwrap();
    let second = stack.barrier(Point::returning("second")).unwrap();
    stack.restart_teredo().unwrap();
    first.wait_reached();
    second.wait_reached();
    assert_eq!(stack.run_until_idle(), 0);
    second.release();
    assert_eq!(stack.run_until_idle(), 1, "one is over, and one is held");
    first.release();
    assert_eq!(stack.run_until_idle(), 1);
    for registration in registrations {
        registration.cancel().unwrap();
    }
}
