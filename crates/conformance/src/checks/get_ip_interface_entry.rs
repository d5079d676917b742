//! GetIpInterfaceEntry, and what the checks of functions with one row share.

use netiosim_model::api::Call;
use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::machine::Irql;
use netiosim_model::member::Member;
use netiosim_model::net::{Family, Luid};
use netiosim_model::profile::Profile;
use netiosim_model::row::{IpInterfaceRow, Row};
use netiosim_model::rule::Rule;
use netiosim_model::status::Status;

use crate::backend::{Act, Did, Register};
use crate::bench::Bench;
use crate::check::{Check, Stop, Verdict};

const FUNCTION: Function = Function::GetIpInterfaceEntry;

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("IE-01", |bench| bench.answers(&null(FUNCTION), Status::InvalidParameter)),
    Check::of_all("IE-02", |bench| bench.answers(&null(FUNCTION), Status::InvalidParameter)),
    Check::of_all("IE-03", |bench| {
        let (luid, index) = bench.adapter();
        for family in OTHER_FAMILIES {
            let call = Call::row(FUNCTION, keyed(family, luid, index));
            bench.answers(&call, Status::InvalidParameter)?;
        }
        Family::ALL.into_iter().try_for_each(|family| entry(bench, family).map(drop))
    }),
    Check::of_all("IE-04", |bench| {
        for family in Family::ALL {
            let call = Call::row(FUNCTION, keyed(family.number(), Luid::UNSPECIFIED, 0));
            bench.answers(&call, Status::InvalidParameter)?;
        }
        Ok(())
    }),
    Check { except: UNKNOWN_LUID, ..Check::of_all("IE-05", unknown_interface) },
    Check::of_all("IE-06", unknown_interface),
    Check::of_all("IE-07", |bench| family_absent(bench, FUNCTION)),
    Check::of_all("IE-08", |bench| {
        let (luid, index) = bench.adapter();
        let (other, its_index) = another_interface(bench)?;
        for (named, contradicts, expected) in [(luid, its_index, index), (other, index, its_index)]
        {
            let row = bench.filled(FUNCTION, keyed(2, named, contradicts))?;
            bench.equal("the interface", &(row.luid, row.index), &(named, expected))?;
        }
        let call = Call::row(FUNCTION, keyed(2, UNKNOWN.0, index));
        let code = bench.call(&call)?.code;
        bench.holds(code != 0, || "the index is used instead of an unknown LUID".to_owned())
    }),
    Check::of_all("IE-09", |bench| {
        let (luid, index) = bench.adapter();
        let (other, its_index) = another_interface(bench)?;
        for (luid, index) in [(luid, index), (other, its_index)] {
            let row = bench.filled(FUNCTION, keyed(2, Luid::UNSPECIFIED, index))?;
            bench.equal("LUID and index", &(row.luid, row.index), &(luid, index))?;
        }
        Ok(())
    }),
    Check::of_all("IE-10", live),
    Check::new("IE-11", |bench| {
        let function = Function::NotifyIpInterfaceChange;
        for (family, mtu) in [(Family::V4, 1400), (Family::V6, 1401)] {
            let call = Register::new(function).family(family.number()).act(Act::Look);
            let handle = bench.registered(&call)?;
            bench.session().set_mtu(family, mtu)?;
            let did = bench.did();
            bench.cancelled(handle)?;
            let (luid, index) = bench.adapter();
            let keys = Row::from(keyed(family.number(), luid, index));
            let full = Some(Row::from(entry(bench, family)?));
            bench.equal(
                "what came of the keys",
                &did,
                &vec![Did::Looked { keys, code: 0, full }],
            )?;
            let now = entry(bench, family)?.members.get(Member::NlMtu);
            bench.equal("NlMtu", &now, &Some(u64::from(mtu)))?;
        }
        Ok(())
    }),
    Check::of_all("IE-12", |bench| {
        let (luid, index) = bench.adapter();
        below_dispatch(bench, &Call::row(FUNCTION, keyed(2, luid, index)))
    }),
];

/// What no Family may be: every number but AF_INET and AF_INET6, AF_UNSPEC among them.
pub(super) const OTHER_FAMILIES: [u16; 7] = [0, 1, 3, 22, 24, 255, u16::MAX];

/// A LUID and an index that name no interface.
pub(super) const UNKNOWN: (Luid, u32) = (Luid::new(6, 0x00FF_FFF0), 0x00FF_FFF0);

/// The profiles in which getters answer an unknown LUID otherwise than the pages say.
pub(super) const UNKNOWN_LUID: &[(Profile, &str)] = &[
    (Profile::Observed, "by the option unknown-luid getters answer 1168 for a LUID, as observed"),
    (Profile::Adversarial, "by the option unknown-luid getters may answer 1168 for a LUID"),
    (Profile::Wine, "by the option unknown-luid getters answer 1168 for a LUID, as Wine's do"),
];

/// A call of a function with one row, which is NULL.
pub(super) fn null(function: Function) -> Call {
    Call::Row { function, level: 0, row: None }
}

/// A row with these keys and nothing else.
pub(super) fn keyed(family: u16, luid: Luid, index: u32) -> IpInterfaceRow {
    IpInterfaceRow { family, luid, index, ..IpInterfaceRow::default() }
}

/// A row that is full of ones.
pub(super) fn ones() -> IpInterfaceRow {
    let mut row = keyed(u16::MAX, Luid(u64::MAX), u32::MAX);
    for member in Member::ALL {
        row.members.set(member, member.most());
    }
    row
}

/// The row of the Ethernet adapter.
pub(super) fn entry(bench: &mut Bench, family: Family) -> Result<IpInterfaceRow, Stop> {
    let (luid, _) = bench.adapter();
    bench.filled(FUNCTION, keyed(family.number(), luid, 0))
}

/// LUID and index of another interface with IPv4 than the Ethernet adapter.
pub(super) fn another_interface(bench: &mut Bench) -> Result<(Luid, u32), Stop> {
    let (luid, _) = bench.adapter();
    let rows = bench.table::<IpInterfaceRow>(Function::GetIpInterfaceTable, 2)?;
    let other = rows.iter().find(|row| row.luid != luid).map(|row| (row.luid, row.index));
    other.ok_or_else(|| Stop::Fails("there is but one interface".to_owned()))
}

/// Another value than this one, which the member may have as well.
pub(super) fn another(member: Member, value: u64) -> u64 {
    match member {
        Member::RouterDiscoveryBehavior | Member::LinkLocalAddressBehavior => (value + 1) % 3,
        Member::SitePrefixLength => (value + 1) % 33,
        _ if member.most() == u64::from(u8::MAX) => u64::from(value == 0),
        _ => value ^ 1,
    }
}

/// A row whose keys name no interface is answered with this status: an unknown LUID, which a good
/// index does not make up for, and an unknown index.
pub(super) fn unknown<R: Into<Row>>(
    bench: &mut Bench,
    function: Function,
    status: Status,
    row: impl Fn(Luid, u32) -> R,
) -> Verdict {
    let (_, index) = bench.adapter();
    for (luid, index) in [(UNKNOWN.0, 0), (Luid::UNSPECIFIED, UNKNOWN.1), (UNKNOWN.0, index)] {
        bench.answers(&Call::row(function, row(luid, index)), status)?;
    }
    Ok(())
}

fn unknown_interface(bench: &mut Bench) -> Verdict {
    for family in Family::ALL {
        let row = |luid, index| keyed(family.number(), luid, index);
        unknown(bench, FUNCTION, Status::FileNotFound, row)?;
    }
    Ok(())
}

/// Of an interface with one family only the row of the other is not found.
pub(super) fn family_absent(bench: &mut Bench, function: Function) -> Verdict {
    let (luid, _) = bench.adapter();
    for (absent, bound) in [(Family::V4, Family::V6), (Family::V6, Family::V4)] {
        let rows = [keyed(absent.number(), luid, 0), keyed(bound.number(), luid, 0)];
        bench.change(&Change::FamilyUnbind { luid, family: absent })?;
        let [absent_row, bound_row] = rows.map(|row| Call::row(function, row));
        bench.answers(&absent_row, Status::NotFound)?;
        bench.answers(&bound_row, Status::Success)?;
        bench.change(&Change::FamilyBind { luid, family: absent })?;
        bench.answers(&absent_row, Status::Success)?;
    }
    Ok(())
}

/// Every member follows what the machine has, whatever the row held before.
fn live(bench: &mut Bench) -> Verdict {
    let (luid, index) = bench.adapter();
    for family in Family::ALL {
        let mut expected = entry(bench, family)?;
        let mut values = Vec::new();
        for member in Member::ALL {
            let Some(value) = expected.members.get(member) else { continue };
            values.push((member, another(member, value)));
            expected.members.set(member, another(member, value));
        }
        bench.change(&Change::RowSet { luid, family, values })?;
        let asked = IpInterfaceRow { family: family.number(), luid, index: 0, ..ones() };
        let row = bench.filled(FUNCTION, asked)?;
        bench.equal("the keys", &(row.family, row.luid), &(family.number(), luid))?;
        bench.equal("the index", &row.index, &index)?;
        for member in Member::ALL {
            let (came, expected) = (row.members.get(member), expected.members.get(member));
            bench.equal(member.name(), &came, &expected)?;
        }
    }
    Ok(())
}

/// A driver may make this call below DISPATCH_LEVEL, and not there.
pub(super) fn below_dispatch(bench: &mut Bench, call: &Call) -> Verdict {
    bench.findings()?;
    for (irql, expected) in
        [(Irql::Passive, vec![]), (Irql::Apc, vec![]), (Irql::Dispatch, vec![Rule::IrqlTooHigh])]
    {
        bench.session().set_irql(irql)?;
        let code = bench.call(call)?.code;
        bench.session().set_irql(Irql::Passive)?;
        if expected.is_empty() {
            bench.code(&format!("the call at {irql:?}"), code, Status::Success)?;
        }
        let found = bench.findings()?;
        bench.equal(&format!("what is found at {irql:?}"), &found, &expected)?;
    }
    Ok(())
}
