//! Storms of the timeline, planned from the tables as they will be.

use std::collections::BTreeMap;

use netiosim_model::choose::First;
use netiosim_model::machine::Machine;
use netiosim_model::storm::{Storm, Tunnel};

use super::Program;
use super::event::{EnvEvent, resolve_event};
use super::stack::BuildError;
use crate::format::{Event, StormEvent};

/// Puts one entry into the timeline for each change of a storm, in the place of the storm.
///
/// The tables at its beginning are found by letting the timeline happen on a machine without clients:
/// what clients change themselves is not foreseen. An event that cannot happen there is passed over; the
/// run says so.
///
/// # Errors
///
/// A [`BuildError`] when a storm makes no sense when it begins.
pub(super) fn expand(program: &mut Program) -> Result<(), BuildError> {
    if !program.timeline.iter().any(|(_, event)| matches!(event, Event::Storm(_))) {
        return Ok(());
    }
    let timeline = std::mem::take(&mut program.timeline);
    let entries = timeline.into_iter().enumerate();
    // By time, then by the place in the file, then by the place in the storm.
    let mut todo: BTreeMap<(u64, usize, usize), Event> =
        entries.map(|(place, (at_ms, event))| ((at_ms, place, 0), event)).collect();
    let chooser = &mut First::default();
    let options = program.options.clone();
    let mut machine = Machine::with_options(program.profile, options, program.env.clone());
    let mut planned = Vec::new();
    while let Some(((at_ms, place, _), event)) = todo.pop_first() {
        while machine.now_ms() < at_ms {
            machine.elapse(at_ms - machine.now_ms(), chooser);
        }
        if let Event::Storm(storm) = event {
            let steps = steps(&storm, &machine)
                .map_err(|reason| BuildError::new(&format!("timeline[{place}].event"), reason))?;
            for (n, (offset_ms, event)) in steps.into_iter().enumerate() {
                todo.insert((at_ms.saturating_add(offset_ms), place, n + 1), event);
            }
            continue;
        }
        match resolve_event(&event, machine.env(), program) {
            Ok(EnvEvent::Changes(changes)) => {
                // The first change that cannot happen ends the event, as in a run.
                let _ = changes.iter().try_for_each(|change| machine.change(None, change, chooser));
            }
            Ok(EnvEvent::Reboot) => machine.reboot(chooser),
            _ => {}
        }
        planned.push((at_ms, place, event));
    }
    program.timeline_places = planned.iter().map(|entry| entry.1).collect();
    program.timeline = planned.into_iter().map(|(at_ms, _, event)| (at_ms, event)).collect();
    Ok(())
}

/// The events of a storm, each with its offset in milliseconds.
fn steps(storm: &StormEvent, machine: &Machine) -> Result<Vec<(u64, Event)>, String> {
    if let StormEvent::LateAdapter(late) = storm {
        // It takes the numbers that are free when it comes.
        let after_ms = late.after_ms.unwrap_or(netiosim_model::storm::LateAdapter::AFTER_MS);
        return Ok(vec![(after_ms, Event::InterfaceAdd(late.interface.clone()))]);
    }
    let plan = storm_of(storm).plan(machine.env()).map_err(|error| error.to_string())?;
    Ok(plan.into_iter().map(|(at_ms, change)| (at_ms, Event::Planned(Box::new(change)))).collect())
}

fn storm_of(storm: &StormEvent) -> Storm {
    match storm {
        StormEvent::WifiRoam(one) => Storm::WifiRoam { interface: one.interface.clone() },
        StormEvent::DockUnplug(dock) => Storm::DockUnplug { interfaces: dock.interfaces.clone() },
        StormEvent::VpnUp(vpn) => {
            let plain = |cidr: &crate::format::Cidr| (cidr.address, cidr.prefix_length);
            let usual = Tunnel::new(vpn.alias.as_str(), [0; 4].into());
            Storm::VpnUp(Box::new(Tunnel {
                if_type: vpn.if_type.unwrap_or(usual.if_type),
                mtu: vpn.mtu.unwrap_or(usual.mtu),
                metric: vpn.metric.unwrap_or(usual.metric),
                addresses: vpn.addresses.iter().map(plain).collect(),
                destinations: vpn.destinations.iter().map(plain).collect(),
                endpoint: vpn.endpoint,
                ..usual
            }))
        }
        StormEvent::VpnDown(vpn) => {
            Storm::VpnDown { interface: vpn.interface.clone(), endpoint: vpn.endpoint }
        }
        StormEvent::SleepResume(sleep) => Storm::SleepResume { asleep_ms: sleep.asleep_ms },
        StormEvent::NetshSetAddress(set) => Storm::NetshSetAddress {
            interface: set.interface.clone(),
            from: set.from,
            to: set.to.address,
            prefix_length: set.to.prefix_length,
            gateway: set.gateway,
        },
        StormEvent::TunnelFlap(flap) => Storm::TunnelFlap {
            interface: flap.interface.clone(),
            times: flap.times,
            period_ms: flap.period_ms,
        },
        StormEvent::LateAdapter(_) => unreachable!("it is an event of its own"),
    }
}
