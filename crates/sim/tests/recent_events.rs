//! A stack that keeps only what is recent forgets its events at twice the number, and not before.

use netiosim_sim::Stack;

#[test]
fn twice_the_number_is_never_reached_and_the_number_is() {
    let stack = Stack::new();
    stack.keep_recent(100);
    let kept = (0..300).map(|_| {
        stack.teredo_port().unwrap();
        stack.events().len()
    });
    let most = kept.max().expect("calls");
    assert!((150..200).contains(&most), "{most}");
}
