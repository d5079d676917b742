//! The servers that an interface uses, and the names that it was given.

use std::net::{IpAddr, Ipv4Addr};

/// The servers that an interface uses, and its DNS names: what GetAdaptersAddresses and GetAdaptersInfo
/// say of it beyond the tables of netioapi.
///
/// Nobody is notified when they change: no function of netioapi.h tells of them (chosen; the pages of
/// the notifications do not name them).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Services {
    /// The DNS servers of both families, in the order in which they are asked.
    pub dns_servers: Vec<IpAddr>,
    /// The DNS suffix of the connection, empty where there is none.
    pub dns_suffix: String,
    /// The DNS suffixes that are searched besides.
    pub dns_search: Vec<String>,
    /// The WINS servers, the primary one first.
    pub wins_servers: Vec<Ipv4Addr>,
    /// Whether IPv4 is configured by DHCP.
    pub dhcp_enabled: bool,
    /// The DHCP server, once one was reached.
    pub dhcp_server: Option<Ipv4Addr>,
}

impl Services {
    /// Changes what the edit names.
    pub fn apply(&mut self, edit: &ServicesEdit) {
        let ServicesEdit {
            dns_servers,
            dns_suffix,
            dns_search,
            wins_servers,
            dhcp_enabled,
            dhcp_server,
        } = edit.clone();
        self.dns_servers = dns_servers.unwrap_or_else(|| std::mem::take(&mut self.dns_servers));
        self.dns_suffix = dns_suffix.unwrap_or_else(|| std::mem::take(&mut self.dns_suffix));
        self.dns_search = dns_search.unwrap_or_else(|| std::mem::take(&mut self.dns_search));
        self.wins_servers = wins_servers.unwrap_or_else(|| std::mem::take(&mut self.wins_servers));
        if let Some(server) = dhcp_server {
            self.dhcp_server = Some(server);
            self.dhcp_enabled = true;
        }
        if let Some(enabled) = dhcp_enabled {
            self.dhcp_enabled = enabled;
            self.dhcp_server = self.dhcp_server.filter(|_| enabled);
        }
    }
}

/// What changes of the [`Services`] of an interface; `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ServicesEdit {
    /// The DNS servers from now on.
    pub dns_servers: Option<Vec<IpAddr>>,
    /// The DNS suffix of the connection from now on; empty is none.
    pub dns_suffix: Option<String>,
    /// The DNS suffixes that are searched besides, from now on.
    pub dns_search: Option<Vec<String>>,
    /// The WINS servers from now on.
    pub wins_servers: Option<Vec<Ipv4Addr>>,
    /// Whether IPv4 is configured by DHCP from now on; without it the DHCP server is forgotten.
    pub dhcp_enabled: Option<bool>,
    /// The DHCP server from now on, which turns DHCP on.
    pub dhcp_server: Option<Ipv4Addr>,
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::{Services, ServicesEdit};

    #[test]
    fn an_edit_changes_what_it_names_and_a_server_turns_dhcp_on() {
        let server = Ipv4Addr::new(10, 0, 0, 1);
        let mut services = Services { dns_suffix: "lan".to_owned(), ..Services::default() };
        services.apply(&ServicesEdit { dhcp_server: Some(server), ..ServicesEdit::default() });
        assert!(services.dhcp_enabled && services.dhcp_server == Some(server));
        assert_eq!(services.dns_suffix, "lan");
        services.apply(&ServicesEdit { dhcp_enabled: Some(false), ..ServicesEdit::default() });
        assert_eq!((services.dhcp_enabled, services.dhcp_server), (false, None));
    }
}
