//! GetIpInterfaceEntry, GetIpInterfaceTable, SetIpInterfaceEntry, InitializeIpInterfaceEntry.

use super::{Answer, Ask, Checks, Class, Output};
use crate::change::Change;
use crate::function::Function;
use crate::interface::{Interface, IpRow, if_type};
use crate::member::Member;
use crate::net::{AF_UNSPEC, Family, Luid};
use crate::profile::OptionId;
use crate::row::{IpInterfaceRow, Row};
use crate::status::Status;

/// RouterDiscoveryUnchanged and LinkLocalUnchanged: -1 (ST-07).
const UNCHANGED: u64 = u32::MAX as u64;
/// The illegal SitePrefixLength that a fresh row carries (ST-10).
const NO_SITE_PREFIX: u64 = 255;
/// The greatest value of both enumerations of the row: RouterDiscoveryDhcp, LinkLocalAlwaysOn.
const LAST_BEHAVIOR: u64 = 2;

/// The functions with one row.
pub(super) fn row(ask: &mut Ask<'_>, function: Function, row: Option<&Row>) -> Answer {
    let row = match row {
        Some(Row::IpInterface(row)) => Some(&**row),
        _ => None,
    };
    let answer = match function {
        Function::InitializeIpInterfaceEntry => initialize(ask, row),
        Function::SetIpInterfaceEntry => set(ask, row),
        _ => get(ask, row),
    };
    answer.unwrap_or_else(Answer::fail)
}

/// GetIpInterfaceTable (IT-01 to IT-09): the IPv4 rows, then the IPv6 rows, each in the order of their
/// LUIDs (chosen: the page gives none).
///
/// Whether AF_UNSPEC is taken is the option `interface-table-unspec`; without the stack of one family
/// it gives the rows of the other.
pub(super) fn table(ask: &mut Ask<'_>, family: u16, pointer: bool) -> Answer {
    let mut checks = Checks::default();
    checks.require(Class::Pointer, pointer, Status::InvalidParameter);
    let families = ask.families(family, &mut checks);
    if family == AF_UNSPEC {
        let taken = ask.pick(OptionId::InterfaceTableUnspec) != "refused";
        checks.require(Class::Family, taken, Status::InvalidParameter);
    }
    if let Err(status) = ask.verdict(checks) {
        return Answer::fail(status);
    }
    let env = ask.env;
    let rows = families.into_iter().flat_map(|family| {
        env.interfaces().filter_map(move |interface| {
            interface.row(family).map(|row| filled(interface, family, row.clone()).into())
        })
    });
    Answer::rows(rows.collect())
}

/// GetIpInterfaceEntry (IE-01 to IE-12).
fn get(ask: &mut Ask<'_>, row: Option<&IpInterfaceRow>) -> Result<Answer, Status> {
    let (row, family) = checked(ask, row, |_, _, _| ())?;
    let Some(interface) = ask.interface(row.luid, row.index) else {
        return Err(ask.no_interface(row.luid));
    };
    let live = interface.row(family).ok_or(Status::NotFound)?;
    Ok(Answer::output(Output::Row(filled(interface, family, live.clone()).into())))
}

/// SetIpInterfaceEntry (IS-01 to IS-13).
///
/// The row comes back filled in as GetIpInterfaceEntry would answer from now on: the LUID is documented
/// (IS-09), the rest is chosen. A call that changes nothing notifies all the same (chosen: the page
/// tells of notifications and makes no exception).
fn set(ask: &mut Ask<'_>, row: Option<&IpInterfaceRow>) -> Result<Answer, Status> {
    let markers = row.is_some_and(|row| honours_markers(ask, row));
    let elevated = ask.elevated;
    let zero_for_v4 = !ask.kernel();
    let (row, family) = checked(ask, row, |row, family, checks| {
        let legal = Member::ALL.into_iter().all(|member| {
            wish(row, member, markers)
                .is_none_or(|value| is_legal(member, value, family, zero_for_v4))
        });
        checks.require(Class::Values, legal, Status::InvalidParameter);
        checks.require(Class::Access, elevated, Status::AccessDenied);
    })?;
    // The option `unknown-luid` is about getters: IS-04 holds for every key.
    let interface = ask.interface(row.luid, row.index).ok_or(Status::FileNotFound)?;
    let live = interface.row(family).ok_or(Status::NotFound)?;
    let mut after = live.clone();
    for member in Member::ALL {
        if let Some(value) = wish(row, member, markers) {
            after.set(member, value);
        }
    }
    keep_automatic_metric(interface, family, live, &mut after);
    let values = Member::ALL.into_iter().filter_map(|member| {
        after.get(member).filter(|value| live.get(member) != Some(*value)).map(|v| (member, v))
    });
    let change = Change::RowSet { luid: interface.luid, family, values: values.collect() };
    let row = filled(interface, family, after).into();
    Ok(Answer { output: Output::Row(row), ..Answer::change(change) })
}

/// InitializeIpInterfaceEntry (II-01 to II-06): zeros, or by the option `initialize-interface-row` the
/// markers that SetIpInterfaceEntry leaves alone. The keys are unspecified either way.
///
/// The user-mode function returns nothing, so NULL has no effect; a driver is told of it, by the codes
/// that its page lists in spite of the prototype (II-05: chosen).
fn initialize(ask: &mut Ask<'_>, row: Option<&IpInterfaceRow>) -> Result<Answer, Status> {
    if row.is_none() {
        return if ask.kernel() {
            Err(Status::InvalidParameter)
        } else {
            Ok(Answer::output(Output::Nothing))
        };
    }
    let mut members = IpRow::default();
    if ask.pick(OptionId::InitializeInterfaceRow) == "unchanged" {
        for member in Member::ALL {
            members.set(member, member.most());
        }
        members.set(Member::SitePrefixLength, NO_SITE_PREFIX);
    }
    let row = IpInterfaceRow { members, ..IpInterfaceRow::default() };
    Ok(Answer::output(Output::Row(row.into())))
}

/// Looks at pointer, family and keys, and at what `more` adds; gives the row and its family.
fn checked<'r>(
    ask: &mut Ask<'_>,
    row: Option<&'r IpInterfaceRow>,
    more: impl FnOnce(&IpInterfaceRow, Family, &mut Checks),
) -> Result<(&'r IpInterfaceRow, Family), Status> {
    let mut checks = Checks::default();
    checks.require(Class::Pointer, row.is_some(), Status::InvalidParameter);
    let empty = IpInterfaceRow::default();
    let looked_at = row.unwrap_or(&empty);
    let family = Family::from_number(looked_at.family);
    checks.require(Class::Family, family.is_some(), Status::InvalidParameter);
    let named = looked_at.luid != Luid::UNSPECIFIED || looked_at.index != 0;
    checks.require(Class::Keys, named, Status::InvalidParameter);
    more(looked_at, family.unwrap_or(Family::V6), &mut checks);
    ask.verdict(checks)?;
    row.zip(family).ok_or(Status::InvalidParameter)
}

/// A row with its keys and these members.
fn filled(interface: &Interface, family: Family, members: IpRow) -> IpInterfaceRow {
    let (luid, index) = (interface.luid, interface.index);
    IpInterfaceRow { family: family.number(), luid, index, members }
}

/// Whether the markers of a freshly initialized row mean "leave alone" in this row. Of a row without
/// any nobody is asked.
fn honours_markers(ask: &mut Ask<'_>, row: &IpInterfaceRow) -> bool {
    let differs = |member: Member| wish(row, member, true) != wish(row, member, false);
    Member::ALL.into_iter().any(differs)
        && ask.pick(OptionId::InitializeInterfaceRow) == "unchanged"
}

/// What a row wants a member to be; `None` leaves it alone.
///
/// Ignored on input are the members of IS-07 and the reserved InterfaceIdentifier (chosen). The two
/// enumerations have a documented value for "unchanged" (ST-07); with `markers` all ones say the same
/// of any member, and 255 of SitePrefixLength. Any BOOLEAN but 0 is TRUE and reads 1 (chosen).
fn wish(row: &IpInterfaceRow, member: Member, markers: bool) -> Option<u64> {
    let value = row.members.get(member)?;
    let unchanged = match member {
        Member::MaxReassemblySize
        | Member::InterfaceIdentifier
        | Member::MinRouterAdvertisementInterval
        | Member::MaxRouterAdvertisementInterval
        | Member::Connected
        | Member::SupportsWakeUpPatterns
        | Member::SupportsNeighborDiscovery
        | Member::SupportsRouterDiscovery
        | Member::ReachableTime
        | Member::TransmitOffload
        | Member::ReceiveOffload => true,
        Member::RouterDiscoveryBehavior | Member::LinkLocalAddressBehavior => value == UNCHANGED,
        Member::SitePrefixLength => markers && (value == member.most() || value == NO_SITE_PREFIX),
        _ => markers && value == member.most(),
    };
    let boolean = member.most() == u64::from(u8::MAX);
    (!unchanged).then_some(if boolean { u64::from(value != 0) } else { value })
}

/// Whether a member may be set to this value: a SitePrefixLength that fits the family (ST-10), and in
/// user mode none at all for IPv4 (IS-08); a value that its enumeration has (chosen).
fn is_legal(member: Member, value: u64, family: Family, zero_for_v4: bool) -> bool {
    match member {
        Member::SitePrefixLength if family == Family::V4 && zero_for_v4 => value == 0,
        Member::SitePrefixLength => value <= u64::from(family.bits()),
        Member::RouterDiscoveryBehavior | Member::LinkLocalAddressBehavior => {
            value <= LAST_BEHAVIOR
        }
        _ => true,
    }
}

/// The stack chooses the metric as long as it is automatic (IS-13): it stays what it was, and one that
/// was fixed before becomes that of a freshly bound row (chosen).
fn keep_automatic_metric(interface: &Interface, family: Family, live: &IpRow, after: &mut IpRow) {
    let automatic = |row: &IpRow| row.get(Member::UseAutomaticMetric) != Some(0);
    if !automatic(after) {
        return;
    }
    let loopback = interface.if_type == if_type::LOOPBACK;
    let fresh = IpRow::new(family, loopback, interface.mtu);
    let metric = if automatic(live) { live } else { &fresh }.get(Member::Metric);
    after.set(Member::Metric, metric.expect("a member of the row"));
}
