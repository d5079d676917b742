//! GetNumberOfInterfaces.

use std::collections::BTreeSet;

use netiosim_model::api::{Call, Output};
use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::net::{Family, Luid};
use netiosim_model::profile::Profile;
use netiosim_model::status::Status;

use super::adapter_members::loopback;
use super::conversions::interfaces;
use super::get_adapters_addresses::with_family;
use super::get_adapters_info::infos;
use super::routes::{second, set_stack};
use crate::bench::Bench;
use crate::check::{Check, Stop, Verdict};

const FUNCTION: Function = Function::GetNumberOfInterfaces;

pub(super) const CHECKS: &[Check] = &[
    Check {
        except: &[(
            Profile::Adversarial,
            "by the option number-of-interfaces those without IPv4 may not count",
        )],
        ..Check::of_all("AD-30", |bench| {
            every(bench)?;
            let luid = second(bench)?.0;
            every(bench)?;
            bench.change(&Change::FamilyUnbind { luid, family: Family::V4 })?;
            every(bench)?;
            bench.change(&Change::InterfaceRemove(luid))?;
            every(bench)?;
            set_stack(bench, Family::V6, false)?;
            every(bench)
        })
    },
    Check::of_all("AD-31", |bench| {
        // The Teredo pseudo-interface has no IPv4: with it the two statements of the page differ.
        set_stack(bench, Family::V6, false)?;
        for n in [0, 77, 78] {
            if n > 0 {
                let new = Interface::new(format!("Adapter {n}"), if_type::ETHERNET, n, n);
                bench.session().add_interface(new)?;
            }
            let v4 = with_family(bench, Family::V4)?;
            let all: BTreeSet<Luid> = interfaces(bench)?.iter().map(|row| row.luid).collect();
            bench.equal("the interfaces with IPv4", &v4, &all)?;
            let adapters = infos(bench)?.list.len();
            let number = number(bench)?;
            bench.equal("the number", &number, &(adapters + 1))?;
        }
        Ok(())
    }),
];

fn number(bench: &mut Bench) -> Result<usize, Stop> {
    let answer = bench.call(&Call::Number { function: FUNCTION, pointer: true })?;
    bench.code(FUNCTION.name(), answer.code, Status::Success)?;
    match answer.output {
        Output::Number(number) => Ok(usize::try_from(number).unwrap_or(usize::MAX)),
        other => Err(Stop::Fails(format!("{FUNCTION} left {other:?}"))),
    }
}

/// It is the number of the rows of GetIfTable2, one of which is the loopback interface's.
fn every(bench: &mut Bench) -> Verdict {
    loopback(bench)?;
    let rows = interfaces(bench)?.len();
    let number = number(bench)?;
    bench.equal("the number", &number, &rows)
}
