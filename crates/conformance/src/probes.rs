//! Calls with plain parameters, and what comes of them: no expectation, but a list to hold one system against another.

mod calls;
mod happenings;

pub use self::happenings::{Happening, Seen};

use netiosim_model::api::{Call, Memory, Output, Value};
use netiosim_model::function::{Function, Shape};
use netiosim_model::net::Luid;
use serde::Serialize;

use crate::backend::{Callback, Cannot, Register, Session};

/// What variables for handles hold before: no handle, and not NULL.
const BEFORE: u64 = 0x0BAD_0BA0;
/// An interface of Ethernet that no machine has.
const UNKNOWN_LUID: Luid = Luid(0x0006_00EE_EE00_0000);
/// An index that no interface has.
const UNKNOWN_INDEX: u32 = 0x00EE_EEEE;
/// AF_UNSPEC, AF_INET, AF_INET6, and one that is nothing of IP.
const FAMILIES: [u16; 4] = [0, 2, 23, 7];

/// Makes a call in a session.
type Make = dyn Fn(&mut dyn Session) -> Result<Came, Cannot>;

/// One call with plain parameters.
pub struct Probe {
    call: String,
    make: Box<Make>,
}

impl std::fmt::Debug for Probe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Probe({})", self.call)
    }
}

/// What came of a [`Probe`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Came {
    /// The code; none if the call did not come to an end, or was not made.
    pub code: Option<u32>,
    /// Whether a handle, a table, or what else the function gives was written to the caller's variable.
    pub wrote: bool,
    /// Of a handle that was written, whether it is NULL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub null: Option<bool>,
    /// Of a registration with an initial notification, whether the callback was called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub called: Option<bool>,
    /// Why there is no code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instead: Option<String>,
}

impl Came {
    fn of(code: u32, wrote: bool) -> Self {
        Self { code: Some(code), wrote, ..Self::default() }
    }

    /// Why there is no code.
    #[must_use]
    pub fn instead(reason: &str) -> Self {
        Self { instead: Some(reason.to_owned()), ..Self::default() }
    }
}

impl Probe {
    /// All of them, in the order of the functions.
    #[must_use]
    pub fn all() -> Vec<Self> {
        Function::ALL.into_iter().flat_map(of).collect()
    }

    /// The call, in words: `NotifyIpInterfaceChange(23, callback, initial)`.
    #[must_use]
    pub fn call(&self) -> &str {
        &self.call
    }

    /// Makes the call in a session that made no other.
    #[must_use]
    pub fn come(&self, session: &mut dyn Session) -> Came {
        let make = std::panic::AssertUnwindSafe(|| (self.make)(session));
        match std::panic::catch_unwind(make) {
            Ok(Ok(came)) => came,
            Ok(Err(cannot)) => Came::instead(&cannot.to_string()),
            Err(payload) => match payload.downcast::<Cannot>() {
                Ok(cannot) => Came::instead(&cannot.to_string()),
                Err(payload) => std::panic::resume_unwind(payload),
            },
        }
    }

    fn new(
        function: Function,
        parameters: &str,
        make: impl Fn(&mut dyn Session) -> Result<Came, Cannot> + 'static,
    ) -> Self {
        Self { call: format!("{function}({parameters})"), make: Box::new(make) }
    }

    /// A function that answers at once, with parameters that the session's adapter may be among.
    fn answers(
        function: Function,
        parameters: &str,
        call: impl Fn((Luid, u32)) -> Call + 'static,
    ) -> Self {
        Self::new(function, parameters, move |session| {
            let call = call(session.adapter());
            let answered = session.call(&call)?;
            // These two have no code: what they return says it all.
            let codeless = matches!(function, Function::IfIndextoname | Function::IfNametoindex);
            let code = if codeless { 0 } else { answered.code };
            let wrote = match &answered.output {
                Output::Nothing => false,
                Output::Table(table) => {
                    // What a call left that failed is not freed, and a session says so.
                    let _ = session.call(&Call::Free(Memory::Table(*table)));
                    true
                }
                // This function returns what others write, and 0 for nothing.
                Output::Value(Value::Index(index)) if function == Function::IfNametoindex => {
                    *index != 0
                }
                _ => true,
            };
            Ok(Came::of(code, wrote))
        })
    }
}

/// The probes of a function.
fn of(function: Function) -> Vec<Probe> {
    match function.spec().shape {
        Shape::Notify => registrations(function),
        Shape::Cancel if function == Function::CancelMibChangeNotify2 => cancels(),
        Shape::Port => vec![
            Probe::new(function, "variable", |session| Ok(port(session, Some(0)))),
            Probe::new(function, "NULL", |session| Ok(port(session, None))),
        ],
        // What is signalled once is not among the functions of a session.
        Shape::Overlapped | Shape::Cancel => Vec::new(),
        _ => calls::of(function),
    }
}

fn port(session: &mut dyn Session, variable: Option<u16>) -> Came {
    let (code, left) = session.teredo_port(variable);
    Came::of(code, left != variable)
}

fn registrations(function: Function) -> Vec<Probe> {
    let families: &[u16] = match function {
        Function::NotifyTeredoPortChange | Function::NotifyNetworkConnectivityHintChange => &[],
        _ => &FAMILIES,
    };
    let stable = function == Function::NotifyStableUnicastIpAddressTable;
    let mut all = Vec::new();
    let mut add = |words: &str, register: Register| {
        let initial = if register.initial { ", initial" } else { "" };
        let family = match families {
            [] => String::new(),
            _ => format!("{}, ", register.family),
        };
        let parameters = format!("{family}{words}{initial}");
        all.push(Probe::new(function, &parameters, move |session| {
            Ok(registered(session, &register))
        }));
    };
    let plain = || Register::new(function).variable(BEFORE);
    for family in if families.is_empty() { &[0] } else { families } {
        add("callback", plain().family(*family));
        if !stable {
            add("callback", plain().family(*family).initial());
        }
    }
    add("NULL callback", plain().callback(Callback::Null));
    if !stable {
        add("NULL callback", plain().callback(Callback::Null).initial());
    }
    add("callback, NULL handle", Register { variable: None, ..plain() });
    add(
        "NULL callback, NULL handle",
        Register { variable: None, ..plain().callback(Callback::Null) },
    );
    if stable {
        add("NULL table, callback", Register { table: false, ..plain() });
    }
    all
}

fn registered(session: &mut dyn Session, register: &Register) -> Came {
    let left = session.register(register);
    let handle = left.handle.filter(|handle| *handle != BEFORE);
    let called = (register.initial && register.callback == Callback::Listens).then(|| {
        session.settle();
        !session.heard().is_empty()
    });
    if let Some(handle) = handle.filter(|handle| *handle != 0) {
        session.cancel(handle);
    }
    if let Some(table) = left.table {
        // A session that handed out a table frees it, too.
        let _ = session.call(&Call::Free(Memory::Table(table)));
    }
    let wrote = handle.is_some() || left.table.is_some();
    Came { null: handle.map(|handle| handle == 0), called, ..Came::of(left.code, wrote) }
}

fn cancels() -> Vec<Probe> {
    let function = Function::CancelMibChangeNotify2;
    let cancel = |handle| {
        move |session: &mut dyn Session| Ok::<_, Cannot>(Came::of(session.cancel(handle), false))
    };
    let mut all = vec![
        Probe::new(function, "NULL", cancel(0)),
        Probe::new(function, "a number that is no handle", cancel(BEFORE)),
    ];
    let registers = |function: Function| matches!(function.spec().shape, Shape::Notify);
    for registers in Function::ALL.into_iter().filter(|function| registers(*function)) {
        let of = format!("what {registers} gave");
        all.push(Probe::new(function, &of, move |session| {
            given(session, registers).map(|handle| Came::of(session.cancel(handle), false))
        }));
    }
    let again = "what NotifyIpInterfaceChange gave, a second time";
    all.push(Probe::new(function, again, |session| {
        let handle = given(session, Function::NotifyIpInterfaceChange)?;
        session.cancel(handle);
        Ok(Came::of(session.cancel(handle), false))
    }));
    all
}

/// The handle of a registration.
fn given(session: &mut dyn Session, function: Function) -> Result<u64, Cannot> {
    let left = session.register(&Register::new(function).variable(BEFORE));
    let handle = left.handle.filter(|handle| left.code == 0 && *handle != BEFORE);
    handle.ok_or_else(|| Cannot::new("nothing was given"))
}
