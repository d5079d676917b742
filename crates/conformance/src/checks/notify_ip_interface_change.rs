//! NotifyIpInterfaceChange.

use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::member::Member;
use netiosim_model::net::{Family, Luid, NotificationType};
use netiosim_model::row::{IpInterfaceRow, Row};
use netiosim_model::status::Status;
use netiosim_model::windows::Windows;

use super::{callbacks, catalogue, declaration, rows};
use crate::backend::{Act, Did, Register, Whose};
use crate::bench::{Bench, INITIAL};
use crate::check::{Check, Stop, Verdict};

const FUNCTION: Function = Function::NotifyIpInterfaceChange;

pub(super) const CHECKS: &[Check] = &[
    Check::new("NI-01", |bench| hears(bench, 2, &[Family::V4])),
    Check::new("NI-02", |bench| hears(bench, 23, &[Family::V6])),
    Check::new("NI-03", |bench| hears(bench, 0, &[Family::V4, Family::V6])),
    Check::new("NI-04", |bench| rows::families(bench, FUNCTION)),
    Check::new("NI-05", |bench| rows::families(bench, FUNCTION)),
    Check::new("NI-06", |bench| rows::variable(bench, FUNCTION)),
    Check::new("NI-07", |bench| rows::initial(bench, FUNCTION)),
    Check::new("NI-08", |bench| rows::silent(bench, FUNCTION)),
    Check::new("NI-09", both_ways),
    Check::new("NI-10", |bench| {
        let before: Vec<IpInterfaceRow> = bench.table(Function::GetIpInterfaceTable, 0)?;
        bench.registered(&Register::new(FUNCTION).initial())?;
        bench.heard();
        let after = bench.table(Function::GetIpInterfaceTable, 0)?;
        bench.holds(before == after && !after.is_empty(), || format!("{before:?}, then {after:?}"))
    }),
    Check::new("NI-11", both_ways),
    Check::new("NI-12", |bench| keys(bench, 2).map(drop)),
    Check::new("NI-13", |bench| {
        let full = keys(bench, 23)?;
        bench.equal("NlMtu of the row that changed", &full.members.get(Member::NlMtu), &Some(1399))
    }),
    Check::new("NI-14", |bench| callbacks::row_freed(bench, FUNCTION)),
    Check::new("NI-15", |bench| rows::context(bench, FUNCTION)),
    Check::new("NI-16", |bench| callbacks::serialized(bench, FUNCTION)),
    Check::new("NI-17", |bench| callbacks::foreign(bench, FUNCTION, Whose::AnotherProcess)),
    Check::new("NI-18", |bench| callbacks::foreign(bench, FUNCTION, Whose::AbsentModule)),
    Check::new("NI-19", |bench| callbacks::goes_on(bench, FUNCTION)),
    Check::new("NI-20", |bench| callbacks::ends_with_program(bench, FUNCTION)),
    Check::new("NI-21", |bench| rows::reboot(bench, FUNCTION)),
    Check::new("NI-22", |bench| callbacks::cancels_itself(bench, FUNCTION)),
    Check::new("NI-23", |bench| callbacks::cancel_under_lock(bench, FUNCTION)),
    Check::new("NI-24", |bench| callbacks::independent_cancel(bench, FUNCTION)),
    Check::new("NI-25", |bench| rows::failure(bench, FUNCTION, Status::NotEnoughMemory)),
    Check::new("NI-26", |bench| rows::failure(bench, FUNCTION, Status::InvalidHandle)),
    Check::of_all("NI-27", |bench| callbacks::since(bench, FUNCTION, Windows::VISTA)),
    Check::new("NI-28", |bench| {
        rows::initial(bench, FUNCTION)?;
        hears(bench, 2, &[Family::V4])
    }),
    Check::new("NI-29", |bench| callbacks::below_dispatch(bench, FUNCTION)),
    Check::new("NI-30", |bench| {
        let has = |rows: &[(u64, bool, i32)], kind: NotificationType| {
            rows.iter().any(|row| row.2 == kind.number())
        };
        bench.registered(&Register::new(FUNCTION).family(23))?;
        bench.session().set_mtu(Family::V6, 1300)?;
        let changed: Vec<i32> = bench.rows().iter().map(|row| row.2).collect();
        let parameter = vec![NotificationType::Parameter.number()];
        bench.equal("the type of a changed property", &changed, &parameter)?;
        // What goes may be told to change before.
        bench.session().set_ipv6(false)?;
        let gone = bench.rows();
        let deleted = has(&gone, NotificationType::Delete) && !has(&gone, NotificationType::Add);
        bench.holds(deleted, || format!("{gone:?} when IPv6 goes"))?;
        bench.session().set_ipv6(true)?;
        let back = bench.rows();
        let added = has(&back, NotificationType::Add) && !has(&back, NotificationType::Delete);
        bench.holds(added, || format!("{back:?} when it is back"))
    }),
    Check::new("NI-31", |bench| {
        // A driver at its initialization, at an indication, and at its unload.
        let call = Register::new(FUNCTION).initial().act(Act::Look);
        let handle = bench.registered(&call)?;
        bench.heard();
        bench.session().set_mtu(Family::V4, 1400)?;
        let (luid, _) = bench.adapter();
        let luids: Vec<Luid> = bench.did().iter().filter_map(luid_of).collect();
        bench.equal("the NET_LUID in the row", &luids, &vec![luid])?;
        bench.cancelled(handle)
    }),
    Check::new("NI-32", |bench| {
        bench.registered(&Register::new(FUNCTION).family(2).act(Act::Look))?;
        let (adapter, _) = bench.adapter();
        let new = Interface::new("Ethernet 9", if_type::ETHERNET, 9, 19);
        let (late, _) = bench.session().add_interface(new)?;
        bench.did();
        for luid in [adapter, late] {
            let values = vec![(Member::NlMtu, 1333)];
            bench.change(&Change::RowSet { luid, family: Family::V4, values })?;
            let luids: Vec<Luid> = bench.did().iter().filter_map(luid_of).collect();
            bench.equal("whose change is told", &luids, &vec![luid])?;
        }
        Ok(())
    }),
    Check::new("NI-33", |bench| rows::families(bench, FUNCTION)),
    Check::of_all("NI-34", |_| declaration()),
    Check::new("NI-35", |bench| {
        // Each of the three shows in something else.
        let call = Register::new(FUNCTION).family(2).context(0x0123_4567_89AB_CDEF);
        bench.registered(&call.act(Act::Look))?;
        bench.session().set_mtu(Family::V4, 1400)?;
        let rows = bench.rows();
        let expected = vec![(0x0123_4567_89AB_CDEF, true, NotificationType::Parameter.number())];
        bench.equal("context, row and type", &rows, &expected)?;
        let luids: Vec<Luid> = bench.did().iter().filter_map(luid_of).collect();
        let (luid, _) = bench.adapter();
        bench.equal("the interface of the row", &luids, &vec![luid])
    }),
    Check::new("NI-36", |bench| {
        bench.registered(&Register::new(FUNCTION).initial())?;
        bench.session().set_mtu(Family::V4, 1400)?;
        bench.session().set_ipv6(false)?;
        let all = bench.rows();
        let types = all.len() > 2 && all.iter().all(|row| (0..4).contains(&row.2));
        bench.holds(types, || format!("{all:?}"))
    }),
    Check::new("NI-37", |bench| {
        let interfaces: Vec<IpInterfaceRow> = bench.table(Function::GetIpInterfaceTable, 2)?;
        bench.holds(interfaces.len() > 1, || format!("{interfaces:?} is too little to tell"))?;
        bench.registered(&Register::new(FUNCTION).family(2).act(Act::Look))?;
        for row in interfaces {
            let (luid, values) = (row.luid, vec![(Member::NlMtu, 1311)]);
            bench.change(&Change::RowSet { luid, family: Family::V4, values })?;
            let told: Vec<Row> = bench.did().into_iter().filter_map(keys_of).collect();
            let keys =
                IpInterfaceRow { family: 2, luid, index: row.index, ..IpInterfaceRow::default() };
            bench.equal("the keys of the row", &told, &vec![Row::from(keys)])?;
        }
        Ok(())
    }),
    Check::new("NI-38", |bench| callbacks::other_codes(bench, FUNCTION)),
    Check::new("NI-39", |bench| {
        // Each of the five shows in something else.
        let first = Register::new(FUNCTION).family(23).context(11).initial();
        let second = Register::new(FUNCTION).family(2).context(12);
        let (one, two) = (bench.registered(&first)?, bench.registered(&second)?);
        let at_first: Vec<u64> = bench.rows().iter().map(|row| row.0).collect();
        bench.equal("who has an initial notification", &at_first, &vec![11])?;
        bench.session().set_mtu(Family::V4, 1400)?;
        let then: Vec<u64> = bench.rows().iter().map(|row| row.0).collect();
        bench.equal("who hears of IPv4", &then, &vec![12])?;
        bench.holds(one != two, || "two registrations have one handle".to_owned())
    }),
    Check::of_all("NI-40", |_| catalogue()),
];

/// The keys that a callback found in its row.
fn keys_of(did: Did) -> Option<Row> {
    if let Did::Looked { keys, .. } = did { Some(keys) } else { None }
}

fn luid_of(did: &Did) -> Option<Luid> {
    let Did::Looked { keys, .. } = did else { return None };
    keys.interface().map(|keys| keys.0)
}

/// The keys of a row are those of the interface that changed; they lead to this full row.
fn keys(bench: &mut Bench, family: u16) -> Result<IpInterfaceRow, Stop> {
    let (luid, index) = bench.adapter();
    let side = if family == 2 { Family::V4 } else { Family::V6 };
    let values = vec![(Member::NlMtu, 1399)];
    let change = Change::RowSet { luid, family: side, values };
    let (keys, full) = callbacks::looked(bench, Register::new(FUNCTION).family(family), &change)?;
    let expected = IpInterfaceRow { family, luid, index, ..IpInterfaceRow::default() };
    bench.equal("the keys of the row", &keys, &Row::from(expected))?;
    match full {
        Row::IpInterface(full) => Ok(*full),
        other => Err(Stop::Fails(format!("GetIpInterfaceEntry left {other:?}"))),
    }
}

/// A registration for this family hears of changes on the side of these, and of no others.
fn hears(bench: &mut Bench, family: u16, of: &[Family]) -> Verdict {
    bench.registered(&Register::new(FUNCTION).family(family).context(3))?;
    for side in [Family::V4, Family::V6] {
        bench.session().set_mtu(side, 1300)?;
        let count = bench.rows().len();
        let expected = usize::from(of.contains(&side));
        bench.equal(&format!("the number of calls for a change of {side:?}"), &count, &expected)?;
    }
    Ok(())
}

/// A call has no row if and only if it is the initial one.
fn both_ways(bench: &mut Bench) -> Verdict {
    bench.registered(&Register::new(FUNCTION).initial())?;
    bench.session().set_mtu(Family::V4, 1400)?;
    bench.session().set_ipv6(false)?;
    let all = bench.rows();
    let fits = all.iter().all(|row| row.1 != (row.2 == INITIAL));
    bench.holds(fits && all.len() > 2, || format!("{all:?}"))
}
