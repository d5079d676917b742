//! What becomes of an address that CreateUnicastIpAddressEntry made: detection, notifications, its
//! end.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use netiosim_model::api::{Call, Output};
use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::net::{Family, NotificationType};
use netiosim_model::row::UnicastRow;

use super::create_unicast_ip_address_entry::{PREFERRED, TENTATIVE, create};
use super::get_ip_interface_entry::UNKNOWN;
use super::get_unicast_ip_address_entry::{FRESH, fresh, gone, own, read};
use crate::backend::Register;
use crate::bench::Bench;
use crate::check::{Check, Stop, Verdict};

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("UC-16", |bench| {
        for address in FRESH {
            made(bench, address)?;
            state(bench, address, TENTATIVE)?;
            let usable = usable(bench, address)?;
            bench.holds(!usable, || format!("{address} is used at once"))?;
            // The same question has the other answer later.
            bench.session().elapse(10_000)?;
            let usable = self::usable(bench, address)?;
            bench.holds(usable, || format!("{address} is never used"))?;
        }
        Ok(())
    }),
    Check::of_all("UC-17", |bench| {
        for (address, before, after) in [(FRESH[0], 2500, 1000), (FRESH[1], 750, 500)] {
            made(bench, address)?;
            bench.session().elapse(before)?;
            state(bench, address, TENTATIVE)?;
            bench.session().elapse(after)?;
            state(bench, address, PREFERRED)?;
        }
        Ok(())
    }),
    Check::of_all("UC-18", |bench| {
        let later = [
            IpAddr::V4(Ipv4Addr::new(10, 77, 0, 2)),
            IpAddr::V6(Ipv6Addr::new(0x2001, 0xDB8, 0x77, 0, 0, 0, 0, 2)),
        ];
        let free = IpAddr::V4(Ipv4Addr::new(10, 77, 0, 3));
        for address in FRESH {
            conflict(bench, address)?;
            made(bench, address)?;
        }
        for address in later {
            made(bench, address)?;
            bench.session().elapse(100)?;
            conflict(bench, address)?;
        }
        made(bench, free)?;
        bench.session().elapse(10_000)?;
        for address in FRESH.into_iter().chain(later) {
            let state = read(bench, address)?.dad_state;
            let failed = !matches!(state, TENTATIVE | PREFERRED);
            bench.holds(failed, || format!("the state of {address} is {state}"))?;
        }
        state(bench, free, PREFERRED)
    }),
    Check::of_all("UC-19", |bench| {
        for (address, most) in [(FRESH[0], 2500), (FRESH[1], 750)] {
            made(bench, address)?;
            bench.session().elapse(most)?;
            connect(bench, false)?;
            bench.session().elapse(10_000)?;
            state(bench, address, TENTATIVE)?;
            connect(bench, true)?;
            // What was left before would be over by now.
            bench.session().elapse(most)?;
            state(bench, address, TENTATIVE)?;
            bench.session().elapse(1000)?;
            state(bench, address, PREFERRED)?;
        }
        Ok(())
    }),
    Check::of_all("UC-20", |bench| {
        let (luid, _) = bench.adapter();
        let mut configured = Vec::new();
        for family in Family::ALL {
            configured.extend(own(bench, family)?.address.ip());
        }
        for restart in [true, false] {
            for address in FRESH {
                made(bench, address)?;
                state(bench, address, TENTATIVE)?;
            }
            bench.session().elapse(10_000)?;
            if restart {
                bench.session().reboot()?;
            } else {
                bench.change(&Change::InterfaceDisable(luid))?;
                bench.change(&Change::InterfaceEnable(luid))?;
            }
            for address in FRESH {
                gone(bench, address)?;
            }
            for address in &configured {
                read(bench, *address)?;
            }
        }
        Ok(())
    }),
    Check::new("UC-21", |bench| {
        let function = Function::NotifyUnicastIpAddressChange;
        let [add, parameter] = [NotificationType::Add, NotificationType::Parameter];
        for (family, address) in Family::ALL.into_iter().zip(FRESH) {
            let call = Register::new(function).family(family.number()).context(8);
            let handle = bench.registered(&call)?;
            let refused = UnicastRow { luid: UNKNOWN.0, ..fresh(bench, address)? };
            bench.call(&Call::row(Function::CreateUnicastIpAddressEntry, refused))?;
            let told = bench.rows();
            bench.equal("what is told of a failure", &told, &vec![])?;
            made(bench, address)?;
            let told = bench.rows();
            bench.equal("what is told of the success", &told, &vec![(8, true, add.number())])?;
            bench.session().elapse(10_000)?;
            let told = bench.rows();
            let expected = vec![(8, true, parameter.number())];
            bench.equal("what is told when detection ends", &told, &expected)?;
            bench.cancelled(handle)?;
        }
        Ok(())
    }),
    Check::of_all("UC-22", |bench| {
        for (address, seconds) in [(FRESH[0], 3), (FRESH[1], 1)] {
            made(bench, address)?;
            let mut states = Vec::new();
            for _ in 0..10 {
                states.push(read(bench, address)?.dad_state);
                bench.session().elapse(500)?;
            }
            let tentative = states.iter().take_while(|state| **state == TENTATIVE).count();
            let mut expected = vec![TENTATIVE; tentative];
            expected.resize(states.len(), PREFERRED);
            bench.equal("the states", &states, &expected)?;
            // Two polls a second, give or take one.
            let fits = (2 * seconds - 1..=2 * seconds + 1).contains(&tentative);
            bench.holds(fits, || format!("{address} is tentative for {tentative} polls"))?;
        }
        Ok(())
    }),
];

/// Makes an address on the adapter, with a prefix.
fn made(bench: &mut Bench, address: IpAddr) -> Verdict {
    let length = if address.is_ipv4() { 24 } else { 64 };
    let row = UnicastRow { on_link_prefix_length: length, ..fresh(bench, address)? };
    create(bench, row)
}

fn state(bench: &mut Bench, address: IpAddr, expected: u32) -> Verdict {
    let state = read(bench, address)?.dad_state;
    bench.equal(&format!("DadState of {address}"), &state, &expected)
}

/// Another host on the link takes an address.
fn conflict(bench: &mut Bench, address: IpAddr) -> Verdict {
    let (luid, _) = bench.adapter();
    bench.change(&Change::AddressConflict { luid, address, present: true })
}

/// The medium of the adapter is there, or is not.
fn connect(bench: &mut Bench, connected: bool) -> Verdict {
    let (luid, _) = bench.adapter();
    let connected = Some(connected);
    bench.change(&Change::LinkSet { luid, connected, admin_up: None, mtu: None, alias: None })
}

/// Whether the stack would send from an address to its neighbour.
fn usable(bench: &mut Bench, address: IpAddr) -> Result<bool, Stop> {
    let neighbour = match address {
        IpAddr::V4(four) => IpAddr::V4(Ipv4Addr::from_bits(four.to_bits() ^ 8)),
        IpAddr::V6(six) => IpAddr::V6(Ipv6Addr::from_bits(six.to_bits() ^ 8)),
    };
    let call = Call::BestRoute {
        luid: Some(bench.adapter().0),
        index: 0,
        source: None,
        destination: Some(neighbour.into()),
        sort_options: 0,
        route_pointer: true,
        source_pointer: true,
    };
    let answer = bench.call(&call)?;
    Ok(match answer.output {
        Output::BestRoute(_, source) => answer.code == 0 && source.ip() == Some(address),
        _ => false,
    })
}
