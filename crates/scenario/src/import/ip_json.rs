//! Saved outputs of `ip -j address`, `ip -j link`, `ip -j route` and `ip -j -6 route`.
//!
//! Each text is recognised by its content, and several are merged: what one leaves out another may
//! tell.
//!
//! # Examples
//!
//! ```
//! use netiosim_scenario::import::ip_json::IpJson;
//!
//! let mut machine = IpJson::default();
//! machine.add("addr.json", r#"[{"ifindex": 2, "ifname": "eth0", "link_type": "ether",
//!     "addr_info": [{"local": "192.0.2.10", "prefixlen": 24}]}]"#)?;
//! machine.add("route.json", r#"[{"dst": "default", "gateway": "192.0.2.1", "dev": "eth0"}]"#)?;
//! let imported = machine.into_stack("an example")?;
//! assert_eq!(imported.file.stack.routes[0].interface, "eth0");
//! # Ok::<(), Box<netiosim_scenario::problem::Problem>>(())
//! ```

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::host::{Host, HostInterface, HostRoute, Imported};
use super::ip_record::{LinkRecord, RouteRecord, ViaRecord};
use crate::format::{Cidr, PhysicalAddress};
use crate::problem::{Problem, Source};
use crate::read;

/// What was expected, for texts that are something else.
const EXPECTED: &str = "expected what `ip -j address`, `ip -j link`, `ip -j route` or `ip -j -6 route` prints: \
    a list of objects with the member `ifname` or `dst`";

/// A machine, as far as the texts up to now tell of it.
#[derive(Clone, Debug, Default)]
pub struct IpJson {
    host: Host,
    notes: Vec<String>,
}

impl IpJson {
    /// Takes a text in; `file` is its name in messages.
    ///
    /// # Errors
    ///
    /// A [`Problem`] with the place in the text that is not JSON or not iproute2's.
    pub fn add(&mut self, file: &str, text: &str) -> Result<(), Box<Problem>> {
        let source = Source { file, text };
        let value: Value = serde_json::from_str(text).map_err(|error| not_json(source, &error))?;
        let Value::Array(elements) = value else {
            return Err(at(source, "", EXPECTED));
        };
        let mut links = Vec::new();
        let mut routes = Vec::new();
        for (n, element) in elements.into_iter().enumerate() {
            let Value::Object(members) = &element else {
                return Err(at(source, &format!("[{n}]"), EXPECTED));
            };
            if members.contains_key("ifname") {
                links.push(record::<LinkRecord>(source, n, element)?);
            } else if members.contains_key("dst") {
                routes.push(record::<RouteRecord>(source, n, element)?);
            } else if !members.is_empty() {
                return Err(at(source, &format!("[{n}]"), EXPECTED));
            }
            // With filters iproute2 prints an empty object for what is filtered out.
        }
        for (n, link) in links.into_iter().enumerate() {
            self.link(source, n, link)?;
        }
        let ipv6 = routes.iter().find_map(is_ipv6).unwrap_or(false);
        for route in routes {
            self.route(source, &route, ipv6)?;
        }
        Ok(())
    }

    /// Makes a stack file of the machine.
    ///
    /// # Errors
    ///
    /// A [`Problem`] when no text told of any interface.
    pub fn into_stack(self, description: &str) -> Result<Imported, Box<Problem>> {
        if self.host.interfaces.is_empty() {
            let problem = Problem::of_file("ip-json", "the files tell of no interface");
            return Err(Box::new(problem.with_help("add the output of `ip -j address`")));
        }
        let mut imported = self.host.into_stack(description);
        imported.notes.splice(0..0, self.notes);
        Ok(imported)
    }

    fn link(&mut self, source: Source<'_>, n: usize, link: LinkRecord) -> Result<(), Box<Problem>> {
        let mut addresses = Vec::new();
        for (k, record) in link.addr_info.iter().enumerate() {
            let Some(address) = record.local else { continue };
            let longest = if address.is_ipv4() { 32 } else { 128 };
            let prefix_length = record.prefixlen.unwrap_or(longest);
            if prefix_length > longest {
                let reason = format!("the prefix length of {address} is more than {longest}");
                return Err(at(source, &format!("[{n}].addr_info[{k}].prefixlen"), &reason));
            }
            addresses.push(Cidr { address, prefix_length });
        }
        let interfaces = &mut self.host.interfaces;
        let Some(known) = interfaces.iter_mut().find(|known| known.name == link.ifname) else {
            interfaces.push(HostInterface {
                if_type: link.if_type(),
                admin_up: link.admin_up(),
                connected: link.connected(),
                physical_address: link.address.as_deref().and_then(hardware),
                name: link.ifname,
                description: link.ifalias,
                guid: None,
                index: link.ifindex,
                mtu: link.mtu,
                addresses,
            });
            return Ok(());
        };
        if let (Some(first), Some(second)) = (known.index, link.ifindex)
            && first != second
        {
            let name = &known.name;
            self.notes.push(format!(
                "\"{name}\" has the index {second} in {} and {first} before it; {first} is kept",
                source.file
            ));
        }
        let physical_address = link.address.as_deref().and_then(hardware);
        known.index = known.index.or(link.ifindex);
        known.mtu = known.mtu.or(link.mtu);
        if known.physical_address.is_none() {
            known.physical_address = physical_address;
        }
        if known.description.is_none() {
            known.description = link.ifalias;
        }
        known.addresses.extend(addresses);
        Ok(())
    }

    fn route(
        &mut self,
        source: Source<'_>,
        route: &RouteRecord,
        ipv6: bool,
    ) -> Result<(), Box<Problem>> {
        let mut left_out = |why: &str| {
            self.notes
                .push(format!("the route to {} in {} is left out: {why}", route.dst, source.file));
        };
        if let Some(kind) = route.kind.as_deref().filter(|kind| *kind != "unicast") {
            left_out(&format!("it is of type {kind}"));
            return Ok(());
        }
        let Some(destination) = destination(&route.dst, ipv6) else {
            let reason =
                format!("`{}` is no destination such as 192.0.2.0/24 or default", route.dst);
            return Err(at(source, "", &reason));
        };
        let own = (route.gateway, &route.via, &route.dev);
        let more = route.nexthops.iter().map(|hop| (hop.gateway, &hop.via, &hop.dev));
        let ways = if route.nexthops.is_empty() { vec![own] } else { more.collect() };
        for (gateway, via, device) in ways {
            let Some(device) = device else {
                left_out("it names no interface");
                continue;
            };
            let v4 = destination.address.is_ipv4();
            let on_link = if v4 {
                IpAddr::V4(Ipv4Addr::UNSPECIFIED)
            } else {
                IpAddr::V6(Ipv6Addr::UNSPECIFIED)
            };
            let next_hop =
                gateway.or(via.as_ref().map(|ViaRecord { host }| *host)).unwrap_or(on_link);
            if next_hop.is_ipv4() != v4 {
                left_out(
                    "its next hop is of the other address family, which Windows does not know",
                );
                continue;
            }
            self.host.routes.push(HostRoute {
                destination,
                next_hop,
                interface: device.clone(),
                metric: route.metric,
            });
        }
        Ok(())
    }
}

/// Whether a route tells that it and its file are about IPv6; `None`: it does not tell.
fn is_ipv6(route: &RouteRecord) -> Option<bool> {
    if route.pref.is_some() {
        return Some(true);
    }
    let told = route.dst.split('/').next().and_then(|address| address.parse::<IpAddr>().ok());
    let hops = route.nexthops.iter().find_map(|hop| hop.gateway);
    told.or(route.gateway).or(route.prefsrc).or(hops).map(|address| address.is_ipv6())
}

fn destination(text: &str, ipv6: bool) -> Option<Cidr> {
    match text {
        "default" if ipv6 => "::/0".parse().ok(),
        "default" => "0.0.0.0/0".parse().ok(),
        _ => text.parse().ok(),
    }
}

/// A hardware address, if the text is one: for tunnels iproute2 prints an IP address in its place.
fn hardware(text: &str) -> Option<PhysicalAddress> {
    let address: PhysicalAddress = text.parse().ok()?;
    address.0.iter().any(|byte| *byte != 0).then_some(address)
}

fn record<T: DeserializeOwned>(
    source: Source<'_>,
    n: usize,
    element: Value,
) -> Result<T, Box<Problem>> {
    serde_path_to_error::deserialize(element).map_err(|error| {
        let inner = error.path().to_string();
        let path = if inner == "." { format!("[{n}]") } else { format!("[{n}].{inner}") };
        at(source, &path, &error.inner().to_string())
    })
}

fn at(source: Source<'_>, path: &str, reason: &str) -> Box<Problem> {
    let span = read::locate(source.text, path);
    let problem = match span {
        Some(span) => Problem::at(source, span, path, reason),
        None => Problem::of_file(source.file, reason),
    };
    if reason == EXPECTED {
        return Box::new(problem.with_help("save it with `ip -j address > addresses.json`"));
    }
    Box::new(problem)
}

fn not_json(source: Source<'_>, error: &serde_json::Error) -> Box<Problem> {
    let line_start: usize =
        source.text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let place = line_start + error.column().saturating_sub(1);
    let whole = error.to_string();
    let reason = whole.rsplit_once(" at line ").map_or(whole.as_str(), |(reason, _)| reason);
    let problem = Problem::at(source, place..place + 1, "", format!("this is not JSON: {reason}"));
    Box::new(
        problem.with_help("without `-j` iproute2 prints text for people; save `ip -j address`"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(text: &str) -> Result<IpJson, Box<Problem>> {
        let mut machine = IpJson::default();
        machine.add("a.json", text).map(|()| machine)
    }

    fn refused(text: &str) -> Box<Problem> {
        taken(text).map(drop).expect_err(text)
    }

    #[test]
    fn what_is_not_of_iproute2_is_refused_with_the_place() {
        let problem = refused("{\"ifname\": \"eth0\"}");
        assert!(problem.reason.contains("ip -j address"), "{problem}");
        let problem = refused("[{\"ifname\": \"eth0\"},\n {\"name\": \"x\"}]");
        assert_eq!((problem.line, problem.path.as_str()), (2, "[1]"));
        let problem = refused("[{\"ifname\": \"eth0\", \"mtu\": \"big\"}]");
        assert_eq!(problem.path, "[0].mtu");
        assert!(problem.reason.contains("string \"big\""), "{problem}");
        let problem = refused("1: lo: <LOOPBACK,UP>");
        assert!(problem.reason.starts_with("this is not JSON"), "{problem}");
        let problem = refused(
            "[{\"ifname\": \"e\", \"addr_info\": [{\"local\": \"10.0.0.1\", \"prefixlen\": 33}]}]",
        );
        assert_eq!(problem.path, "[0].addr_info[0].prefixlen");
        assert!(taken(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn texts_are_merged_by_name() {
        let mut machine = taken("[{\"ifname\": \"eth0\", \"ifindex\": 2}, {}]").expect("links");
        let more = "[{\"ifname\": \"eth0\", \"ifindex\": 3, \"mtu\": 9000, \
                    \"addr_info\": [{}, {\"local\": \"192.0.2.1\", \"prefixlen\": 24}]}]";
        machine.add("b.json", more).expect("addresses");
        let imported = machine.into_stack("a test").expect("interfaces");
        let eth0 = &imported.file.stack.interfaces[0];
        assert_eq!((eth0.index, eth0.mtu), (Some(2), Some(9000)));
        assert_eq!(eth0.ipv4.spec().expect("addresses").addresses.len(), 1);
        assert!(imported.notes[0].contains("b.json"), "{:?}", imported.notes);
    }

    #[test]
    fn routes_alone_are_no_machine() {
        let machine = taken("[{\"dst\": \"default\", \"dev\": \"eth0\"}]").expect("routes");
        assert!(machine.into_stack("a test").is_err());
    }

    #[test]
    fn a_default_route_belongs_to_the_family_of_its_file() {
        let links = "[{\"ifname\": \"eth0\"}]";
        for (text, default) in [
            ("[{\"dst\": \"default\", \"dev\": \"eth0\"}]", "0.0.0.0/0"),
            ("[{\"dst\": \"default\", \"dev\": \"eth0\", \"pref\": \"medium\"}]", "::/0"),
            (
                "[{\"dst\": \"default\", \"dev\": \"eth0\"}, {\"dst\": \"2001:db8::/64\", \"dev\": \"eth0\"}]",
                "::/0",
            ),
            (
                "[{\"dst\": \"default\", \"nexthops\": [{\"gateway\": \"fe80::1\", \"dev\": \"eth0\"}]}]",
                "::/0",
            ),
        ] {
            let mut machine = taken(links).expect("links");
            machine.add("r.json", text).expect(text);
            let imported = machine.into_stack("a test").expect("interfaces");
            assert_eq!(imported.file.stack.routes[0].destination.to_string(), default, "{text}");
        }
    }

    #[test]
    fn routes_that_windows_has_not_are_told() {
        let mut machine =
            taken("[{\"ifname\": \"eth0\"}, {\"ifname\": \"lo\", \"link_type\": \"loopback\"}]")
                .expect("links");
        let routes = "[{\"dst\": \"192.0.2.0/24\", \"type\": \"blackhole\"}, {\"dst\": \"198.51.100.0/24\"}, \
             {\"dst\": \"203.0.113.0/24\", \"via\": {\"family\": \"inet6\", \"host\": \"fe80::1\"}, \"dev\": \"eth0\"}]";
        machine.add("r.json", routes).expect("routes");
        let imported = machine.into_stack("a test").expect("interfaces");
        assert!(imported.file.stack.routes.is_empty());
        assert_eq!(imported.notes.len(), 3, "{:?}", imported.notes);
    }
}
