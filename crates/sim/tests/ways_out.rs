//! The best route to a destination, as a program asks for it (BR-08, BR-10, BR-11).

use netiosim_sim::model::row::SocketAddress;
use netiosim_sim::{ForwardRow, Stack};

#[test]
fn the_longest_prefix_and_its_source_address() {
    let stack = Stack::new();
    let ethernet = stack.luid("Ethernet").unwrap();
    let best = stack.best_route([10, 0, 0, 5]).unwrap();
    assert_eq!((best.route.prefix_length, best.route.luid), (0, ethernet));
    assert_eq!(best.source.to_string(), "192.168.1.10");
    stack.add_route("Ethernet", "10.0.0.0/8", Some("192.168.1.254")).unwrap();
    let best = stack.best_route([10, 0, 0, 5]).unwrap();
    assert_eq!(best.route.next_hop.to_string(), "192.168.1.254", "BR-08");
    // BR-11
    let index = stack.index_of(ethernet).unwrap();
    assert_eq!(stack.best_interface([10, 0, 0, 5]), Ok(index));
    let mut plain = 0;
    assert_eq!(stack.get_best_interface([10, 0, 0, 5].into(), Some(&mut plain)), 0);
    assert_eq!(plain, index);
    assert_eq!(stack.get_best_interface([10, 0, 0, 5].into(), None), 87, "BR-10");
    assert_eq!(stack.get_best_interface_ex(None, Some(&mut plain)), 87);
}

#[test]
fn the_plain_function_takes_every_parameter_of_the_page() {
    let stack = Stack::new();
    let to: SocketAddress = "10.0.0.5".parse().unwrap();
    let (mut route, mut source) = (ForwardRow::default(), SocketAddress::default());
    let (row, from) = (Some(&mut route), Some(&mut source));
    assert_eq!(stack.get_best_route2(None, 0, None, Some(to), 0, row, from), 0);
    assert_eq!(route, stack.best_route([10, 0, 0, 5]).unwrap().route);
    // BR-01
    let (row, from) = (Some(&mut route), Some(&mut source));
    assert_eq!(stack.get_best_route2(None, 0, None, None, 0, row, from), 87);
    assert_eq!(stack.get_best_route2(None, 0, None, Some(to), 0, None, Some(&mut source)), 87);
    assert_eq!(stack.get_best_route2(None, 0, None, Some(to), 0, Some(&mut route), None), 87);
}

#[test]
fn what_leads_nowhere_is_said() {
    let stack = Stack::new();
    stack.remove_route("Ethernet", "0.0.0.0/0", Some("192.168.1.1")).unwrap();
    let error = stack.best_route([10, 0, 0, 5]).unwrap_err();
    assert!(error.to_string().starts_with("GetBestRoute2 answered ERROR_"), "{error}");
}
