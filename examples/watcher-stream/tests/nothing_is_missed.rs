//! Changes at the worst moments: the machine changes while it is asked. The seam makes such a machine easy.

mod support;

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use netiosim::{Stack, StackRef};
use netiosim_api::{
    BestRoute, Callback, Error, Family, Initial, Interface, IpInterface, IpInterfaceKey, Luid,
    NetIo, Route, RouteKey, RowCallback, Subscription, TeredoPortChange, UnicastAddress,
    UnicastKey,
};
use support::{Count, poll};
use watcher_stream::IfWatcher;

/// When the machine changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    BeforeTheFirstRegistration,
    BetweenTheRegistrations,
    BeforeTheFirstRead,
    AfterTheFirstRead,
}

/// A machine that gets an address at a moment of the watcher's life.
struct Meddler {
    stack: StackRef,
    moment: Moment,
    reads: AtomicUsize,
}

impl Meddler {
    fn now(&self, moment: Moment) {
        if self.moment == moment {
            let luid = self.stack.luid_of_alias("Ethernet").unwrap();
            let row = self.stack.new_unicast_address(luid, [10, 0, 0, 5], 24).unwrap();
            self.stack.create_unicast_address(&row).unwrap();
            self.stack.advance_ms(3000);
        }
    }
}

impl NetIo for Meddler {
    fn unicast_addresses(&self, family: Option<Family>) -> Result<Vec<UnicastAddress>, Error> {
        let first = self.reads.fetch_add(1, Ordering::SeqCst) == 0;
        if first {
            self.now(Moment::BeforeTheFirstRead);
        }
        let rows = NetIo::unicast_addresses(&self.stack, family);
        if first {
            self.now(Moment::AfterTheFirstRead);
        }
        rows
    }

    fn on_unicast_address_change(
        &self,
        family: Option<Family>,
        initial: Initial,
        callback: RowCallback<UnicastKey>,
    ) -> Result<Subscription, Error> {
        self.now(Moment::BeforeTheFirstRegistration);
        NetIo::on_unicast_address_change(&self.stack, family, initial, callback)
    }

    fn on_ip_interface_change(
        &self,
        family: Option<Family>,
        initial: Initial,
        callback: RowCallback<IpInterfaceKey>,
    ) -> Result<Subscription, Error> {
        self.now(Moment::BetweenTheRegistrations);
        NetIo::on_ip_interface_change(&self.stack, family, initial, callback)
    }

    fn teredo_port(&self) -> Result<u16, Error> {
        NetIo::teredo_port(&self.stack)
    }

    fn interfaces(&self) -> Result<Vec<Interface>, Error> {
        NetIo::interfaces(&self.stack)
    }

    fn interface(&self, luid: Luid) -> Result<Interface, Error> {
        NetIo::interface(&self.stack, luid)
    }

    fn ip_interfaces(&self, family: Option<Family>) -> Result<Vec<IpInterface>, Error> {
        NetIo::ip_interfaces(&self.stack, family)
    }

    fn ip_interface(&self, key: IpInterfaceKey) -> Result<IpInterface, Error> {
        NetIo::ip_interface(&self.stack, key)
    }

    fn unicast_address(&self, key: UnicastKey) -> Result<UnicastAddress, Error> {
        NetIo::unicast_address(&self.stack, key)
    }

    fn routes(&self, family: Option<Family>) -> Result<Vec<Route>, Error> {
        NetIo::routes(&self.stack, family)
    }

    fn route(&self, key: RouteKey) -> Result<Route, Error> {
        NetIo::route(&self.stack, key)
    }

    fn best_route(&self, destination: IpAddr) -> Result<BestRoute, Error> {
        NetIo::best_route(&self.stack, destination)
    }

    fn luid_of_alias(&self, alias: &str) -> Result<Luid, Error> {
        NetIo::luid_of_alias(&self.stack, alias)
    }

    fn luid_of_index(&self, index: u32) -> Result<Luid, Error> {
        NetIo::luid_of_index(&self.stack, index)
    }

    fn index_of(&self, luid: Luid) -> Result<u32, Error> {
        NetIo::index_of(&self.stack, luid)
    }

    fn alias_of(&self, luid: Luid) -> Result<String, Error> {
        NetIo::alias_of(&self.stack, luid)
    }

    fn on_teredo_port_change(
        &self,
        initial: Initial,
        callback: Callback<TeredoPortChange>,
    ) -> Result<Subscription, Error> {
        NetIo::on_teredo_port_change(&self.stack, initial, callback)
    }

    fn on_route_change(
        &self,
        family: Option<Family>,
        initial: Initial,
        callback: RowCallback<RouteKey>,
    ) -> Result<Subscription, Error> {
        NetIo::on_route_change(&self.stack, family, initial, callback)
    }
}

#[test]
fn an_address_that_comes_at_any_moment_is_told_once() {
    for moment in [
        Moment::BeforeTheFirstRegistration,
        Moment::BetweenTheRegistrations,
        Moment::BeforeTheFirstRead,
        Moment::AfterTheFirstRead,
    ] {
        let (stack, count) = (Stack::new(), Arc::<Count>::default());
        let net = Meddler { stack: stack.handle(), moment, reads: AtomicUsize::new(0) };
        let mut watcher = IfWatcher::new(net).unwrap();
        let mut events = poll(&mut watcher, &count);
        stack.run_until_idle();
        events.extend(poll(&mut watcher, &count));
        let told = events.iter().filter(|event| event.ends_with("10.0.0.5/24")).count();
        assert_eq!(told, 1, "{moment:?}: {events:?}");
    }
}

#[test]
fn a_task_that_waits_is_woken_for_a_change_during_its_poll() {
    let (stack, count) = (Stack::new(), Arc::<Count>::default());
    let (moment, reads) = (Moment::AfterTheFirstRead, AtomicUsize::new(0));
    let mut watcher = IfWatcher::new(Meddler { stack: stack.handle(), moment, reads }).unwrap();
    // The change comes within this poll, which sees the flag again before it waits.
    let events = poll(&mut watcher, &count);
    assert!(events.contains(&"+10.0.0.5/24".to_owned()), "{events:?}");
    assert!(count.get() > 0, "the waker was there already");
}
