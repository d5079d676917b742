//! What holds alike of every function that registers a callback: serialization, cancels, threads, lives, levels.

use std::net::IpAddr;

use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::interface::Connectivity;
use netiosim_model::machine::Irql;
use netiosim_model::member::Member;
use netiosim_model::net::Family;
use netiosim_model::profile::Profile;
use netiosim_model::row::Row;
use netiosim_model::rule::Rule;
use netiosim_model::status::{Status, message};
use netiosim_model::table::{Route, UnicastAddress};
use netiosim_model::teredo::PortWish;
use netiosim_model::windows::Windows;

use crate::backend::{Act, Did, Register, Session, Whose};
use crate::bench::Bench;
use crate::check::{Stop, Verdict};

/// A registration for changes on the side of IPv4, where the function has a family.
pub(super) fn registration(function: Function) -> Register {
    let family = match function {
        Function::NotifyTeredoPortChange | Function::NotifyNetworkConnectivityHintChange => 0,
        _ => 2,
    };
    Register::new(function).family(family).context(1)
}

/// The change of this number that such a registration hears of; no two of them are alike.
pub(super) fn change(session: &dyn Session, function: Function, number: u8) -> Change {
    let (luid, _) = session.adapter();
    match function {
        Function::NotifyTeredoPortChange => {
            Change::TeredoRestart(PortWish::Exactly(50_001 + u16::from(number)))
        }
        Function::NotifyUnicastIpAddressChange => {
            let address = UnicastAddress::new(luid, IpAddr::from([10, 7, number, 1]), 24);
            Change::AddressAdd { address, optimistic: false }
        }
        Function::NotifyRouteChange2 => {
            let gateway = IpAddr::from([192, 168, 1, 1]);
            Change::RouteAdd(Route::new(luid, IpAddr::from([10, 8, number, 0]), 24, gateway))
        }
        Function::NotifyNetworkConnectivityHintChange => {
            let cost = 1 + u32::from(number % 3);
            let connectivity = Connectivity { cost, roaming: true, ..Connectivity::default() };
            Change::ConnectivitySet { luid, connectivity }
        }
        _ => {
            let values = vec![(Member::NlMtu, 1400 - u64::from(number))];
            Change::RowSet { luid, family: Family::V4, values }
        }
    }
}

pub(super) fn happens(bench: &mut Bench, function: Function, number: u8) -> Verdict {
    let change = change(bench.session(), function, number);
    bench.change(&change)
}

/// While a call of the callback lasts no other of the same registration begins; none is lost by that.
pub(super) fn serialized(bench: &mut Bench, function: Function) -> Verdict {
    bench.session().threads()?;
    bench.registered(&registration(function).act(Act::Lock))?;
    let mut during = Vec::new();
    bench.session().locked(&mut |session| {
        for number in 0..3 {
            let change = change(session, function, number);
            session.change(&change)?;
            session.settle();
        }
        during = session.heard();
        Ok(())
    })?;
    bench.equal("the number of calls that run at once", &during.len(), &1)?;
    let after = bench.heard().len();
    bench.holds(after > 0, || "nothing comes after the first call returned".to_owned())?;
    // Elsewhere an option may let several be told as one.
    if bench.profile() == Profile::Documented {
        bench.equal("the number of calls that waited", &after, &2)?;
    }
    no_findings(bench)
}

/// A cancel of the own registration inside the callback is found to be the deadlock.
pub(super) fn cancels_itself(bench: &mut Bench, function: Function) -> Verdict {
    bench.registered(&registration(function).act(Act::CancelOwn))?;
    happens(bench, function, 1)?;
    found(bench, Rule::SelfCancel)
}

/// A cancel under the lock that the running callback waits for is found to be the deadlock.
pub(super) fn cancel_under_lock(bench: &mut Bench, function: Function) -> Verdict {
    bench.session().threads()?;
    let handle = bench.registered(&registration(function).act(Act::Lock))?;
    bench.session().locked(&mut |session| {
        let change = change(session, function, 0);
        session.change(&change)?;
        session.settle();
        session.cancel(handle);
        Ok(())
    })?;
    found(bench, Rule::CancelUnderLock)
}

/// A cancel on a thread that the callback does not wait for succeeds, whether or not a callback runs.
pub(super) fn independent_cancel(bench: &mut Bench, function: Function) -> Verdict {
    bench.session().threads()?;
    let idle = bench.registered(&registration(function))?;
    bench.session().cancel_aside(idle);
    let codes = cancelled_aside(bench);
    bench.equal("codes of a cancel while no callback runs", &codes, &vec![0])?;
    let busy = bench.registered(&registration(function).act(Act::Lock))?;
    bench.session().locked(&mut |session| {
        let change = change(session, function, 0);
        session.change(&change)?;
        session.settle();
        session.cancel_aside(busy);
        session.settle();
        Ok(())
    })?;
    let codes = cancelled_aside(bench);
    bench.equal("codes of a cancel while a callback ran", &codes, &vec![0])?;
    ended(bench, function, 1)?;
    no_findings(bench)
}

/// Nothing is registered any more.
fn ended(bench: &mut Bench, function: Function, number: u8) -> Verdict {
    bench.heard();
    happens(bench, function, number)?;
    let after = bench.heard();
    bench.equal("notifications after the cancel", &after, &Vec::new())
}

/// A callback that cancels another registration, whose callback waits for nothing, gets a success.
pub(super) fn cancels_another(bench: &mut Bench, function: Function) -> Verdict {
    let other = bench.registered(&registration(function).context(2))?;
    bench.registered(&registration(function).act(Act::Cancel(other)))?;
    happens(bench, function, 0)?;
    let did = bench.did();
    bench.equal("what comes of the cancel", &did, &vec![Did::Cancelled(0)])?;
    no_findings(bench)
}

/// A callback that has another thread cancel its registration is in nobody's way.
pub(super) fn hands_cancel_over(bench: &mut Bench, function: Function) -> Verdict {
    bench.session().threads()?;
    bench.registered(&registration(function).act(Act::HandCancel))?;
    happens(bench, function, 0)?;
    let codes = cancelled_aside(bench);
    bench.equal("codes of the cancel", &codes, &vec![0])?;
    ended(bench, function, 1)?;
    no_findings(bench)
}

fn cancelled_aside(bench: &mut Bench) -> Vec<u32> {
    bench.session().settle();
    bench.session().cancelled_aside()
}

/// Notifications go on until the registration is cancelled.
pub(super) fn goes_on(bench: &mut Bench, function: Function) -> Verdict {
    let handle = bench.registered(&registration(function))?;
    for number in 0..20 {
        happens(bench, function, number)?;
        let heard = bench.heard();
        bench.holds(!heard.is_empty(), || format!("nothing is told of change {number}"))?;
    }
    bench.cancelled(handle)?;
    happens(bench, function, 20)?;
    let after = bench.heard();
    bench.equal("notifications after the cancel", &after, &Vec::new())
}

/// The end of the program ends what it registered, and needs no cancel for that.
pub(super) fn ends_with_program(bench: &mut Bench, function: Function) -> Verdict {
    let call = registration(function);
    let (one, _two) = (bench.registered(&call)?, bench.registered(&call)?);
    happens(bench, function, 1)?;
    let before = bench.heard().len();
    bench.equal("the number of notifications before its end", &before, &2)?;
    bench.session().restart_program()?;
    happens(bench, function, 0)?;
    let after = bench.heard();
    bench.equal("notifications after the end of the program", &after, &Vec::new())?;
    let code = bench.session().cancel(one);
    bench.holds(code != 0, || "the handle is still accepted".to_owned())
}

/// A callback that is not the program's own is refused, or found to be misuse.
pub(super) fn foreign(bench: &mut Bench, function: Function, whose: Whose) -> Verdict {
    let own = bench.registered(&registration(function))?;
    bench.cancelled(own)?;
    no_findings(bench)?;
    let left = bench.session().register_foreign(&registration(function), whose)?;
    let rule = match whose {
        Whose::AnotherProcess => Rule::ForeignCallback,
        Whose::AbsentModule => Rule::UnloadedModule,
    };
    if left.code == 0 { found(bench, rule) } else { Ok(()) }
}

/// A row that a callback was lent is not its to free; nobody else is hurt by that.
pub(super) fn row_freed(bench: &mut Bench, function: Function) -> Verdict {
    bench.registered(&registration(function).act(Act::FreeRow))?;
    happens(bench, function, 0)?;
    found(bench, Rule::RowFreed)?;
    bench.heard();
    happens(bench, function, 1)?;
    let after = bench.heard();
    bench.holds(!after.is_empty(), || "nothing is told after the free".to_owned())
}

/// What a callback of this registration saw of its row and of the Get function, for one change.
///
/// # Errors
///
/// [`Stop::Fails`] unless there is exactly one, and the Get function succeeds.
pub(super) fn looked(
    bench: &mut Bench,
    call: Register,
    change: &Change,
) -> Result<(Row, Row), Stop> {
    bench.registered(&call.act(Act::Look))?;
    bench.change(change)?;
    let did = bench.did();
    match &did[..] {
        [Did::Looked { keys, code: 0, full: Some(full) }] => Ok((keys.clone(), full.clone())),
        _ => Err(Stop::Fails(format!("one look at one row was expected, not {did:?}"))),
    }
}

/// A registration is legal below DISPATCH_LEVEL, and at it found to be misuse.
pub(super) fn below_dispatch(bench: &mut Bench, function: Function) -> Verdict {
    for irql in [Irql::Passive, Irql::Apc] {
        bench.session().set_irql(irql)?;
        bench.registered(&registration(function))?;
        no_findings(bench)?;
    }
    bench.session().set_irql(Irql::Dispatch)?;
    bench.session().register(&registration(function));
    found(bench, Rule::IrqlTooHigh)
}

/// A function exists from one Windows on, and not before.
pub(super) fn since(bench: &mut Bench, function: Function, first: Windows) -> Verdict {
    for (windows, expected) in
        [(Windows(first.0 - 1), false), (first, true), (Windows::V11_24H2, true)]
    {
        bench.session().install(windows)?;
        let has = bench.session().has(function)?;
        bench.equal(&format!("whether {windows} has {function}"), &has, &expected)?;
    }
    Ok(())
}

/// A code that the page does not list may come, unchanged, and there is a text for it.
pub(super) fn other_codes(bench: &mut Bench, function: Function) -> Verdict {
    for status in [Status::ServerUnavailable, Status::NotRegistered] {
        let flavour = bench.flavour();
        bench.session().fail(function, status)?;
        let code = match function {
            Function::GetTeredoPort => bench.session().teredo_port(Some(0)).0,
            _ => bench.session().register(&registration(function)).code,
        };
        bench.code("the call", code, status)?;
        let text = message(code, flavour);
        bench.holds(text.is_some(), || format!("there is no text for the code {code}"))?;
        bench.session().unfail(function)?;
    }
    Ok(())
}

/// A rule is found broken.
pub(super) fn found(bench: &mut Bench, rule: Rule) -> Verdict {
    let findings = bench.findings()?;
    bench.holds(findings.contains(&rule), || {
        let broken: Vec<&str> = findings.iter().map(|rule| rule.slug()).collect();
        format!("{} is not found, but {broken:?}", rule.slug())
    })
}

/// Nothing is found broken; a system that finds nothing cannot find this.
pub(super) fn no_findings(bench: &mut Bench) -> Verdict {
    bench.session().settle();
    let findings = bench.session().findings().unwrap_or_default();
    bench.holds(findings.is_empty(), || {
        let broken: Vec<&str> = findings.iter().map(|rule| rule.slug()).collect();
        format!("{broken:?} is found")
    })
}
