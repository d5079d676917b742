//! Follows the routes of the machine.

use net_route::Route;

/// The route that the tests add, by way of an interface and a gateway.
pub fn route(interface: u32, gateway: [u8; 4]) -> Route {
    Route::new([10, 9, 0, 0].into(), 16).with_ifindex(interface).with_gateway(gateway.into())
}
