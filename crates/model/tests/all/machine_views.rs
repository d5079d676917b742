//! What can be seen of a machine from outside: processes, lanes, the rows that callbacks are lent.

use netiosim_model::build::home;
use netiosim_model::change::Change;
use netiosim_model::choose::First;
use netiosim_model::function::Function;
use netiosim_model::machine::{Machine, Request, RowRef};
use netiosim_model::member::Member;
use netiosim_model::net::{AF_INET, AF_UNSPEC, Family, Luid};
use netiosim_model::profile::Profile;
use netiosim_model::row::RowType;
use netiosim_model::status::Flavour;
use netiosim_model::table::{Route, UnicastAddress};
use netiosim_model::teredo::PortWish;

const ETHERNET: Luid = Luid::new(6, 1);

#[test]
fn a_process_is_alive_until_it_ends_and_once_it_starts_again() {
    let mut machine = Machine::new(Profile::Documented, home());
    let (one, other) =
        (machine.process("one", Flavour::User), machine.process("two", Flavour::User));
    let main = machine.actor("main", one);
    let alive =
        |machine: &Machine| [one, other].map(|id| machine.processes()[id.slot()].is_alive());
    assert_eq!(alive(&machine), [true, true]);
    machine.process_exit(main, one);
    assert_eq!(alive(&machine), [false, true]);
    machine.process_start(one);
    assert_eq!(alive(&machine), [true, true]);
}

#[test]
fn lanes_have_a_family_where_there_are_two() {
    let mut machine = Machine::new(Profile::Documented, home());
    let process = machine.process("program", Flavour::User);
    let main = machine.actor("main", process);
    let mut families = |function, family| {
        let request = Request::new("lanes", 1);
        let left = machine.notify(main, function, family, &request, &mut First::default());
        let registration = machine.registration(left.handle).expect("a registration");
        [0, 1].map(|lane| registration.lane_family(lane))
    };
    let interfaces = Function::NotifyIpInterfaceChange;
    assert_eq!(families(interfaces, AF_UNSPEC), [Some(Family::V4), Some(Family::V6)]);
    assert_eq!(families(interfaces, AF_INET), [None, None]);
    assert_eq!(families(Function::NotifyTeredoPortChange, AF_UNSPEC), [None, None]);
}

#[test]
fn the_type_of_a_lent_row_is_that_of_its_function() {
    let gateway = [192, 168, 1, 1].into();
    for (function, change, row) in [
        (
            Function::NotifyIpInterfaceChange,
            Change::RowSet {
                luid: ETHERNET,
                family: Family::V4,
                values: vec![(Member::NlMtu, 1400)],
            },
            Some(RowType::IpInterface),
        ),
        (
            Function::NotifyUnicastIpAddressChange,
            Change::AddressAdd {
                address: UnicastAddress::new(ETHERNET, [10, 0, 0, 1].into(), 24),
                optimistic: false,
            },
            Some(RowType::Unicast),
        ),
        (
            Function::NotifyRouteChange2,
            Change::RouteAdd(Route::new(ETHERNET, [10, 0, 0, 0].into(), 8, gateway)),
            Some(RowType::Forward),
        ),
        (Function::NotifyTeredoPortChange, Change::TeredoRestart(PortWish::Exactly(50_001)), None),
    ] {
        let mut machine = Machine::new(Profile::Documented, home());
        let process = machine.process("program", Flavour::User);
        let (main, pool) = (machine.actor("main", process), machine.actor("pool", process));
        let request = Request::new("rows", 1);
        let _ = machine.notify(main, function, AF_UNSPEC, &request, &mut First::default());
        machine.change(None, &change, &mut First::default()).expect("a change at home");
        let lane = machine.next_deliverable().expect("a notification");
        let due = machine.delivery_begin(lane, pool);
        let lent = RowRef { handle: due.lane.handle, number: due.number };
        assert_eq!(machine.row_type(lent), row, "{function}");
        machine.delivery_end(pool);
    }
}
