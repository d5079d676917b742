//! Programs that change a real system: which words make which change, and how they are called.

#[cfg(test)]
mod tests;
mod words;

use std::net::IpAddr;

use netiosim_model::change::Change;
use netiosim_model::net::Luid;
use netiosim_model::table::RouteKey;

use crate::backend::Cannot;

/// A program that changes the system. What it cannot do the world does not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tool {
    /// `ip` of iproute2, beside Wine: changes the [`namespace`] that was made for it, and no other.
    Ip,
    /// `netsh` of Windows: changes the machine.
    Netsh,
}

/// What is there before a change, as far as taking it back asks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Before {
    /// The MTU of the interface, in bytes.
    pub(super) mtu: Option<u64>,
    /// Whether the interface has a medium.
    pub(super) connected: Option<bool>,
    /// Whether the interface is set up.
    pub(super) admin_up: Option<bool>,
    /// The metric of the interface in the family of the change.
    pub(super) metric: Option<u64>,
    /// The length of the on-link prefix of the address that goes away, in bits.
    pub(super) prefix_length: Option<u8>,
    /// The addresses of the interface with the lengths of their prefixes, in bits: an interface that is set down loses them.
    pub(super) addresses: Vec<(IpAddr, u8)>,
    /// The routes of the interface through gateways, with their metrics, which it loses as well.
    pub(super) routes: Vec<(RouteKey, u32)>,
}

/// The words behind a program's name that make a change, and those that take it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) make: Vec<String>,
    /// Line by line.
    pub(super) undo: Vec<Vec<String>>,
}

/// The interface that a change is about which these programs may be able to make.
pub(super) fn interface(change: &Change) -> Option<Luid> {
    match change {
        Change::RowSet { luid, .. }
        | Change::LinkSet { luid, .. }
        | Change::AddressRemove { luid, .. }
        | Change::InterfaceDisable(luid)
        | Change::InterfaceEnable(luid) => Some(*luid),
        Change::AddressAdd { address, .. } => Some(address.luid),
        Change::RouteAdd(route) => Some(route.luid),
        Change::RouteRemove(key) => Some(key.luid),
        Change::NeighbourPut(neighbour) => Some(neighbour.luid),
        _ => None,
    }
}

impl Tool {
    /// The program.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ip => "ip",
            Self::Netsh => "netsh",
        }
    }

    /// The tool of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Ip, Self::Netsh].into_iter().find(|tool| tool.name() == name)
    }

    /// The words for a change of the interface of this name.
    pub(super) fn words(
        self,
        change: &Change,
        name: &str,
        before: &Before,
    ) -> Result<Words, Cannot> {
        let words = match self {
            Self::Ip => words::ip(change, name, before),
            Self::Netsh => words::netsh(change, name, before),
        };
        words.ok_or_else(|| {
            Cannot::new(format!("{} has no words for this {}", self.name(), change.name()))
        })
    }
}

impl Tool {
    /// Runs the program with these words; `Err` if it could not be started, or refused.
    #[cfg(windows)]
    pub(super) fn run(self, words: &[String]) -> Result<(), Cannot> {
        use std::process::{Command, Stdio};

        let refused = || Cannot::new(format!("{} did not do it", self.name()));
        if self == Self::Netsh {
            let mut netsh = Command::new("netsh");
            let done = netsh.args(words).stdin(Stdio::null()).stdout(Stdio::null()).status();
            return if done.is_ok_and(|status| status.success()) { Ok(()) } else { Err(refused()) };
        }
        beside_wine(words).filter(|status| *status == 0).map(drop).ok_or_else(refused)
    }

    /// Runs the program with these words; `Err` if it could not be started, or refused.
    #[cfg(not(windows))]
    pub(super) fn run(self, _: &[String]) -> Result<(), Cannot> {
        Err(Cannot::new("the functions here are those of the simulator, which no program changes"))
    }
}

/// The network namespace that `ip` may change, as Linux names it (`net:[4026532211]`): whoever made one says so, in the environment
/// variable `NETIOSIM_NAMESPACE`. `None`: nobody did, or the text is no such name.
#[must_use]
pub fn namespace() -> Option<String> {
    std::env::var("NETIOSIM_NAMESPACE").ok().filter(|name| is_namespace(name))
}

fn is_namespace(name: &str) -> bool {
    let number = name.strip_prefix("net:[").and_then(|rest| rest.strip_suffix(']'));
    number.is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// The exit status of `ip`, which Wine starts as it starts any program of Unix: it tells of neither its end nor its status, so a shell
/// writes that to a file.
#[cfg(windows)]
fn beside_wine(words: &[String]) -> Option<i32> {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    /// Longer than this nobody waits.
    const PATIENCE: Duration = Duration::from_secs(20);
    let plain = |word: &String| {
        word.chars().all(|c| c.is_ascii_alphanumeric() || "-./:_".contains(c)) && !word.is_empty()
    };
    if !words.iter().all(plain) {
        return None;
    }
    let path = std::env::temp_dir().join(format!("netiosim-ip-{}", std::process::id()));
    let file = std::fs::File::create(&path).ok()?;
    // Only in the network namespace that was made for it.
    let namespace = namespace()?;
    let script = format!(
        "PATH=/usr/sbin:/usr/bin:/sbin:/bin; [ \"$(readlink /proc/self/ns/net)\" = '{namespace}' ] && ip {} 2>/dev/null >/dev/null </dev/null; echo $? end",
        words.join(" ")
    );
    let mut shell = Command::new(r"\\?\unix\bin\sh");
    shell.args(["-c", &script]).stdin(Stdio::null()).stdout(file).stderr(Stdio::null());
    // Nothing can be asked of the process.
    std::mem::forget(shell.spawn().ok()?);
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        if let Some(status) = text.trim_end().strip_suffix(" end") {
            let _ = std::fs::remove_file(&path);
            return status.parse().ok();
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    None
}
