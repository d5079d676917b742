//! How a change of the environment plays out: the tables afterwards, and every step on the way.

use std::net::IpAddr;

use crate::change::{Change, ChangeError, Effect};
use crate::choose::Chooser;
use crate::env::{Env, UnicastAddress};
use crate::interface::{Interface, IpRow, OperStatus, TUNNEL_TYPE_TEREDO, if_type};
use crate::member::Member;
use crate::net::{Family, Guid, Luid, NotificationType};
use crate::teredo::{TeredoEvent, TeredoRules, TeredoStep};

/// The usual Teredo pseudo-interface: tunnel type 14, medium 15, MTU 1280, IPv6 only (TI-01 to
/// TI-03, TI-06, TA-26).
#[must_use]
pub fn teredo_interface(luid_index: u32, index: u32) -> Interface {
    let name = "Teredo Tunneling Pseudo-Interface";
    Interface {
        guid: Guid(0x993f_7832_6e40_4b3b_9d2a_3c5d_7fc0_11e0),
        tunnel_type: TUNNEL_TYPE_TEREDO,
        physical_address: vec![0, 0, 0, 0, 0, 0, 0, 0xE0],
        connected: false,
        oper_override: Some(OperStatus::Down),
        mtu: 1280,
        v4: None,
        v6: Some(IpRow::new(Family::V6, false, 1280)),
        ..Interface::new(name, if_type::TUNNEL, luid_index, index)
    }
}

impl Env {
    /// Applies a change; tells what happened, in the chosen order.
    ///
    /// # Errors
    ///
    /// A [`ChangeError`] when the change makes no sense on this machine; nothing has changed then.
    pub fn apply(
        &mut self,
        change: &Change,
        rules: TeredoRules,
        chooser: &mut dyn Chooser,
    ) -> Result<Vec<Effect>, ChangeError> {
        let mut effects = Vec::new();
        match change {
            Change::TeredoStart(wish) => {
                self.teredo_event(&TeredoEvent::Start(*wish), rules, chooser, &mut effects);
            }
            Change::TeredoStop => {
                self.teredo_event(&TeredoEvent::Stop, rules, chooser, &mut effects);
            }
            Change::TeredoRestart(wish) => {
                self.teredo_event(&TeredoEvent::Restart(*wish), rules, chooser, &mut effects);
            }
            Change::TeredoQualify => {
                self.teredo_event(&TeredoEvent::Qualify, rules, chooser, &mut effects);
            }
            Change::TeredoServer { reachable } => {
                let event = TeredoEvent::ServerReachable(*reachable);
                self.teredo_event(&event, rules, chooser, &mut effects);
            }
            Change::TeredoMapping { address, port } => {
                let event = TeredoEvent::MappingChanged { address: *address, port: *port };
                self.teredo_event(&event, rules, chooser, &mut effects);
            }
            Change::TeredoPolicy(settings) => {
                let event = TeredoEvent::PolicyChanged(settings.clone());
                self.teredo_event(&event, rules, chooser, &mut effects);
            }
            Change::TeredoNetwork(network) => {
                let event = TeredoEvent::NetworkChanged(network.clone());
                self.teredo_event(&event, rules, chooser, &mut effects);
            }
            Change::TeredoTraffic => {
                self.teredo_event(&TeredoEvent::Traffic, rules, chooser, &mut effects);
            }
            Change::PortOpen { port, edge_traversal } => {
                let taken = self.listeners().contains_key(port);
                if taken {
                    return Err(ChangeError::PortInUse(*port));
                }
                self.listeners.insert(*port, *edge_traversal);
                self.teredo_event(&TeredoEvent::ListenersChanged, rules, chooser, &mut effects);
            }
            Change::PortClose { port } => {
                if self.listeners.remove(port).is_none() {
                    return Err(ChangeError::PortNotOpen(*port));
                }
                self.teredo_event(&TeredoEvent::ListenersChanged, rules, chooser, &mut effects);
            }
            Change::InterfaceAdd(interface) => self.add_interface(interface, &mut effects)?,
            Change::InterfaceRemove(luid) => {
                let interface = self.own_interface(*luid)?;
                if interface.if_type == if_type::LOOPBACK {
                    return Err(ChangeError::Reserved("the loopback interface".into()));
                }
                self.remove_interface(*luid, &mut effects);
            }
            Change::RowSet { luid, family, values } => {
                self.set_row(*luid, *family, values, &mut effects)?;
            }
            Change::LinkSet { luid, connected, admin_up, mtu, alias } => {
                self.set_link(*luid, *connected, *admin_up, *mtu, alias.as_deref(), &mut effects)?;
            }
            Change::RowTouch { luid, family } => {
                self.bound(*luid, *family)?;
                self.tell(*luid, *family, NotificationType::Parameter, &mut effects);
            }
            Change::FamilyBind { luid, family } => self.bind(*luid, *family, &mut effects)?,
            Change::FamilyUnbind { luid, family } => self.unbind(*luid, *family, &mut effects)?,
            Change::AddressAdd(address) => self.add_address(address, &mut effects)?,
            Change::AddressRemove { luid, address } => {
                self.own_interface(*luid)?;
                if self.addresses.remove(&(*luid, *address)).is_none() {
                    return Err(ChangeError::NoAddress(*address));
                }
                effects.push(self.address_effect(*luid, *address, false));
            }
            Change::RouteAdd(route) => {
                self.some_interface(route.luid)?;
                self.routes.push(route.clone());
            }
            Change::Ipv6Present(present) => {
                self.set_ipv6(*present, rules, chooser, &mut effects);
            }
        }
        Ok(effects)
    }

    /// Lets the timer that is due now fire.
    pub fn fire_timer(&mut self, rules: TeredoRules, chooser: &mut dyn Chooser) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.teredo.next_timer_ms() == Some(0) {
            self.teredo_event(&TeredoEvent::Timer, rules, chooser, &mut effects);
        }
        effects
    }

    fn teredo_event(
        &mut self,
        event: &TeredoEvent,
        rules: TeredoRules,
        chooser: &mut dyn Chooser,
        effects: &mut Vec<Effect>,
    ) {
        for step in self.teredo_handle(event, rules, chooser) {
            match step {
                TeredoStep::State { from, to } => effects.push(Effect::TeredoState { from, to }),
                TeredoStep::Port { from, to, .. } => effects.push(Effect::TeredoPort { from, to }),
                TeredoStep::InterfaceAppeared => self.raise_teredo_interface(effects),
                TeredoStep::InterfaceVanished => {
                    self.remove_interface(self.teredo_interface.luid, effects);
                }
                TeredoStep::InterfaceChanged => {
                    let luid = self.teredo_interface.luid;
                    self.refresh_teredo_interface();
                    self.tell(luid, Family::V6, NotificationType::Parameter, effects);
                }
                TeredoStep::AddressRemoved(address) => {
                    let luid = self.teredo_interface.luid;
                    if self.addresses.remove(&(luid, IpAddr::V6(address))).is_some() {
                        let address = IpAddr::V6(address);
                        effects.push(self.address_effect(luid, address, false));
                    }
                }
                TeredoStep::AddressAdded(address) => {
                    let luid = self.teredo_interface.luid;
                    if self.interfaces.contains_key(&luid) {
                        let address = IpAddr::V6(address);
                        let row = UnicastAddress { luid, address, prefix_length: 64 };
                        self.addresses.insert((luid, address), row);
                        effects.push(self.address_effect(luid, address, true));
                    }
                }
            }
        }
        self.refresh_teredo_interface();
    }

    /// Brings the pseudo-interface in line with the client, without telling anybody: for building a
    /// machine whose client is in some state from the start.
    pub fn settle_teredo(&mut self) {
        let present = self.teredo.interface_present() && self.ipv6_present;
        let luid = self.teredo_interface.luid;
        if present && !self.interfaces.contains_key(&luid) {
            self.raise_teredo_interface(&mut Vec::new());
        } else if !present && self.interfaces.contains_key(&luid) {
            self.remove_interface(luid, &mut Vec::new());
        }
        if present {
            for address in [self.teredo.global_address(), self.teredo.link_local()] {
                if let Some(address) = address.map(IpAddr::V6) {
                    let row = UnicastAddress { luid, address, prefix_length: 64 };
                    self.addresses.insert((luid, address), row);
                }
            }
        }
        self.refresh_teredo_interface();
    }

    fn raise_teredo_interface(&mut self, effects: &mut Vec<Effect>) {
        let mut interface = self.teredo_interface.clone();
        if !self.ipv6_present || self.interfaces.contains_key(&interface.luid) {
            return;
        }
        if self.by_index.contains_key(&interface.index) {
            interface.index = self.free_index();
        }
        let luid = interface.luid;
        self.insert(interface);
        self.refresh_teredo_interface();
        self.tell(luid, Family::V6, NotificationType::Add, effects);
    }

    fn refresh_teredo_interface(&mut self) {
        let state = self.teredo.state();
        let (connected, oper) = (state.media_connected(), state.oper_status());
        if let Some(interface) = self.interfaces.get_mut(&self.teredo_interface.luid) {
            interface.connected = connected;
            interface.oper_override = Some(oper);
            if let Some(row) = &mut interface.v6 {
                row.set(Member::Connected, u64::from(connected));
            }
        }
    }

    fn add_interface(
        &mut self,
        interface: &Interface,
        effects: &mut Vec<Effect>,
    ) -> Result<(), ChangeError> {
        self.check_free(interface)?;
        if interface.is_teredo() || interface.if_type == if_type::LOOPBACK {
            return Err(ChangeError::Reserved(format!("the interface \"{}\"", interface.alias)));
        }
        let luid = interface.luid;
        let mut interface = interface.clone();
        if !self.ipv6_present
            && let Some(row) = interface.v6.take()
        {
            self.parked_v6.insert(luid, row);
        }
        let families: Vec<Family> =
            Family::ALL.into_iter().filter(|f| interface.row(*f).is_some()).collect();
        self.insert(interface);
        for family in families {
            self.tell(luid, family, NotificationType::Add, effects);
        }
        Ok(())
    }

    fn remove_interface(&mut self, luid: Luid, effects: &mut Vec<Effect>) {
        let Some(interface) = self.interfaces.get(&luid) else {
            return;
        };
        let index = interface.index;
        for family in Family::ALL {
            if self.row(luid, family).is_some() {
                self.tell(luid, family, NotificationType::Delete, effects);
            }
        }
        self.drop_addresses(luid, None, effects);
        self.interfaces.remove(&luid);
        self.by_index.remove(&index);
        self.parked_v6.remove(&luid);
        self.routes.retain(|route| route.luid != luid);
    }

    fn drop_addresses(&mut self, luid: Luid, family: Option<Family>, effects: &mut Vec<Effect>) {
        let gone = |address: &IpAddr| match family {
            None => true,
            Some(Family::V4) => address.is_ipv4(),
            Some(Family::V6) => address.is_ipv6(),
        };
        let keys: Vec<(Luid, IpAddr)> =
            self.addresses.keys().filter(|key| key.0 == luid && gone(&key.1)).copied().collect();
        for key in keys {
            self.addresses.remove(&key);
            effects.push(self.address_effect(luid, key.1, false));
        }
    }

    fn set_row(
        &mut self,
        luid: Luid,
        family: Family,
        values: &[(Member, u64)],
        effects: &mut Vec<Effect>,
    ) -> Result<(), ChangeError> {
        self.bound(luid, family)?;
        let interface = self.interfaces.get_mut(&luid).ok_or(ChangeError::NoInterface(luid))?;
        if let Some(row) = interface.row_slot(family) {
            for (member, value) in values {
                row.set(*member, *value);
            }
        }
        self.tell(luid, family, NotificationType::Parameter, effects);
        Ok(())
    }

    fn set_link(
        &mut self,
        luid: Luid,
        connected: Option<bool>,
        admin_up: Option<bool>,
        mtu: Option<u32>,
        alias: Option<&str>,
        effects: &mut Vec<Effect>,
    ) -> Result<(), ChangeError> {
        self.own_interface(luid)?;
        if let Some(alias) = alias
            && self.interface_by_alias(alias).is_some_and(|other| other.luid != luid)
        {
            return Err(ChangeError::Taken(format!("the alias \"{alias}\"")));
        }
        let interface = self.interfaces.get_mut(&luid).ok_or(ChangeError::NoInterface(luid))?;
        if let Some(connected) = connected {
            interface.connected = connected;
        }
        if let Some(admin_up) = admin_up {
            interface.admin_up = admin_up;
        }
        if let Some(alias) = alias {
            interface.alias = alias.to_owned();
        }
        let usable = interface.connected && interface.admin_up;
        for family in Family::ALL {
            if let Some(row) = interface.row_slot(family) {
                row.set(Member::Connected, u64::from(usable));
                if let Some(mtu) = mtu {
                    row.set(Member::NlMtu, u64::from(mtu));
                }
            }
        }
        if let Some(mtu) = mtu {
            interface.mtu = mtu;
        }
        for family in Family::ALL {
            if self.row(luid, family).is_some() {
                self.tell(luid, family, NotificationType::Parameter, effects);
            }
        }
        Ok(())
    }

    fn bind(
        &mut self,
        luid: Luid,
        family: Family,
        effects: &mut Vec<Effect>,
    ) -> Result<(), ChangeError> {
        if family == Family::V6 && !self.ipv6_present {
            return Err(ChangeError::NoIpv6);
        }
        self.own_interface(luid)?;
        let interface = self.interfaces.get_mut(&luid).ok_or(ChangeError::NoInterface(luid))?;
        let (loopback, mtu) = (interface.if_type == if_type::LOOPBACK, interface.mtu);
        let slot = interface.row_slot(family);
        if slot.is_some() {
            return Err(ChangeError::Bound(family));
        }
        *slot = Some(IpRow::new(family, loopback, mtu));
        self.tell(luid, family, NotificationType::Add, effects);
        Ok(())
    }

    fn unbind(
        &mut self,
        luid: Luid,
        family: Family,
        effects: &mut Vec<Effect>,
    ) -> Result<(), ChangeError> {
        self.own_interface(luid)?;
        self.bound(luid, family)?;
        self.tell(luid, family, NotificationType::Delete, effects);
        self.drop_addresses(luid, Some(family), effects);
        if let Some(interface) = self.interfaces.get_mut(&luid) {
            *interface.row_slot(family) = None;
        }
        Ok(())
    }

    fn add_address(
        &mut self,
        address: &UnicastAddress,
        effects: &mut Vec<Effect>,
    ) -> Result<(), ChangeError> {
        let family = if address.address.is_ipv4() { Family::V4 } else { Family::V6 };
        self.own_interface(address.luid)?;
        self.bound(address.luid, family)?;
        let key = (address.luid, address.address);
        if self.addresses.contains_key(&key) {
            return Err(ChangeError::AddressExists(address.address));
        }
        self.addresses.insert(key, address.clone());
        effects.push(self.address_effect(key.0, key.1, true));
        Ok(())
    }

    fn set_ipv6(
        &mut self,
        present: bool,
        rules: TeredoRules,
        chooser: &mut dyn Chooser,
        effects: &mut Vec<Effect>,
    ) {
        if present == self.ipv6_present {
            return;
        }
        if present {
            self.ipv6_present = true;
            for (luid, row) in std::mem::take(&mut self.parked_v6) {
                if let Some(interface) = self.interfaces.get_mut(&luid) {
                    interface.v6 = Some(row);
                    self.tell(luid, Family::V6, NotificationType::Add, effects);
                }
            }
            if self.teredo.interface_present() {
                self.raise_teredo_interface(effects);
            }
            // The client hears of it as of any change of the network, and tries again if it is wanted.
            let network = TeredoEvent::NetworkChanged(self.teredo.network().clone());
            self.teredo_event(&network, rules, chooser, effects);
        } else {
            self.ipv6_present = false;
            let network = TeredoEvent::NetworkChanged(self.teredo.network().clone());
            self.teredo_event(&network, rules, chooser, effects);
            self.remove_interface(self.teredo_interface.luid, effects);
            let luids: Vec<Luid> = self.interfaces.keys().copied().collect();
            for luid in luids {
                if self.row(luid, Family::V6).is_some() {
                    self.tell(luid, Family::V6, NotificationType::Delete, effects);
                    self.drop_addresses(luid, Some(Family::V6), effects);
                    if let Some(row) = self.interfaces.get_mut(&luid).and_then(|i| i.v6.take()) {
                        self.parked_v6.insert(luid, row);
                    }
                }
            }
        }
    }

    /// An interface that changes only by itself is not for the caller.
    fn own_interface(&self, luid: Luid) -> Result<&Interface, ChangeError> {
        let interface = self.some_interface(luid)?;
        if interface.is_teredo() {
            return Err(ChangeError::Reserved("the Teredo pseudo-interface".into()));
        }
        Ok(interface)
    }

    fn some_interface(&self, luid: Luid) -> Result<&Interface, ChangeError> {
        self.interfaces.get(&luid).ok_or(ChangeError::NoInterface(luid))
    }

    fn bound(&self, luid: Luid, family: Family) -> Result<(), ChangeError> {
        let interface = self.some_interface(luid)?;
        if interface.row(family).is_none() {
            return Err(ChangeError::NotBound(family));
        }
        Ok(())
    }

    fn address_effect(&self, luid: Luid, address: IpAddr, added: bool) -> Effect {
        let index = self.interfaces.get(&luid).map_or(0, |interface| interface.index);
        Effect::Address { luid, index, address, added }
    }

    fn tell(&self, luid: Luid, family: Family, kind: NotificationType, effects: &mut Vec<Effect>) {
        if let Some(interface) = self.interfaces.get(&luid) {
            effects.push(Effect::IpInterface { luid, index: interface.index, family, kind });
        }
    }
}
