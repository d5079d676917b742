//! InitializeIpInterfaceEntry.

use netiosim_model::api::{Call, Output};
use netiosim_model::function::Function;
use netiosim_model::member::Member;
use netiosim_model::net::Luid;
use netiosim_model::profile::Profile;
use netiosim_model::row::IpInterfaceRow;
use netiosim_model::status::Status;

use super::get_ip_interface_entry::{null, ones};
use crate::bench::Bench;
use crate::check::{Check, Stop};

const FUNCTION: Function = Function::InitializeIpInterfaceEntry;

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("II-01", |bench| {
        let family = initialized(bench)?.family;
        bench.equal("Family", &family, &0)
    }),
    Check::of_all("II-02", |bench| {
        let luid = initialized(bench)?.luid;
        bench.equal("InterfaceLuid", &luid, &Luid::UNSPECIFIED)
    }),
    Check {
        except: &[
            (
                Profile::Observed,
                "by the option initialize-interface-row it fills markers in, as observed",
            ),
            (Profile::Adversarial, "by the option initialize-interface-row it may fill markers in"),
        ],
        ..Check::of_all("II-03", |bench| {
            let row = initialized(bench)?;
            bench.equal("InterfaceIndex", &row.index, &0)?;
            let others = Member::ALL.into_iter().filter(|member| !member.is_key());
            for member in others {
                bench.equal(member.name(), &row.members.get(member), &Some(0))?;
            }
            Ok(())
        })
    },
    Check::of_all("II-04", |bench| {
        // Where a code came back it would tell of NULL.
        initialized(bench)?;
        let left = bench.call(&null(FUNCTION))?;
        bench.equal("code and output of NULL", &(left.code, left.output), &(0, Output::Nothing))
    }),
    Check::of_all("II-05", |bench| {
        initialized(bench)?;
        bench.answers(&null(FUNCTION), Status::InvalidParameter)
    }),
    Check::of_all("II-06", |bench| {
        let row = initialized(bench)?;
        let call = Call::row(Function::GetIpInterfaceEntry, row);
        bench.answers(&call, Status::InvalidParameter)
    }),
];

/// What becomes of a row full of ones.
fn initialized(bench: &mut Bench) -> Result<IpInterfaceRow, Stop> {
    bench.filled(FUNCTION, ones())
}
