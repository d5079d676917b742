//! net-route on Windows: what it reads, adds and is told by NotifyRouteChange2.

use client_of_net_route::route;
use futures::{pin_mut, StreamExt};
use net_route::{Handle, RouteChange};

#[tokio::test]
async fn a_route_that_comes_and_goes_is_told() {
    let handle = Handle::new().expect("NotifyRouteChange2 registers");
    let changes = handle.route_listen_stream();
    pin_mut!(changes);
    let default = handle.default_route().await.expect("a table").expect("a default route");
    let Some(std::net::IpAddr::V4(gateway)) = default.gateway else { panic!("{default:?}") };
    let interface = default.ifindex.expect("an interface");
    let route = route(interface, gateway.octets());

    handle.add(&route).await.expect("CreateIpForwardEntry2 adds it");
    let Some(RouteChange::Add(told)) = changes.next().await else { panic!("another change came") };
    assert_eq!((told.destination, told.prefix), (route.destination, route.prefix));
    let listed = handle.list().await.expect("a table");
    assert!(listed.iter().any(|row| row.destination == route.destination && row.gateway == route.gateway));

    handle.delete(&route).await.expect("DeleteIpForwardEntry2 takes it away");
    let Some(RouteChange::Delete(told)) = changes.next().await else { panic!("another change came") };
    assert_eq!((told.destination, told.prefix), (route.destination, route.prefix));
}

#[tokio::test]
async fn a_route_that_is_there_cannot_be_added_again() {
    let handle = Handle::new().expect("NotifyRouteChange2 registers");
    let there = handle.default_route().await.expect("a table").expect("a default route");
    let error = handle.add(&there).await.expect_err("it is there");
    assert_eq!(error.kind(), std::io::ErrorKind::AlreadyExists);
}
