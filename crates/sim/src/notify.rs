//! The functions that register a callback, with the parameters and codes of their pages.

use std::panic::Location;
use std::sync::Arc;

use netiosim_model::ids::TableId;
use netiosim_model::net::NotificationType;
use netiosim_model::notification::{ForwardKey, Notification, RowKey, UnicastKey};
use netiosim_model::row::HintRow;

use crate::StackRef;
use crate::callback::{Delivery, RawCallback};
use crate::register::{HandleCell, RawKind, RawRequest};
use crate::row::{LentKey, Row};
use crate::table::RawTable;

/// A callback of NotifyTeredoPortChange: context, port, notification type (TP-33).
pub type TeredoPortCallback = Arc<dyn Fn(u64, u16, NotificationType) + Send + Sync>;

/// A callback that is lent a row: context, row (`None` is NULL), notification type.
pub type RowCallback<K> = Arc<dyn Fn(u64, Option<&Row<'_, K>>, NotificationType) + Send + Sync>;

/// A callback of NotifyIpInterfaceChange: context, row (`None` is NULL), notification type (NI-35).
pub type IpInterfaceCallback = RowCallback<RowKey>;

/// A callback of NotifyUnicastIpAddressChange: context, row (`None` is NULL), notification type.
pub type UnicastAddressCallback = RowCallback<UnicastKey>;

/// A callback of NotifyRouteChange2: context, row (`None` is NULL), notification type.
pub type RouteCallback = RowCallback<ForwardKey>;

/// A callback of NotifyStableUnicastIpAddressTable: context, table, which it has to free (NS-10).
pub type StableTableCallback = Arc<dyn Fn(u64, TableId) + Send + Sync>;

/// A callback of NotifyNetworkConnectivityHintChange: context, hint by value (NH-02).
pub type ConnectivityHintCallback = Arc<dyn Fn(u64, HintRow) + Send + Sync>;

/// What the six functions have in common.
struct Plain<'a> {
    kind: RawKind,
    callback: Option<RawCallback>,
    context: u64,
    initial: bool,
    handle: Option<&'a HandleCell>,
    table_pointer: bool,
}

impl StackRef {
    /// NotifyTeredoPortChange, parameters and codes as the page has them (TP-01 to TP-40).
    ///
    /// `None` stands for NULL. On any failure the variable holds NULL afterwards (TP-03).
    #[track_caller]
    pub fn notify_teredo_port_change(
        &self,
        callback: Option<TeredoPortCallback>,
        context: u64,
        initial: bool,
        handle: Option<&HandleCell>,
    ) -> u32 {
        let callback = callback.map(|callback| {
            RawCallback::shared(address_of(&callback), move |delivery: &Delivery| {
                if let Notification::TeredoPort { port, kind } = delivery.due.notification {
                    callback(delivery.due.context, port, kind);
                }
            })
        });
        let kind = RawKind::TeredoPort;
        let plain = Plain { kind, callback, context, initial, handle, table_pointer: true };
        self.plain(plain, Location::caller()).0
    }

    /// NotifyIpInterfaceChange, parameters and codes as the page has them (NI-01 to NI-40).
    ///
    /// `None` stands for NULL. On any failure the variable holds NULL afterwards (NI-06).
    #[track_caller]
    pub fn notify_ip_interface_change(
        &self,
        family: u16,
        callback: Option<IpInterfaceCallback>,
        context: u64,
        initial: bool,
        handle: Option<&HandleCell>,
    ) -> u32 {
        let callback = callback.map(with_row::<RowKey>);
        let kind = RawKind::IpInterface(family);
        let plain = Plain { kind, callback, context, initial, handle, table_pointer: true };
        self.plain(plain, Location::caller()).0
    }

    /// NotifyUnicastIpAddressChange, parameters and codes as the page has them (NU-01 to NU-15).
    ///
    /// `None` stands for NULL. On any failure the variable holds NULL afterwards (NU-03).
    #[track_caller]
    pub fn notify_unicast_ip_address_change(
        &self,
        family: u16,
        callback: Option<UnicastAddressCallback>,
        context: u64,
        initial: bool,
        handle: Option<&HandleCell>,
    ) -> u32 {
        let callback = callback.map(with_row::<UnicastKey>);
        let kind = RawKind::UnicastAddress(family);
        let plain = Plain { kind, callback, context, initial, handle, table_pointer: true };
        self.plain(plain, Location::caller()).0
    }

    /// NotifyRouteChange2, parameters and codes as the page has them (NR-01 to NR-12).
    ///
    /// `None` stands for NULL. On any failure the variable holds NULL afterwards (NR-03).
    #[track_caller]
    pub fn notify_route_change2(
        &self,
        family: u16,
        callback: Option<RouteCallback>,
        context: u64,
        initial: bool,
        handle: Option<&HandleCell>,
    ) -> u32 {
        let callback = callback.map(with_row::<ForwardKey>);
        let kind = RawKind::Route(family);
        let plain = Plain { kind, callback, context, initial, handle, table_pointer: true };
        self.plain(plain, Location::caller()).0
    }

    /// NotifyStableUnicastIpAddressTable, parameters and codes as the page has them (NS-01 to NS-20).
    ///
    /// `None` stands for NULL. With 0 the table is in the variable `table` and the handle is NULL;
    /// with ERROR_IO_PENDING (997) the table comes to the callback and the handle cancels that. Either
    /// way the table is the caller's to [free](Self::free_mib_table). A call that hands out no table
    /// leaves `table` alone.
    #[track_caller]
    pub fn notify_stable_unicast_ip_address_table(
        &self,
        family: u16,
        table: Option<&mut RawTable>,
        callback: Option<StableTableCallback>,
        context: u64,
        handle: Option<&HandleCell>,
    ) -> u32 {
        let callback = callback.map(|callback| {
            RawCallback::shared(address_of(&callback), move |delivery: &Delivery| {
                if let Notification::StableTable { table: Some(table) } = delivery.due.notification
                {
                    callback(delivery.due.context, table);
                }
            })
        });
        let (kind, table_pointer) = (RawKind::StableTable(family), table.is_some());
        let plain = Plain { kind, callback, context, initial: false, handle, table_pointer };
        let (code, out) = self.plain(plain, Location::caller());
        if let (Some(table), Some(out)) = (table, out) {
            *table = Some(out);
        }
        code
    }

    /// NotifyNetworkConnectivityHintChange, parameters and codes as the page has them (NH-01 to
    /// NH-08).
    ///
    /// `None` stands for NULL. On any failure the variable holds NULL afterwards.
    #[track_caller]
    pub fn notify_network_connectivity_hint_change(
        &self,
        callback: Option<ConnectivityHintCallback>,
        context: u64,
        initial: bool,
        handle: Option<&HandleCell>,
    ) -> u32 {
        let callback = callback.map(|callback| {
            RawCallback::shared(address_of(&callback), move |delivery: &Delivery| {
                if let Notification::Hint { hint, .. } = delivery.due.notification {
                    callback(delivery.due.context, hint);
                }
            })
        });
        let kind = RawKind::ConnectivityHint;
        let plain = Plain { kind, callback, context, initial, handle, table_pointer: true };
        self.plain(plain, Location::caller()).0
    }

    fn plain(&self, plain: Plain<'_>, at: &'static Location<'static>) -> (u32, RawTable) {
        let Plain { kind, callback, context, initial, handle, table_pointer } = plain;
        let request = RawRequest {
            kind,
            name: "".into(),
            callback,
            context,
            initial,
            handle_pointer: handle.is_some(),
            table_pointer,
            module: None,
            callback_process: None,
            object: None,
        };
        let mut visible = |value| {
            if let Some(cell) = handle {
                cell.set(value);
            }
        };
        let registered = self.register_at(request, &mut visible, at).0;
        (registered.code, registered.table)
    }
}

/// A callback that is lent a row, in the terms of the driver.
fn with_row<K: LentKey>(callback: RowCallback<K>) -> RawCallback {
    RawCallback::shared(address_of(&callback), move |delivery: &Delivery| {
        if let Some((kind, _)) = K::of(&delivery.due.notification) {
            callback(delivery.due.context, Row::of(delivery).as_ref(), kind);
        }
    })
}

/// What makes two callbacks the same: where they are.
fn address_of<T: ?Sized>(callback: &Arc<T>) -> usize {
    Arc::as_ptr(callback).cast::<()>() as usize
}
