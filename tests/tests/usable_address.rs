//! The README's third example: an address is usable only after duplicate address detection (UC-16, UC-17, NU-12).

use std::error::Error;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use netiosim::Stack;
use netiosim::model::row::SocketAddress;
use netiosim::model::table::DadState;

#[netiosim::test]
fn the_tunnel_waits_until_its_address_is_usable(stack: Stack) -> Result<(), Box<dyn Error>> {
    let luid = stack.luid_of_alias("Ethernet")?;
    let address: IpAddr = "10.8.0.2".parse()?;
    let usable = Arc::new(Mutex::new(None));

    let (seen, net) = (usable.clone(), stack.handle());
    let changes = stack.on_unicast_address_change(None, move |change| {
        let Some(row) = change.row else { return }; // the initial call has none
        // Only the keys of the row are promised: ask for the rest.
        let Ok(entry) = row.entry() else { return }; // it may be gone already
        if row.address() == address && entry.dad_state == DadState::Preferred.number() {
            seen.lock().unwrap().get_or_insert(net.now_ms());
        }
    })?;
    stack.create_unicast_address(&stack.new_unicast_address(luid, address, 24)?)?;
    stack.advance_ms(10_000);

    assert_eq!(*usable.lock().unwrap(), Some(3000)); // three messages, a second each
    assert_eq!(
        stack.best_route_on(luid, "10.8.0.1".parse::<IpAddr>()?)?.source,
        SocketAddress::from(address)
    );
    changes.cancel()?;
    Ok(())
}
