//! What happens to a machine, step by step.

use std::fmt;

use netiosim_sim::StackRef;
use netiosim_sim::model::change::Change;
use netiosim_sim::model::env::Env;
use netiosim_sim::model::net::{Family, Luid};
use netiosim_sim::model::teredo::PortWish;
use serde_json::{Value, json};

use crate::machine::Machine;
use crate::reference::Reference;

/// One thing that happens to a machine.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// Its environment changes.
    Change(Change),
    /// Time goes by, in milliseconds; what becomes due on the way is delivered.
    Elapse(u64),
}

impl Step {
    /// Lets it happen to a stack. A change that makes no sense there is left out; the answer says so.
    ///
    /// Notifications are due then; the test says when they come.
    pub fn play(&self, stack: &StackRef) -> bool {
        match self {
            Self::Change(change) => stack.change(change).is_ok(),
            Self::Elapse(ms) => {
                stack.advance_ms(*ms);
                true
            }
        }
    }
}

impl Step {
    /// The event of a scenario file that is this step, on a machine as it is before; `None` if time goes by.
    #[must_use]
    pub fn event(&self, before: &Env) -> Option<Value> {
        match self {
            Self::Change(change) => event(change, &|luid| alias(before, luid)),
            Self::Elapse(_) => None,
        }
    }
}

impl fmt::Debug for Step {
    /// As a scenario file would say it, where it can.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Change(change) => match event(change, &|luid| Some(format!("{luid:?}"))) {
                Some(event) => write!(f, "{event}"),
                None => change.fmt(f),
            },
            Self::Elapse(ms) => write!(f, "{ms} ms go by"),
        }
    }
}

/// A machine and what happens to it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Timeline {
    /// The machine.
    pub machine: Machine,
    /// What happens, in order.
    pub steps: Vec<Step>,
}

impl fmt::Debug for Timeline {
    /// One line a step, so that a failure can be read.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:?}", self.machine)?;
        self.steps.iter().try_for_each(|step| writeln!(f, "    {step:?}"))
    }
}

impl Timeline {
    /// The timeline as a scenario file: the machine, its events, each ten milliseconds after the one before, and a client that
    /// listens to everything. `netiosim run` takes it. It says everything that is drawn; a step of your own that it cannot say is named
    /// in the description, and left out.
    ///
    /// # Examples
    ///
    /// ```
    /// use netiosim_proptest::{Machine, Step, Timeline};
    /// use netiosim_sim::model::change::Change;
    ///
    /// let steps = vec![Step::Change(Change::TeredoStop), Step::Elapse(500)];
    /// let text = Timeline { machine: Machine::default(), steps }.scenario("The client stops");
    /// assert!(text.contains(r#""teredo_stop": {}"#));
    /// ```
    #[must_use]
    pub fn scenario(&self, name: &str) -> String {
        let mut reference = Reference::new(&self.machine);
        let (mut at_ms, mut timeline, mut left_out) = (0, Vec::new(), Vec::new());
        for step in &self.steps {
            match step {
                Step::Elapse(ms) => at_ms += ms,
                Step::Change(_) => {
                    if let Some(event) = step.event(&reference.env()) {
                        at_ms += 10;
                        timeline.push(json!({"at_ms": at_ms, "event": event}));
                    } else {
                        left_out.push(format!("{step:?}"));
                    }
                }
            }
            reference.apply(step);
        }
        let profile = self.machine.profile.name();
        let description = match &left_out[..] {
            [] => format!("Drawn under the profile {profile}."),
            steps => format!("Drawn under the profile {profile}. Left out: {}.", steps.join("; ")),
        };
        let listen = |name: &str| json!({"as": name, "callback": "on_change", "initial": true});
        let scenario = json!({
            "version": 1,
            "name": name,
            "description": description,
            "stack": self.machine.scenario(),
            "timeline": timeline,
            "clients": [{
                "name": "listener",
                "callbacks": {"on_change": []},
                "threads": [{"name": "main", "steps": [
                    {"notify_teredo_port_change": listen("ports")},
                    {"notify_ip_interface_change": listen("interfaces")},
                    {"notify_unicast_ip_address_change": listen("addresses")},
                    {"notify_route_change2": listen("routes")},
                    {"notify_network_connectivity_hint_change": listen("hints")},
                    {"sleep": {"ms": at_ms + 10}},
                    {"cancel": {"handle": "ports"}},
                    {"cancel": {"handle": "interfaces"}},
                    {"cancel": {"handle": "addresses"}},
                    {"cancel": {"handle": "routes"}},
                    {"cancel": {"handle": "hints"}},
                ]}],
            }],
        });
        serde_json::to_string_pretty(&scenario).expect("numbers and texts can be written")
    }
}

fn alias(env: &Env, luid: Luid) -> Option<String> {
    let known = env.interface(luid).or_else(|| env.disabled().find(|one| one.luid == luid));
    known.map(|interface| interface.alias.clone())
}

fn family(family: Family) -> &'static str {
    match family {
        Family::V4 => "inet",
        Family::V6 => "inet6",
    }
}

fn port(wish: PortWish) -> Value {
    match wish {
        PortWish::Exactly(port) => json!({"port": port}),
        _ => json!({}),
    }
}

/// A change as a scenario file says it; `None` for one that is not drawn.
fn event(change: &Change, alias: &dyn Fn(Luid) -> Option<String>) -> Option<Value> {
    let route = |key: netiosim_sim::model::table::RouteKey| {
        let destination = format!("{}/{}", key.destination, key.prefix_length);
        Some(json!({
            "interface": alias(key.luid)?,
            "destination": destination,
            "next_hop": key.next_hop,
        }))
    };
    Some(match change {
        Change::TeredoStart(wish) => json!({"teredo_start": port(*wish)}),
        Change::TeredoStop => json!({"teredo_stop": {}}),
        Change::TeredoRestart(wish) => json!({"teredo_restart": port(*wish)}),
        Change::TeredoQualify => json!({"teredo_qualify": {}}),
        Change::TeredoServer { reachable } => json!({"teredo_server": {"reachable": reachable}}),
        Change::TeredoMapping { address, port } => {
            let mut mapping = json!({"address": address});
            if let Some(port) = port {
                mapping["port"] = (*port).into();
            }
            json!({"teredo_mapping": mapping})
        }
        Change::TeredoTraffic => json!({"teredo_traffic": {}}),
        Change::InterfaceAdd(new) => {
            let (alias, index) = (&new.alias, new.index);
            let number = new.luid.index();
            json!({"interface_add": {"alias": alias, "index": index, "luid_index": number}})
        }
        Change::InterfaceRemove(luid) => json!({"interface_remove": {"interface": alias(*luid)?}}),
        Change::InterfaceDisable(luid) => {
            json!({"interface_disable": {"interface": alias(*luid)?}})
        }
        Change::InterfaceEnable(luid) => json!({"interface_enable": {"interface": alias(*luid)?}}),
        Change::RowSet { luid, family: of, values } => {
            let members: serde_json::Map<String, Value> = values
                .iter()
                .map(|(member, value)| (member.name().to_owned(), (*value).into()))
                .collect();
            let (interface, of) = (alias(*luid)?, family(*of));
            json!({"interface_set": {"interface": interface, "family": of, "members": members}})
        }
        Change::RowTouch { luid, family: of } => {
            json!({"interface_touch": {"interface": alias(*luid)?, "family": family(*of)}})
        }
        Change::LinkSet {
            luid,
            connected: Some(connected),
            admin_up: None,
            mtu: None,
            alias: None,
        } => {
            json!({"interface_set": {"interface": alias(*luid)?, "connected": connected}})
        }
        Change::AddressAdd { address, optimistic: false } => {
            let text = format!("{}/{}", address.address, address.prefix_length);
            json!({"address_add": {"interface": alias(address.luid)?, "address": text}})
        }
        Change::AddressRemove { luid, address } => {
            json!({"address_remove": {"interface": alias(*luid)?, "address": address}})
        }
        Change::AddressConflict { luid, address, present } => {
            let interface = alias(*luid)?;
            json!({"address_conflict": {"interface": interface, "address": address, "present": present}})
        }
        Change::DhcpLease(lease) if lease.gateway.is_none() => {
            let address = format!("{}/{}", lease.address, lease.prefix_length);
            let (interface, lease_s) = (alias(lease.luid)?, lease.lease_s);
            json!({"dhcp_lease": {"interface": interface, "address": address, "lease_s": lease_s}})
        }
        Change::DhcpRelease(luid) => json!({"dhcp_release": {"interface": alias(*luid)?}}),
        Change::RouteAdd(new) | Change::RouteSet(new) => {
            let mut said = route(new.key())?;
            said["metric"] = new.metric.into();
            match change {
                Change::RouteAdd(_) => json!({"route_add": said}),
                _ => json!({"route_set": said}),
            }
        }
        Change::RouteRemove(key) => json!({"route_remove": route(*key)?}),
        Change::ConnectivitySet { luid, connectivity } => {
            use netiosim_sim::model::interface::Internet;
            let internet = match connectivity.internet {
                Internet::Reachable => "reachable",
                Internet::Constrained => "constrained",
                Internet::Nowhere => "nowhere",
                Internet::Hidden => "hidden",
            };
            let (interface, roaming) = (alias(*luid)?, connectivity.roaming);
            json!({"connectivity": {"interface": interface, "internet": internet, "roaming": roaming}})
        }
        Change::Ipv4Present(present) => json!({"ipv4_present": {"present": present}}),
        Change::Ipv6Present(present) => json!({"ipv6_present": {"present": present}}),
        _ => return None,
    })
}
