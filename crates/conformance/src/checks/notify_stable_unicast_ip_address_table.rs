//! NotifyStableUnicastIpAddressTable.

use std::net::IpAddr;

use netiosim_model::api::Output;
use netiosim_model::change::{AddressEdit, Change};
use netiosim_model::function::Function;
use netiosim_model::interface::{Interface, OperStatus, if_type};
use netiosim_model::machine::Irql;
use netiosim_model::net::{AF_INET, AF_INET6, AF_UNSPEC, Family};
use netiosim_model::profile::Profile;
use netiosim_model::row::{Row, UnicastRow};
use netiosim_model::rule::Rule;
use netiosim_model::status::Status;
use netiosim_model::table::UnicastAddress;
use netiosim_model::teredo::PortWish;

use super::teredo_client::{MINUTE_MS, dormant, qualify, stable_table_qualifies};
use super::teredo_interface::{addresses, present, qualified};
use crate::backend::{Act, Did, Heard, Register, Registered, Told};
use crate::bench::Bench;
use crate::check::{Check, Stop, Verdict};

const FUNCTION: Function = Function::NotifyStableUnicastIpAddressTable;
/// ERROR_IO_PENDING, in both flavours.
const PENDING: u32 = 997;
/// IpDadStatePreferred.
const PREFERRED: u32 = 4;

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("NS-01", |bench| {
        let call = Register { table: false, ..Register::new(FUNCTION) };
        refused(bench, "a call without a place for the table", &call)
    }),
    Check::of_all("NS-02", |bench| {
        let call = Register { variable: None, ..Register::new(FUNCTION) };
        refused(bench, "a call without a place for the handle", &call)
    }),
    Check::of_all("NS-03", |bench| {
        for family in [1, 3, 10, 22, 24, 255, u16::MAX] {
            refused(bench, &format!("family {family}"), &Register::new(FUNCTION).family(family))?;
        }
        let invalid = bench.number(Status::InvalidParameter);
        for family in [AF_UNSPEC, AF_INET, AF_INET6] {
            let left = bench.session().register(&Register::new(FUNCTION).family(family));
            bench.holds(left.code != invalid, || format!("family {family} is refused"))?;
        }
        Ok(())
    }),
    check("NS-04", |bench| {
        bench.session().stop_teredo()?;
        let none = addresses(bench)?.len();
        bench.equal("how many Teredo addresses there are", &none, &0)?;
        at_once(bench)
    }),
    check("NS-05", |bench| {
        qualified(bench)?;
        at_once(bench)
    }),
    check("NS-06", |bench| {
        dormant(bench)?;
        pending(bench, &asked())?;
        // The same while it qualifies.
        dormant(bench)?;
        bench.change(&Change::TeredoQualify)?;
        pending(bench, &asked())?;
        bench.session().elapse(MINUTE_MS)?;
        qualified(bench)?;
        let left = bench.session().register(&asked());
        bench.code("the call of a qualified client", left.code, Status::Success)
    }),
    check("NS-07", |bench| {
        dormant(bench)?;
        let handle = pending(bench, &asked().variable(0xDEAD_BEEF))?;
        bench.holds(handle != 0 && handle != 0xDEAD_BEEF, || format!("handle {handle:#x}"))?;
        bench.cancelled(handle)
    }),
    check("NS-08", |bench| {
        for context in [7, 0xFFFF_FFFF_FFFF_FFF7] {
            dormant(bench)?;
            let handle = pending(bench, &asked().context(context))?;
            let before = bench.heard();
            bench.equal("what came before it is qualified", &before, &Vec::new())?;
            bench.session().elapse(MINUTE_MS)?;
            let after = bench.heard();
            bench.equal("what came then", &after, &vec![Heard { context, told: Told::Table }])?;
            let global = IpAddr::V6(qualified(bench)?);
            let rows = table(bench)?;
            let there = rows.iter().any(|row| row.address.ip() == Some(global));
            bench.holds(there, || format!("{global} is not in the table"))?;
            bench.cancelled(handle)?;
        }
        Ok(())
    }),
    check("NS-09", |bench| {
        let freed = bench.session().register(&Register::new(FUNCTION));
        free(bench, &freed)?;
        bench.session().restart_program()?;
        let found = of_tables(bench)?;
        bench.equal("what is wrong with a table that was freed", &found, &Vec::new())?;
        let twice = bench.session().register(&Register::new(FUNCTION));
        free(bench, &twice)?;
        free(bench, &twice)?;
        let found = of_tables(bench)?;
        bench.equal("what is wrong with a second free", &found, &vec![Rule::TableFreedTwice])?;
        bench.session().register(&Register::new(FUNCTION));
        bench.session().restart_program()?;
        let found = of_tables(bench)?;
        bench.equal("what is wrong with a table that is kept", &found, &vec![Rule::LeakedTable])
    }),
    check("NS-10", |bench| {
        let kept = vec![Rule::LeakedTable];
        for (call, expected) in [(asked(), Vec::new()), (Register::new(FUNCTION), kept)] {
            dormant(bench)?;
            let handle = pending(bench, &call)?;
            bench.session().elapse(MINUTE_MS)?;
            let came = bench.heard().len();
            bench.equal("how many tables came", &came, &1)?;
            bench.cancelled(handle)?;
            bench.session().restart_program()?;
            let found = of_tables(bench)?;
            bench.equal("what is wrong with the callback's table", &found, &expected)?;
        }
        Ok(())
    }),
    check("NS-11", |bench| {
        for (family, expected) in
            [(AF_INET, (true, false)), (AF_INET6, (false, true)), (AF_UNSPEC, (true, true))]
        {
            dormant(bench)?;
            let handle = pending(bench, &asked().family(family))?;
            bench.session().elapse(MINUTE_MS)?;
            bench.heard();
            let rows = table(bench)?;
            let has = |family| rows.iter().any(|row| row.address.family() == Some(family));
            let both = (has(Family::V4), has(Family::V6));
            bench.equal(
                &format!("whether family {family} yields IPv4 and IPv6"),
                &both,
                &expected,
            )?;
            bench.cancelled(handle)?;
        }
        Ok(())
    }),
    check("NS-12", |bench| {
        dormant(bench)?;
        let withdrawn = pending(bench, &asked().context(1))?;
        pending(bench, &asked().context(2))?;
        bench.cancelled(withdrawn)?;
        bench.session().elapse(MINUTE_MS)?;
        let heard = bench.heard();
        bench.equal("who is called", &heard, &vec![Heard { context: 2, told: Told::Table }])
    }),
    check("NS-13", |bench| {
        // Whoever asks for an initial call all the same gets none, in either case.
        let left = bench.session().register(&asked().initial());
        bench.code("the call", left.code, Status::Success)?;
        let heard = bench.heard();
        bench.equal("what a call that is answered at once leads to", &heard, &Vec::new())?;
        dormant(bench)?;
        pending(bench, &asked().initial().context(3))?;
        let heard = bench.heard();
        bench.equal("what comes at first", &heard, &Vec::new())?;
        bench.session().elapse(MINUTE_MS)?;
        let heard = bench.heard();
        bench.equal("what comes later", &heard, &vec![Heard { context: 3, told: Told::Table }])
    }),
    check("NS-14", preferred),
    check("NS-15", by_qualification),
    check("NS-16", stable_table_qualifies),
    Check::of_all("NS-17", |bench| {
        bench.session().fail(FUNCTION, Status::NotEnoughMemory)?;
        let left = bench.session().register(&asked());
        bench.code("the call", left.code, Status::NotEnoughMemory)
    }),
    Check::of_all("NS-18", |bench| {
        bench.session().fail(FUNCTION, Status::InvalidHandle)?;
        let left = bench.session().register(&asked());
        bench.equal("the code", &left.code, &6)
    }),
    check("NS-19", |bench| {
        for (irql, found) in [(Irql::Passive, false), (Irql::Apc, false), (Irql::Dispatch, true)] {
            bench.session().set_irql(irql)?;
            let left = bench.session().register(&asked());
            if !found {
                bench.code(&format!("the call at {}", irql.name()), left.code, Status::Success)?;
            }
            let told = bench.findings()?.contains(&Rule::IrqlTooHigh);
            bench.equal(&format!("whether {} is too high", irql.name()), &told, &found)?;
        }
        Ok(())
    }),
    check("NS-20", |bench| {
        dormant(bench)?;
        pending(bench, &asked())?;
        bench.session().restart_program()?;
        bench.session().elapse(MINUTE_MS)?;
        qualified(bench)?;
        let heard = bench.heard();
        bench.equal("what comes after the end of the process", &heard, &Vec::new())?;
        dormant(bench)?;
        pending(bench, &asked())?;
        bench.session().reboot()?;
        qualify(bench)?;
        qualified(bench)?;
        let heard = bench.heard();
        bench.equal("what comes after the reboot", &heard, &Vec::new())
    }),
];

/// A check of calls with good parameters.
pub(super) const fn check(id: &'static str, run: fn(&mut Bench) -> Verdict) -> Check {
    const WINE: &[(Profile, &str)] = &[(
        Profile::Wine,
        "by the option registration nothing is registered, and this function is not supported",
    )];
    Check { except: WINE, ..Check::of_all(id, run) }
}

/// A call whose callback frees its table.
pub(super) fn asked() -> Register {
    Register::new(FUNCTION).act(Act::FreeTable)
}

fn refused(bench: &mut Bench, what: &str, call: &Register) -> Verdict {
    let left = bench.session().register(call);
    bench.code(what, left.code, Status::InvalidParameter)?;
    bench.equal("the table after the failure", &left.table, &None)
}

/// The call has to wait; answers its handle.
pub(super) fn pending(bench: &mut Bench, call: &Register) -> Result<u64, Stop> {
    let left = bench.session().register(call);
    bench.equal("the code", &left.code, &PENDING)?;
    bench.equal("the table of a call that has to wait", &left.table, &None)?;
    match left.handle {
        Some(handle) if handle != 0 => Ok(handle),
        other => Err(Stop::Fails(format!("a call that has to wait leaves the handle {other:?}"))),
    }
}

/// The call succeeds at once with a table, and never calls back.
fn at_once(bench: &mut Bench) -> Verdict {
    let left = bench.session().register(&asked());
    bench.code("the call", left.code, Status::Success)?;
    free(bench, &left)?;
    bench.change(&Change::TeredoStart(PortWish::Another))?;
    qualify(bench)?;
    bench.session().restart_teredo(50_001)?;
    bench.session().elapse(MINUTE_MS)?;
    let (luid, _) = bench.adapter();
    let address = UnicastAddress::new(luid, IpAddr::from([10, 1, 2, 3]), 24);
    bench.change(&Change::AddressAdd { address, optimistic: false })?;
    bench.session().elapse(MINUTE_MS)?;
    let heard = bench.heard();
    bench.equal("what comes afterwards", &heard, &Vec::new())
}

fn free(bench: &mut Bench, left: &Registered) -> Verdict {
    bench.freed(&left.table.map_or(Output::Nothing, Output::Table))
}

/// The rules about tables that were found broken.
fn of_tables(bench: &mut Bench) -> Result<Vec<Rule>, Stop> {
    const RULES: [Rule; 4] =
        [Rule::LeakedTable, Rule::TableFreedTwice, Rule::TableAfterFree, Rule::NotATable];
    Ok(bench.findings()?.into_iter().filter(|rule| RULES.contains(rule)).collect())
}

/// The rows that the one callback was given.
fn table(bench: &mut Bench) -> Result<Vec<UnicastRow>, Stop> {
    let did = bench.did();
    let [Did::Table(Some(rows))] = &did[..] else {
        return Err(Stop::Fails(format!("there is not one table but {did:?}")));
    };
    let unicast = |row: &Row| UnicastRow::try_from(row.clone());
    let rows: Result<Vec<UnicastRow>, _> = rows.iter().map(unicast).collect();
    rows.map_err(|_| Stop::Fails("the table has rows of another type".to_owned()))
}

/// Of the ordinary addresses the table has those whose DadState is Preferred, all of them and no
/// other.
fn preferred(bench: &mut Bench) -> Verdict {
    let (luid, _) = bench.adapter();
    let address = |last| IpAddr::from([10, 0, 0, last]);
    let add = |last| {
        let address = UnicastAddress::new(luid, address(last), 24);
        Change::AddressAdd { address, optimistic: false }
    };
    let conflict = Change::AddressConflict { luid, address: address(1), present: true };
    let edit = AddressEdit { preferred_s: Some(0), ..AddressEdit::default() };
    for change in [conflict, add(1), add(2), add(3)] {
        bench.change(&change)?;
    }
    bench.session().elapse(MINUTE_MS)?;
    bench.change(&Change::AddressSet { key: (luid, address(2)), edit })?;
    dormant(bench)?;
    pending(bench, &asked().family(AF_INET))?;
    // This one is being detected while the client qualifies.
    bench.change(&add(4))?;
    for _ in 0..MINUTE_MS / 50 {
        bench.session().elapse(50)?;
        if !bench.heard().is_empty() {
            break;
        }
    }
    let mut given: Vec<Option<IpAddr>> = table(bench)?.iter().map(|row| row.address.ip()).collect();
    let all: Vec<UnicastRow> = bench.table(Function::GetUnicastIpAddressTable, AF_INET)?;
    let states = |last| {
        let own = all.iter().find(|row| row.address.ip() == Some(address(last)));
        own.map(|row| row.dad_state)
    };
    let now = [1, 2, 3].map(states);
    bench.equal("the states of three addresses", &now, &[Some(2), Some(3), Some(PREFERRED)])?;
    let rows = all.iter().filter(|row| row.dad_state == PREFERRED);
    let mut expected: Vec<Option<IpAddr>> = rows.map(|row| row.address.ip()).collect();
    given.sort();
    expected.sort();
    bench.equal("the addresses of the table", &given, &expected)
}

/// The Teredo client is waited for while its addresses are Preferred and it is not qualified;
/// another tunnel that waits to be used is not.
fn by_qualification(bench: &mut Bench) -> Verdict {
    let tunnel = Interface {
        tunnel_type: 15, // TUNNEL_TYPE_IPHTTPS
        connected: false,
        oper_override: Some(OperStatus::Dormant),
        ..Interface::new("Another tunnel", if_type::TUNNEL, 77, 77)
    };
    let address = UnicastAddress::new(tunnel.luid, IpAddr::from([10, 9, 8, 7]), 24);
    bench.change(&Change::InterfaceAdd(Box::new(tunnel)))?;
    bench.change(&Change::AddressAdd { address, optimistic: false })?;
    qualified(bench)?;
    let left = bench.session().register(&asked());
    bench.code("the call beside another dormant tunnel", left.code, Status::Success)?;
    free(bench, &left)?;

    bench.change(&Change::TeredoServer { reachable: false })?;
    bench.session().restart_teredo(50_001)?;
    let rows = addresses(bench)?;
    let settled = !rows.is_empty() && rows.iter().all(|row| row.dad_state == PREFERRED);
    bench.holds(settled, || format!("its addresses are not Preferred: {rows:?}"))?;
    pending(bench, &asked())?;
    bench.change(&Change::TeredoServer { reachable: true })?;
    bench.session().elapse(MINUTE_MS)?;
    bench.heard();
    let luid = present(bench)?.luid;
    let own = table(bench)?.iter().filter(|row| row.luid == luid).count();
    let expected = addresses(bench)?.len();
    bench.equal("how many Teredo addresses the table has", &own, &expected)
}
