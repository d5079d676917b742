//! A channel says how many messages are in it.

use netiosim_sim::Stack;

#[test]
fn one_more_a_send_and_one_less_a_receive() {
    let stack = Stack::new();
    let channel = stack.channel("messages", 4);
    assert_eq!((channel.len(), channel.is_empty()), (0, true));
    for n in 1..=3 {
        channel.send(n).unwrap();
        assert_eq!((channel.len(), channel.is_empty()), (n, false));
    }
    assert_eq!(channel.clone().receive(), Ok(1));
    assert_eq!(channel.len(), 2, "clones are the same channel");
}
