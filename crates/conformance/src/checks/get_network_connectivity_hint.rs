//! GetNetworkConnectivityHint and GetNetworkConnectivityHintForInterface.

use netiosim_model::api::{Call, Output};
use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::interface::{Connectivity, Internet};
use netiosim_model::row::HintRow;
use netiosim_model::status::Status;
use netiosim_model::windows::Windows;

use super::routes::second;
use crate::bench::Bench;
use crate::check::{Check, Stop, Verdict};

const BOTH: [Function; 2] =
    [Function::GetNetworkConnectivityHint, Function::GetNetworkConnectivityHintForInterface];

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("CH-01", |bench| {
        for (connectivity, hint) in examples() {
            set(bench, connectivity)?;
            let filled = of_all(bench)?;
            bench.equal("the hint", &filled, &hint)?;
        }
        Ok(())
    }),
    Check::of_all("CH-02", |bench| {
        let (index, other) = (bench.adapter().1, second(bench)?.1);
        let before = of(bench, other)?;
        for (connectivity, hint) in examples() {
            set(bench, connectivity)?;
            let filled = of(bench, index)?;
            bench.equal("the hint of the interface", &filled, &hint)?;
            let after = of(bench, other)?;
            bench.equal("the hint of another interface", &after, &before)?;
        }
        Ok(())
    }),
    Check::of_all("CH-03", |bench| {
        for (windows, there) in [
            (Windows::V10_1809, false),
            (Windows(19_040), false),
            (Windows(19_041), true),
            (Windows::V11_24H2, true),
        ] {
            bench.session().install(windows)?;
            for function in BOTH {
                let has = bench.session().has(function)?;
                bench.equal(&format!("whether {windows} has {function}"), &has, &there)?;
            }
        }
        Ok(())
    }),
    Check::of_all("CH-04", levels),
    Check::of_all("CH-05", |bench| {
        for cost in [0, 1, 2, 3] {
            set(bench, Connectivity { cost, ..Connectivity::default() })?;
            let costs = (of_all(bench)?.cost, of_adapter(bench)?.cost);
            bench.equal("the cost", &costs, &(cost, cost))?;
        }
        Ok(())
    }),
    Check::of_all("CH-06", |bench| {
        let level = of_all(bench)?.level;
        bench.holds(level != 0, || "the level of a running machine is Unknown".to_owned())?;
        bench.session().reboot()?;
        let level = of_all(bench)?.level;
        bench.equal("the level at the start", &level, &0)?;
        bench.session().elapse(60_000)?;
        let level = of_all(bench)?.level;
        bench.holds(level != 0, || "the level is Unknown after a minute".to_owned())
    }),
    Check::of_all("CH-07", |bench| {
        for (internet, level) in [(Internet::Constrained, 4), (Internet::Reachable, 3)] {
            set(bench, Connectivity { internet, ..Connectivity::default() })?;
            let levels = (of_all(bench)?.level, of_adapter(bench)?.level);
            bench.equal(&format!("the level of {internet:?}"), &levels, &(level, level))?;
        }
        Ok(())
    }),
];

/// What lies behind the adapter, and the hint that says so: each flag by itself.
fn examples() -> Vec<(Connectivity, HintRow)> {
    let flags = [[false; 3], [true, false, false], [false, true, false], [false, false, true]];
    let of = |(cost, [approaching_data_limit, over_data_limit, roaming]): (u32, [bool; 3])| {
        let constrained = cost == 2;
        let connectivity = Connectivity {
            internet: if constrained { Internet::Constrained } else { Internet::Reachable },
            cost,
            approaching_data_limit,
            over_data_limit,
            roaming,
        };
        let level = if constrained { 4 } else { 3 };
        (connectivity, HintRow { level, cost, approaching_data_limit, over_data_limit, roaming })
    };
    (1..).zip(flags.into_iter().chain([[true; 3]])).map(|(n, flags)| of((n % 4, flags))).collect()
}

/// What lies behind the Ethernet adapter from now on.
fn set(bench: &mut Bench, connectivity: Connectivity) -> Verdict {
    let luid = bench.adapter().0;
    bench.change(&Change::ConnectivitySet { luid, connectivity })
}

fn of_all(bench: &mut Bench) -> Result<HintRow, Stop> {
    hint(bench, Function::GetNetworkConnectivityHint, 0)
}

fn of(bench: &mut Bench, index: u32) -> Result<HintRow, Stop> {
    hint(bench, Function::GetNetworkConnectivityHintForInterface, index)
}

fn of_adapter(bench: &mut Bench) -> Result<HintRow, Stop> {
    let index = bench.adapter().1;
    of(bench, index)
}

fn hint(bench: &mut Bench, function: Function, index: u32) -> Result<HintRow, Stop> {
    let answer = bench.call(&Call::Hint { function, index, pointer: true })?;
    bench.code(function.name(), answer.code, Status::Success)?;
    match answer.output {
        Output::Hint(hint) => Ok(hint),
        other => Err(Stop::Fails(format!("{function} left {other:?}"))),
    }
}

fn levels(bench: &mut Bench) -> Verdict {
    for (internet, level) in [
        (Internet::Nowhere, 2),
        (Internet::Reachable, 3),
        (Internet::Constrained, 4),
        (Internet::Hidden, 5),
    ] {
        set(bench, Connectivity { internet, ..Connectivity::default() })?;
        let levels = (of_all(bench)?.level, of_adapter(bench)?.level);
        bench.equal(&format!("the level of {internet:?}"), &levels, &(level, level))?;
    }
    let luid = bench.adapter().0;
    let connected = Some(false);
    bench.change(&Change::LinkSet { luid, connected, admin_up: None, mtu: None, alias: None })?;
    let levels = (of_all(bench)?.level, of_adapter(bench)?.level);
    bench.equal("the level without a medium", &levels, &(1, 1))?;
    bench.session().reboot()?;
    let levels = (of_all(bench)?.level, of_adapter(bench)?.level);
    bench.equal("the level at the start", &levels, &(0, 0))
}
