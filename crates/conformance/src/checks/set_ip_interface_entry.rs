//! SetIpInterfaceEntry.

use netiosim_model::api::Call;
use netiosim_model::function::Function;
use netiosim_model::member::Member;
use netiosim_model::net::{Family, Luid, NotificationType};
use netiosim_model::row::{IpInterfaceRow, Row};
use netiosim_model::status::Status;

use super::get_ip_interface_entry::{
    OTHER_FAMILIES, another, entry, family_absent, keyed, null, unknown,
};
use crate::backend::{Act, Did, Register};
use crate::bench::Bench;
use crate::check::{Check, Stop, Verdict};

const FUNCTION: Function = Function::SetIpInterfaceEntry;

/// What has no effect on input.
const IGNORED: [Member; 10] = [
    Member::MaxReassemblySize,
    Member::MinRouterAdvertisementInterval,
    Member::MaxRouterAdvertisementInterval,
    Member::Connected,
    Member::SupportsWakeUpPatterns,
    Member::SupportsNeighborDiscovery,
    Member::SupportsRouterDiscovery,
    Member::ReachableTime,
    Member::TransmitOffload,
    Member::ReceiveOffload,
];

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("IS-01", |bench| {
        for family in Family::ALL {
            let before = entry(bench, family)?;
            let row = with(bench, family, &[(Member::NlMtu, 1399)])?;
            bench.session().set_elevated(false)?;
            bench.answers(&Call::row(FUNCTION, row.clone()), Status::AccessDenied)?;
            let after = entry(bench, family)?;
            bench.equal("the row after the refusal", &after, &before)?;
            bench.session().set_elevated(true)?;
            bench.answers(&Call::row(FUNCTION, row), Status::Success)?;
        }
        Ok(())
    }),
    Check::of_all("IS-02", |bench| {
        bench.session().set_elevated(false)?;
        for family in Family::ALL {
            set(bench, family, &[(Member::NlMtu, 1399)])?;
            shows(bench, family, Member::NlMtu, 1399)?;
        }
        Ok(())
    }),
    Check::of_all("IS-03", |bench| {
        bench.answers(&null(FUNCTION), Status::InvalidParameter)?;
        for family in Family::ALL {
            let row = settable(bench, family)?;
            for family in OTHER_FAMILIES {
                let call = Call::row(FUNCTION, IpInterfaceRow { family, ..row.clone() });
                bench.answers(&call, Status::InvalidParameter)?;
            }
            let nobody = IpInterfaceRow { luid: Luid::UNSPECIFIED, index: 0, ..row.clone() };
            bench.answers(&Call::row(FUNCTION, nobody), Status::InvalidParameter)?;
            bench.answers(&Call::row(FUNCTION, row), Status::Success)?;
        }
        Ok(())
    }),
    Check::of_all("IS-04", unknown_interface),
    Check::of_all("IS-05", unknown_interface),
    Check::of_all("IS-06", |bench| family_absent(bench, FUNCTION)),
    Check::of_all("IS-07", |bench| {
        for family in Family::ALL {
            for member in IGNORED {
                let before = entry(bench, family)?.members.get(member).unwrap_or_default();
                set(bench, family, &[(member, another(member, before)), (Member::NlMtu, 1399)])?;
                shows(bench, family, member, before)?;
                shows(bench, family, Member::NlMtu, 1399)?;
                set(bench, family, &[(Member::NlMtu, 1500)])?;
            }
        }
        Ok(())
    }),
    Check::of_all("IS-08", |bench| {
        let before = entry(bench, Family::V4)?;
        for length in [1, 24, 32] {
            let row = with(bench, Family::V4, &[(Member::SitePrefixLength, length), (MTU, 1399)])?;
            let code = bench.call(&Call::row(FUNCTION, row))?.code;
            bench.holds(code != 0, || format!("a site prefix of {length} is accepted"))?;
            let after = entry(bench, Family::V4)?;
            bench.equal("the row after the failure", &after, &before)?;
        }
        set(bench, Family::V4, &[(Member::SitePrefixLength, 0), (MTU, 1399)])?;
        shows(bench, Family::V4, MTU, 1399)?;
        set(bench, Family::V6, &[(Member::SitePrefixLength, 48)])?;
        shows(bench, Family::V6, Member::SitePrefixLength, 48)
    }),
    Check::of_all("IS-09", |bench| {
        let (luid, _) = bench.adapter();
        for family in Family::ALL {
            let row = with(bench, family, &[(Member::NlMtu, 1399)])?;
            let left = bench.filled(FUNCTION, IpInterfaceRow { luid: Luid::UNSPECIFIED, ..row })?;
            bench.equal("InterfaceLuid", &left.luid, &luid)?;
            shows(bench, family, Member::NlMtu, 1399)?;
        }
        Ok(())
    }),
    Check::of_all("IS-10", |bench| {
        for family in Family::ALL {
            for value in [1, 0, 1] {
                set(bench, family, &[(Member::DisableDefaultRoutes, value)])?;
                shows(bench, family, Member::DisableDefaultRoutes, value)?;
            }
        }
        Ok(())
    }),
    Check::new("IS-11", notifies),
    Check::of_all("IS-12", |bench| {
        let weak = [Member::WeakHostSend, Member::WeakHostReceive];
        for family in Family::ALL {
            for member in weak {
                shows(bench, family, member, 0)?;
            }
            for (send, receive) in [(1, 0), (1, 1), (0, 1), (0, 0)] {
                set(bench, family, &[(weak[0], send), (weak[1], receive)])?;
                shows(bench, family, weak[0], send)?;
                shows(bench, family, weak[1], receive)?;
            }
        }
        Ok(())
    }),
    Check::of_all("IS-13", |bench| {
        for family in Family::ALL {
            shows(bench, family, Member::UseAutomaticMetric, 1)?;
            let metric = entry(bench, family)?.members.get(Member::Metric).unwrap_or_default();
            // Whether the call is refused or the metric left alone is open.
            let row = with(bench, family, &[(Member::Metric, metric + 7)])?;
            bench.call(&Call::row(FUNCTION, row))?;
            shows(bench, family, Member::Metric, metric)?;
            let fixed = [(Member::UseAutomaticMetric, 0), (Member::Metric, metric + 7)];
            set(bench, family, &fixed)?;
            shows(bench, family, Member::UseAutomaticMetric, 0)?;
            shows(bench, family, Member::Metric, metric + 7)?;
        }
        Ok(())
    }),
];

const MTU: Member = Member::NlMtu;

/// The adapter's row as it may be set again: of IPv4 without a site prefix.
fn settable(bench: &mut Bench, family: Family) -> Result<IpInterfaceRow, Stop> {
    let mut row = entry(bench, family)?;
    if family == Family::V4 {
        row.members.set(Member::SitePrefixLength, 0);
    }
    Ok(row)
}

/// The same with other values.
fn with(
    bench: &mut Bench,
    family: Family,
    values: &[(Member, u64)],
) -> Result<IpInterfaceRow, Stop> {
    let mut row = settable(bench, family)?;
    for (member, value) in values {
        row.members.set(*member, *value);
    }
    Ok(row)
}

/// Sets members of the adapter's row.
fn set(bench: &mut Bench, family: Family, values: &[(Member, u64)]) -> Verdict {
    let row = with(bench, family, values)?;
    bench.answers(&Call::row(FUNCTION, row), Status::Success)
}

/// A member of the adapter's row reads so.
fn shows(bench: &mut Bench, family: Family, member: Member, value: u64) -> Verdict {
    let came = entry(bench, family)?.members.get(member);
    bench.equal(&format!("{} of {family}", member.name()), &came, &Some(value))
}

fn unknown_interface(bench: &mut Bench) -> Verdict {
    for family in Family::ALL {
        let row = settable(bench, family)?;
        let keyed = |luid, index| IpInterfaceRow { luid, index, ..row.clone() };
        unknown(bench, FUNCTION, Status::FileNotFound, keyed)?;
    }
    Ok(())
}

/// A change is told of, with the keys of its row; a call that fails is not.
fn notifies(bench: &mut Bench) -> Verdict {
    let function = Function::NotifyIpInterfaceChange;
    let (luid, index) = bench.adapter();
    for family in Family::ALL {
        let call = Register::new(function).family(family.number()).context(9).act(Act::Look);
        let handle = bench.registered(&call)?;
        let mut refused = with(bench, family, &[(Member::NlMtu, 1399)])?;
        refused.luid = super::get_ip_interface_entry::UNKNOWN.0;
        let code = bench.call(&Call::row(FUNCTION, refused))?.code;
        bench.holds(code != 0, || "an unknown interface is set".to_owned())?;
        let told = bench.rows();
        bench.equal("what is told of a failure", &told, &vec![])?;
        set(bench, family, &[(Member::NlMtu, 1399)])?;
        let told = bench.rows();
        let parameter = NotificationType::Parameter.number();
        bench.equal("what is told of the change", &told, &vec![(9, true, parameter)])?;
        let keys: Vec<Row> = bench.did().into_iter().filter_map(keys_of).collect();
        let expected = vec![Row::from(keyed(family.number(), luid, index))];
        bench.equal("the keys of the row", &keys, &expected)?;
        bench.cancelled(handle)?;
    }
    Ok(())
}

fn keys_of(did: Did) -> Option<Row> {
    if let Did::Looked { keys, .. } = did { Some(keys) } else { None }
}
