//! The servers that an interface uses, and its DNS names.

use std::net::{IpAddr, Ipv4Addr};

use netiosim_model::table::is_unicast;

use super::faults::Faults;
use crate::read::JsonPath;

/// How many UTF-16 units a DNS suffix may have: MAX_DNS_SUFFIX_STRING_LENGTH without its zero.
const SUFFIX_LIMIT: usize = 255;

/// What a stack or an event says of them.
pub(super) struct Services<'a> {
    pub(super) dns_servers: &'a [IpAddr],
    pub(super) dns_suffix: Option<&'a str>,
    pub(super) dns_search: &'a [String],
    pub(super) wins_servers: &'a [Ipv4Addr],
    pub(super) dhcp: Option<bool>,
    pub(super) dhcp_server: Option<Ipv4Addr>,
}

pub(super) fn services(told: &Services<'_>, path: &JsonPath, faults: &mut Faults) {
    for (index, server) in told.dns_servers.iter().enumerate() {
        one(*server, &told.dns_servers[..index], &path.then("dns_servers").then(index), faults);
    }
    let wins: Vec<IpAddr> = told.wins_servers.iter().copied().map(IpAddr::V4).collect();
    for (index, server) in wins.iter().enumerate() {
        one(*server, &wins[..index], &path.then("wins_servers").then(index), faults);
    }
    if let Some(server) = told.dhcp_server {
        let at = path.then("dhcp_server");
        one(IpAddr::V4(server), &[], &at, faults);
        if told.dhcp == Some(false) {
            let help = "leave one of the two out";
            faults.tell_name(&at, "without DHCP there is no DHCP server", Some(help));
        }
    }
    let search = told.dns_search.iter().enumerate();
    let search = search.map(|(index, text)| (path.then("dns_search").then(index), text.as_str()));
    let own = told.dns_suffix.map(|text| (path.then("dns_suffix"), text));
    for (at, text) in own.into_iter().chain(search) {
        if text.encode_utf16().count() > SUFFIX_LIMIT {
            let reason = format!("a DNS suffix has at most {SUFFIX_LIMIT} characters");
            faults.tell(&at, reason, None);
        }
        if text.chars().any(char::is_control) {
            faults.tell(&at, "a DNS suffix has no control characters", None);
        }
    }
}

/// A server, and those before it in its list.
fn one(server: IpAddr, before: &[IpAddr], path: &JsonPath, faults: &mut Faults) {
    if !is_unicast(server) {
        faults.tell(path, format!("{server} is no unicast address"), None);
    }
    if before.contains(&server) {
        faults.tell(path, format!("{server} comes twice"), None);
    }
}
