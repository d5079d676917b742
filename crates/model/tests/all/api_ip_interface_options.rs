//! Which calls of SetIpInterfaceEntry ask what Initialize fills in.

use netiosim_model::api::{Call, Output};
use netiosim_model::build::home;
use netiosim_model::function::Function;
use netiosim_model::interface::if_type;
use netiosim_model::machine::Machine;
use netiosim_model::member::Member;
use netiosim_model::net::{Family, Luid};
use netiosim_model::profile::Profile;
use netiosim_model::row::IpInterfaceRow;
use netiosim_model::status::Flavour;

use crate::asked::Asked;

#[test]
fn only_one_with_a_marker_in_its_row() {
    for (what, values, asks) in [
        ("as it was read", &[][..], false),
        ("with a value", &[(Member::NlMtu, 1_400)], false),
        ("with a marker", &[(Member::NlMtu, 0xFFFF_FFFF)], true),
        ("with the marker of a length", &[(Member::SitePrefixLength, 255)], true),
    ] {
        let mut machine = Machine::new(Profile::Adversarial, home());
        let process = machine.process("app", Flavour::Kernel);
        let main = machine.actor("main", process);
        let key = IpInterfaceRow {
            family: Family::V6.number(),
            luid: Luid::new(if_type::ETHERNET, 1),
            ..IpInterfaceRow::default()
        };
        let get = Call::row(Function::GetIpInterfaceEntry, key);
        let Output::Row(row) = machine.call(main, &get, &mut Asked::default()).output else {
            panic!("a row")
        };
        let mut row: IpInterfaceRow = row.try_into().expect("an IP interface row");
        for (member, value) in values {
            row.members.set(*member, *value);
        }
        let mut asked = Asked::default();
        let reply = machine.call(main, &Call::row(Function::SetIpInterfaceEntry, row), &mut asked);
        assert!(asks || reply.code == 0, "{what}: {reply:?}");
        assert_eq!(asked.0.contains("initialize-interface-row"), asks, "{what}: {:?}", asked.0);
    }
}
