//! Prints what happens to the addresses: on Windows those of this machine, for ever; elsewhere those of a
//! simulated one.

use futures::executor::block_on_stream;
use watcher_stream::IfWatcher;

#[cfg(windows)]
#[allow(clippy::print_stdout, reason = "it is what the program is for")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    for event in block_on_stream(IfWatcher::new(netiosim_api::System)?) {
        println!("{:?}", event?);
    }
    Ok(())
}

#[cfg(not(windows))]
#[allow(clippy::print_stdout, reason = "it is what the program is for")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let stack = netiosim::Stack::new();
    let mut events = block_on_stream(IfWatcher::new(stack.handle())?);
    let there = stack.unicast_addresses(None)?.len();
    for event in events.by_ref().take(there) {
        println!("{:?}", event?);
    }
    stack.dhcp_lease("Ethernet", "192.168.1.50/24", None, 3600)?;
    stack.advance_ms(3000);
    println!("a lease: {:?}", events.next().transpose()?);
    stack.set_connected("Ethernet", false)?;
    stack.run_until_idle();
    println!("the cable is pulled: {:?}", events.next().transpose()?);
    Ok(())
}
