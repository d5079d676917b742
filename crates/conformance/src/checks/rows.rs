//! What holds alike of NotifyIpInterfaceChange, NotifyUnicastIpAddressChange and NotifyRouteChange2: callbacks with a row.

use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::net::Family;
use netiosim_model::status::Status;

use super::callbacks;
use crate::backend::{Callback, Register};
use crate::bench::{Bench, INITIAL};
use crate::check::Verdict;

/// AF_UNSPEC, AF_INET and AF_INET6.
const FAMILIES: [u16; 3] = [0, 2, 23];

/// Every other family is refused, and the three are not.
pub(super) fn families(bench: &mut Bench, function: Function) -> Verdict {
    for family in [1, 3, 22, 24, 255, u16::MAX] {
        let left = bench.session().register(&Register::new(function).family(family));
        bench.code(
            &format!("a registration for family {family}"),
            left.code,
            Status::InvalidParameter,
        )?;
    }
    for family in FAMILIES {
        let handle = bench.registered(&Register::new(function).family(family))?;
        bench.cancelled(handle)?;
    }
    Ok(())
}

/// A failure leaves NULL in the variable, a success a handle.
pub(super) fn variable(bench: &mut Bench, function: Function) -> Verdict {
    for call in [
        Register::new(function).family(7).variable(0xDEAD_BEEF),
        Register::new(function).callback(Callback::Null).variable(0xDEAD_BEEF),
    ] {
        let left = bench.session().register(&call);
        bench.holds(left.code != 0, || format!("{call:?} is accepted"))?;
        bench.equal("the variable after the failure", &left.handle, &Some(0))?;
    }
    bench.registered(&Register::new(function).variable(0xDEAD_BEEF)).map(drop)
}

/// With an initial notification there is one, without a row; of AF_UNSPEC one for each lane at most.
pub(super) fn initial(bench: &mut Bench, function: Function) -> Verdict {
    for family in FAMILIES {
        let call = Register::new(function).family(family).context(5).initial();
        let handle = bench.registered(&call)?;
        let rows = bench.rows();
        let most = if family == 0 { 2 } else { 1 };
        let alike = rows.iter().all(|row| *row == (5, false, INITIAL));
        bench.holds(alike && (1..=most).contains(&rows.len()), || {
            format!("family {family} is told {rows:?} at first")
        })?;
        bench.cancelled(handle)?;
    }
    Ok(())
}

/// Without one there is none, and no call without a row.
pub(super) fn silent(bench: &mut Bench, function: Function) -> Verdict {
    bench.registered(&Register::new(function))?;
    let before = bench.rows();
    bench.equal("notifications before any change", &before, &Vec::new())?;
    callbacks::happens(bench, function, 0)?;
    bench.session().set_ipv6(false)?;
    let after = bench.rows();
    bench.holds(!after.is_empty(), || "nothing is told of a change".to_owned())?;
    let rows = after.iter().all(|row| row.1 && row.2 != INITIAL);
    bench.holds(rows, || format!("{after:?} has a call without a row"))
}

/// Registrations for one family hear of changes on its side only, those for AF_UNSPEC of both.
pub(super) fn filters(
    bench: &mut Bench,
    function: Function,
    changes: &[(Family, Change)],
) -> Verdict {
    for family in FAMILIES {
        bench.registered(&Register::new(function).family(family).context(u64::from(family)))?;
    }
    for (family, change) in changes {
        bench.change(change)?;
        let mut told: Vec<u64> = bench.rows().iter().map(|row| row.0).collect();
        told.sort_unstable();
        told.dedup();
        let expected = vec![0, u64::from(family.number())];
        bench.equal(&format!("who hears of a change of {family:?}"), &told, &expected)?;
    }
    Ok(())
}

/// The context is passed unchanged.
pub(super) fn context(bench: &mut Bench, function: Function) -> Verdict {
    for context in [0, 1, 0xFFFF_FFFF_FFFF_FFF7, 0x8000_0000_0000_0000] {
        let call = Register::new(function).family(2).context(context).initial();
        let handle = bench.registered(&call)?;
        let contexts: Vec<u64> = bench.rows().iter().map(|row| row.0).collect();
        bench.equal("the context", &contexts, &vec![context])?;
        bench.cancelled(handle)?;
    }
    Ok(())
}

/// A reboot ends the registration.
pub(super) fn reboot(bench: &mut Bench, function: Function) -> Verdict {
    bench.registered(&Register::new(function))?;
    callbacks::happens(bench, function, 0)?;
    let before = bench.heard();
    bench.holds(!before.is_empty(), || "nothing is told before the reboot".to_owned())?;
    bench.session().reboot()?;
    bench.heard();
    callbacks::happens(bench, function, 1)?;
    bench.session().set_ipv6(false)?;
    let after = bench.heard();
    bench.equal("notifications after the reboot", &after, &Vec::new())
}

/// A failure of this kind is told by its code.
pub(super) fn failure(bench: &mut Bench, function: Function, status: Status) -> Verdict {
    bench.session().fail(function, status)?;
    let left = bench.session().register(&Register::new(function));
    bench.code("the registration", left.code, status)
}
