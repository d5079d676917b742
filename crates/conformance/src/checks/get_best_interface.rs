//! GetBestInterface and GetBestInterfaceEx.

use netiosim_model::api::{Call, Output};
use netiosim_model::function::Function;
use netiosim_model::net::Family;
use netiosim_model::row::SocketAddress;
use netiosim_model::status::Status;

use super::routes::{created, no_defaults, route, set_stack};
use crate::bench::Bench;
use crate::check::{Check, Verdict};

const PLAIN: Function = Function::GetBestInterface;
const EX: Function = Function::GetBestInterfaceEx;

pub(super) const CHECKS: &[Check] =
    &[Check::of_all("BR-10", failures), Check::of_all("BR-11", families)];

fn to(function: Function, destination: SocketAddress) -> Call {
    Call::BestInterface { function, destination: Some(destination), pointer: true }
}

fn failures(bench: &mut Bench) -> Verdict {
    let row = route(bench, Family::V4);
    no_defaults(bench, Family::V4)?;
    for function in [PLAIN, EX] {
        let destination = Some(row.destination);
        let null = Call::BestInterface { function, destination, pointer: false };
        bench.answers(&null, Status::InvalidParameter)?;
        // Nothing leads there.
        bench.answers(&to(function, row.destination), Status::CanNotComplete)?;
        set_stack(bench, Family::V4, false)?;
        bench.answers(&to(function, row.destination), Status::NotSupported)?;
        set_stack(bench, Family::V4, true)?;
        no_defaults(bench, Family::V4)?;
    }
    created(bench, &row)?;
    for function in [PLAIN, EX] {
        bench.answers(&to(function, row.destination), Status::Success)?;
    }
    Ok(())
}

fn families(bench: &mut Bench) -> Verdict {
    let index = bench.adapter().1;
    let [v4, v6] = Family::ALL.map(|family| route(bench, family));
    created(bench, &v4)?;
    created(bench, &v6)?;
    for call in [to(PLAIN, v4.destination), to(EX, v4.destination), to(EX, v6.destination)] {
        let answer = bench.call(&call)?;
        bench.code(call.function().name(), answer.code, Status::Success)?;
        bench.equal("the best interface", &answer.output, &Output::Index(index))?;
    }
    // Where it takes a number, there is no way to hand in an IPv6 address at all.
    let Ok(answer) = bench.session().call(&to(PLAIN, v6.destination)) else { return Ok(()) };
    bench.holds(answer.code != 0, || "GetBestInterface takes an IPv6 address".to_owned())?;
    bench.equal("what it leaves", &answer.output, &Output::Nothing)
}
