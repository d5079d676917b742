//! The environment adds an interface, changes its rows, and takes it away.

use netiosim_sim::Stack;
use netiosim_sim::model::change::ChangeError;
use netiosim_sim::model::interface::{Interface, if_type};
use netiosim_sim::model::machine::EntryQuery;
use netiosim_sim::model::member::Member;
use netiosim_sim::model::net::{Family, Luid};

#[test]
fn an_interface_is_there_until_it_is_removed() {
    let stack = Stack::new();
    assert!(stack.luid("VPN").is_err());
    stack.add_interface(Interface::new("VPN", if_type::TUNNEL, 7, 9)).unwrap();
    assert_eq!(stack.index_of(stack.luid("VPN").unwrap()), Ok(9));
    let taken = stack.add_interface(Interface::new("VPN", if_type::TUNNEL, 8, 10));
    assert!(matches!(taken, Err(ChangeError::Taken(..))), "{taken:?}");
    stack.remove_interface("VPN").unwrap();
    assert!(stack.luid("VPN").is_err());
    assert_eq!(stack.remove_interface("VPN"), Err(ChangeError::NoAlias("VPN".into())));
}

#[test]
fn a_member_of_a_row_of_one_family() {
    let stack = Stack::new();
    let luid = stack.luid("Ethernet").unwrap();
    stack.set_member("Ethernet", Family::V6, Member::ForwardingEnabled, 1).unwrap();
    let forwards = |family: Family| {
        let query = EntryQuery { family: family.number(), luid, index: 0 };
        let (_, row) = stack.ip_interface_entry(query).expect("there is such a row");
        row.get(Member::ForwardingEnabled)
    };
    assert_eq!((forwards(Family::V4), forwards(Family::V6)), (Some(0), Some(1)));
}

#[test]
fn an_entry_is_asked_for_by_luid_or_by_index() {
    let stack = Stack::new();
    let luid = stack.luid("Ethernet").unwrap();
    for (luid, index) in [(luid, 0), (Luid(0), 2)] {
        let (key, _) = stack.ip_interface_entry(EntryQuery { family: 2, luid, index }).unwrap();
        assert_eq!((key.family, key.index), (Family::V4, 2));
        let calls = stack.calls();
        let args = calls.last().map(|call| call.args.clone());
        let query = EntryQuery { family: 2, luid, index };
        assert_eq!(args, Some(netiosim_sim::Args::Entry(Some(query))));
    }
}

#[test]
fn an_on_link_route_has_the_next_hop_that_is_no_address() {
    let stack = Stack::new();
    stack.add_route("Ethernet", "10.0.0.0/8", None).unwrap();
    stack.add_route("Ethernet", "2001:db8::/32", None).unwrap();
    for (family, destination, wanted) in
        [(Family::V4, "10.0.0.0", "0.0.0.0"), (Family::V6, "2001:db8::", "::")]
    {
        let routes = stack.routes(family).unwrap();
        let route = routes.iter().find(|row| row.destination.to_string() == destination);
        assert_eq!(route.expect("it was added").next_hop.to_string(), wanted);
    }
}
