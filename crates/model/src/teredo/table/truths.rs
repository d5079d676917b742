//! Which kind of truth each cell of the page is, with the requirements behind it.

use super::LETTERS;
use super::scene::{Happening, Situation};
use crate::truth::Truth;

const D: Truth = Truth::Documented;
const R: Truth = Truth::Derived;
const C: Truth = Truth::Chosen;
const O: Truth = Truth::Observed;

/// A text with the letter of its kind of truth.
pub(super) fn mark(text: &str, truth: Truth) -> String {
    format!("{text} **{}**", letter(truth))
}

/// The letter of a kind of truth.
pub(super) fn letter(truth: Truth) -> &'static str {
    LETTERS.iter().find(|(known, _)| *known == truth).map_or("?", |(_, letter)| letter)
}

/// What can stand in a cell of the page beside the next state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // each is said in one line of `declared`
pub enum Cell {
    PortNone,
    PortOpened,
    PortClosed,
    PortAnother,
    PortSameAgain,
    PortKept,
    ToldPort,
    ToldNothingSamePort,
    ToldNothingStop,
    ToldNothing,
    QueryPort,
    QueryDormant,
    QueryNotReady,
    QueryNoIpv6,
    StatusUp,
    StatusDormant,
    StatusDown,
    StatusNotPresent,
    StatusNoIpv6,
    MediaConnected,
    MediaDisconnected,
    MediaNone,
    AddressesBoth,
    AddressesReplaced,
    AddressLinkLocal,
    AddressesNone,
    InterfaceAdded,
    InterfaceDeleted,
    InterfaceChanged,
    InterfaceQuiet,
}

impl Cell {
    /// Every cell, column by column.
    pub const ALL: [Self; 30] = [
        Self::PortNone,
        Self::PortOpened,
        Self::PortClosed,
        Self::PortAnother,
        Self::PortSameAgain,
        Self::PortKept,
        Self::ToldPort,
        Self::ToldNothingSamePort,
        Self::ToldNothingStop,
        Self::ToldNothing,
        Self::QueryPort,
        Self::QueryDormant,
        Self::QueryNotReady,
        Self::QueryNoIpv6,
        Self::StatusUp,
        Self::StatusDormant,
        Self::StatusDown,
        Self::StatusNotPresent,
        Self::StatusNoIpv6,
        Self::MediaConnected,
        Self::MediaDisconnected,
        Self::MediaNone,
        Self::AddressesBoth,
        Self::AddressesReplaced,
        Self::AddressLinkLocal,
        Self::AddressesNone,
        Self::InterfaceAdded,
        Self::InterfaceDeleted,
        Self::InterfaceChanged,
        Self::InterfaceQuiet,
    ];

    /// The column that it stands in.
    #[must_use]
    pub const fn column(self) -> &'static str {
        match self {
            Self::PortNone
            | Self::PortOpened
            | Self::PortClosed
            | Self::PortAnother
            | Self::PortSameAgain
            | Self::PortKept => "Port",
            Self::ToldPort
            | Self::ToldNothingSamePort
            | Self::ToldNothingStop
            | Self::ToldNothing => "Told",
            Self::QueryPort | Self::QueryDormant | Self::QueryNotReady | Self::QueryNoIpv6 => {
                "GetTeredoPort"
            }
            Self::StatusUp
            | Self::StatusDormant
            | Self::StatusDown
            | Self::StatusNotPresent
            | Self::StatusNoIpv6 => "Status",
            Self::MediaConnected | Self::MediaDisconnected | Self::MediaNone => "Media",
            Self::AddressesBoth
            | Self::AddressesReplaced
            | Self::AddressLinkLocal
            | Self::AddressesNone => "Addresses",
            Self::InterfaceAdded
            | Self::InterfaceDeleted
            | Self::InterfaceChanged
            | Self::InterfaceQuiet => "Interface",
        }
    }

    /// What the cell means, for the page's list.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::PortNone => "there is no port, as before: the client does not run",
            Self::PortOpened => {
                "the client starts: on a port that the system picks, or the wished one"
            }
            Self::PortClosed => "the client does not run any more, so its port is closed",
            Self::PortAnother => "a restart on another port, unless the same is asked for",
            Self::PortSameAgain => "a restart on the same port",
            Self::PortKept => "no restart, so no other port",
            Self::ToldPort => {
                "the new port; the type is the option `port-change-type` (O-07), and a start counts \
                 as a change from no port"
            }
            Self::ToldNothingSamePort => {
                "the restart kept its port; option `same-port-restart` (O-09)"
            }
            Self::ToldNothingStop => "the port is gone; option `port-on-stop` (O-08)",
            Self::ToldNothing => "the port did not change, and only port changes call back",
            Self::QueryPort => "NO_ERROR and the dynamic service port",
            Self::QueryDormant => {
                "NO_ERROR and the port: a dormant client counts as started; with the option \
                 `dormant-client` at `not-started`, 21"
            }
            Self::QueryNotReady => {
                "ERROR_NOT_READY (driver side: the same name); the client is not started"
            }
            Self::QueryNoIpv6 => "ERROR_NOT_SUPPORTED (driver side: STATUS_NOT_SUPPORTED)",
            Self::StatusUp => "IfOperStatusUp: packets can pass",
            Self::StatusDormant => "IfOperStatusDormant: it waits for somebody to need it",
            Self::StatusDown => "IfOperStatusDown: packets cannot pass",
            Self::StatusNotPresent => {
                "IfOperStatusNotPresent: there is no Teredo interface (documented); lists that name \
                 it all the same show this (observed behaviour 29)"
            }
            Self::StatusNoIpv6 => {
                "IfOperStatusNotPresent: there is no Teredo interface without IPv6"
            }
            Self::MediaConnected => "neither offline nor dormant",
            Self::MediaDisconnected => "offline or dormant",
            Self::MediaNone => "no interface",
            Self::AddressesBoth => {
                "a 2001::/32 address and a link-local one with the same identifier"
            }
            Self::AddressesReplaced => "both, and both are others than before",
            Self::AddressLinkLocal => "the link-local address that the solicitations come from",
            Self::AddressesNone => "none: nothing is mapped and nothing is sent",
            Self::InterfaceAdded => "the interface is there again",
            Self::InterfaceDeleted => "the interface is gone",
            Self::InterfaceChanged => {
                "status or media changed, or a restart set the interface up anew"
            }
            Self::InterfaceQuiet => "nothing that the interface shows changed",
        }
    }
}

/// What a cell says, which kind of truth it is, and the requirements behind it.
#[must_use]
pub const fn declared(cell: Cell) -> (&'static str, Truth, &'static str) {
    match cell {
        Cell::PortNone => ("none", R, "GT-06"),
        Cell::PortOpened => ("opened", D, "TS-11"),
        Cell::PortClosed => ("closed", R, "GT-06 TS-21"),
        Cell::PortAnother => ("another", C, "TS-17 GT-09"),
        Cell::PortSameAgain => ("same, restarted", C, "TS-17"),
        Cell::PortKept => ("same", R, "TS-17 TP-32"),
        Cell::ToldPort => ("the new port", C, "TP-11 TP-12"),
        Cell::ToldNothingSamePort => ("nothing", C, "TP-36"),
        Cell::ToldNothingStop => ("nothing", C, "NT-07"),
        Cell::ToldNothing => ("nothing", R, "TP-36"),
        Cell::QueryPort => ("0 and the port", D, "GT-01 GT-02 GT-10"),
        Cell::QueryDormant => ("0 and the port", C, "GT-02 TS-01"),
        Cell::QueryNotReady => ("21", D, "GT-05 GT-06"),
        Cell::QueryNoIpv6 => ("50", D, "GT-07 GT-08"),
        Cell::StatusUp => ("Up 1", R, "TS-01"),
        Cell::StatusDormant => ("Dormant 5", C, "TI-08"),
        Cell::StatusDown => ("Down 2", R, "TS-21"),
        Cell::StatusNotPresent => ("NotPresent 6", O, "TS-07 TS-08 TS-10"),
        Cell::StatusNoIpv6 => ("NotPresent 6", R, "GT-08"),
        Cell::MediaConnected => ("connected", R, "TI-04"),
        Cell::MediaDisconnected => ("disconnected", O, "TI-04"),
        Cell::MediaNone => ("none", D, "TS-07 TS-08"),
        Cell::AddressesBoth => ("global, link-local", R, "TI-05"),
        Cell::AddressesReplaced => ("global, link-local, both new", D, "TA-22"),
        Cell::AddressLinkLocal => ("link-local", R, "TA-09 TA-12"),
        Cell::AddressesNone => ("none", R, "TI-05 TA-12"),
        Cell::InterfaceAdded => ("MibAddInstance (1)", R, "TS-07 TS-08 NT-02"),
        Cell::InterfaceDeleted => ("MibDeleteInstance (2)", R, "TS-07 TS-08 NT-03"),
        Cell::InterfaceChanged => ("MibParameterNotification (0)", C, "TI-07"),
        Cell::InterfaceQuiet => ("nothing", R, "TI-07"),
    }
}

/// One row of declared truths: the situations in the order of [`Situation::ALL`].
type Declared = [(Truth, &'static str); 7];

/// Which kind of truth the next state of a row is, and the requirements behind it.
pub(super) fn next_state(situation: Situation, happening: Happening) -> (Truth, &'static str) {
    let column = Situation::ALL.iter().position(|known| *known == situation).unwrap_or(0);
    next_states(happening)[column]
}

/// Disabled, stopped, managed, failed, dormant, probe, qualified.
#[rustfmt::skip]
const fn next_states(happening: Happening) -> Declared {
    const OFF: (Truth, &str) = (D, "TS-07");
    const KEPT: (Truth, &str) = (O, "TS-08 TS-13");
    const IDLE: (Truth, &str) = (R, "TS-21");
    const SAME: (Truth, &str) = (C, "-");
    const AGAIN: (Truth, &str) = (C, "TS-20");
    const IN_USE: (Truth, &str) = (R, "TS-11");
    const STOPPED: (Truth, &str) = (O, "TS-21");
    const RELAY: (Truth, &str) = (C, "TS-14 TA-25");
    match happening {
        Happening::Start =>
            [OFF, (D, "TS-02"), KEPT, (C, "TS-02"), SAME, SAME, SAME],
        Happening::StartPortInUse =>
            [OFF, IN_USE, KEPT, IN_USE, SAME, SAME, SAME],
        Happening::Stop =>
            [OFF, IDLE, KEPT, STOPPED, STOPPED, STOPPED, STOPPED],
        Happening::Restart | Happening::RestartSame =>
            [OFF, (C, "TS-02"), KEPT, AGAIN, (R, "TS-02"), AGAIN, AGAIN],
        Happening::RestartPortInUse =>
            [OFF, IN_USE, KEPT, IN_USE, IN_USE, IN_USE, IN_USE],
        Happening::Qualify =>
            [OFF, SAME, KEPT, (D, "TS-20"), (D, "TS-02 TS-04"), (R, "TS-02"), (R, "TS-02")],
        Happening::Traffic =>
            [OFF, SAME, KEPT, (R, "TS-05 TS-20"), (D, "TS-05"), (R, "TS-05"), (R, "TS-18")],
        Happening::EdgeListener =>
            [OFF, SAME, KEPT, (D, "TS-20"), (D, "TS-19 TS-20"), (R, "TS-19"), (R, "TS-18 TS-19")],
        Happening::OtherListener =>
            [OFF, IDLE, KEPT, (C, "TS-20"), (C, "TS-19 TS-20"), (R, "TS-19"), (R, "TS-18")],
        Happening::ServerLost =>
            [OFF, IDLE, KEPT, (R, "TA-14"), (R, "TS-01"), (R, "TA-13"), (R, "TA-21")],
        Happening::ServerBack =>
            [OFF, IDLE, KEPT, (C, "TA-14"), (R, "TS-01"), (R, "TA-13"), (R, "TA-21")],
        Happening::Mapping =>
            [OFF, IDLE, KEPT, (R, "TA-14"), (R, "TS-01"), (R, "TA-16"), (D, "TA-22")],
        Happening::PolicyDisabled =>
            [OFF, OFF, OFF, OFF, OFF, OFF, OFF],
        Happening::PolicyDefault =>
            [(C, "TS-02 TS-10"), IDLE, (O, "TS-10 TS-13"), AGAIN, (R, "TS-10"), (R, "TS-10"), (R, "TS-10")],
        Happening::PolicyEnterprise =>
            [(C, "TS-02 TS-09"), IDLE, (C, "TS-02 TS-09"), AGAIN, (R, "TS-09"), (R, "TS-09"), (R, "TS-09")],
        Happening::PolicyPort =>
            [OFF, IDLE, KEPT, AGAIN, (C, "TS-02 TS-11"), (C, "TS-11 TS-20"), (C, "TS-11 TS-20")],
        Happening::NetworkManaged =>
            [OFF, KEPT, KEPT, KEPT, KEPT, KEPT, KEPT],
        Happening::NetworkUnmanaged =>
            [OFF, IDLE, (C, "TS-02 TS-08"), AGAIN, (R, "TS-08"), (R, "TS-08"), (R, "TS-08")],
        Happening::NativeIpv6 =>
            [OFF, IDLE, KEPT, RELAY, RELAY, RELAY, RELAY],
        Happening::FirewallOff =>
            [OFF, (R, "TS-15"), KEPT, (R, "TS-15"), (R, "TS-15"), (R, "TS-15"), (R, "TS-15")],
        Happening::Ipv6Gone =>
            [OFF, IDLE, KEPT, (R, "GT-08"), (R, "GT-08"), (R, "GT-08"), (R, "GT-08")],
        Happening::Timer =>
            [OFF, IDLE, KEPT, (C, "TA-14"), (R, "TS-01"), (D, "TA-16"), (D, "TA-20")],
    }
}

#[cfg(test)]
mod tests {
    use super::super::scene::{Happening, Scene, Situation};
    use super::{Cell, declared, letter, next_state};
    use crate::teredo::TeredoState;
    use crate::truth::Truth;

    #[test]
    fn every_cell_has_a_letter_and_well_formed_ids() {
        let next = Situation::ALL.into_iter().flat_map(|situation| {
            Happening::ALL.into_iter().map(move |happening| next_state(situation, happening))
        });
        let cells = Cell::ALL.into_iter().map(|cell| (declared(cell).1, declared(cell).2));
        for (truth, ids) in next.chain(cells) {
            assert_ne!(letter(truth), "?");
            if ids == "-" {
                assert_eq!(truth, Truth::Chosen, "only a choice may stand without a requirement");
                continue;
            }
            for id in ids.split(' ') {
                let (kind, number) = id.split_once('-').expect("an id such as TS-01");
                assert!(["TP", "GT", "TA", "TS", "TI", "NT"].contains(&kind), "{id}");
                assert!(number.len() == 2 && number.parse::<u8>().is_ok(), "{id}");
            }
        }
    }

    #[test]
    fn each_situation_is_what_its_title_says() {
        let states: Vec<TeredoState> =
            Situation::ALL.into_iter().map(|s| Scene::set(s).client.state()).collect();
        let offline = TeredoState::Offline;
        assert_eq!(
            states,
            [
                TeredoState::Disabled,
                offline,
                offline,
                offline,
                TeredoState::Dormant,
                TeredoState::Probe,
                TeredoState::Qualified
            ]
        );
    }

    #[test]
    fn what_is_declared_observed_or_documented_about_managed_and_disabled_holds() {
        for situation in Situation::ALL {
            for happening in Happening::ALL {
                let (truth, ids) = next_state(situation, happening);
                let mut scene = Scene::set(situation);
                scene.happen(happening);
                if ids.contains("TS-07") {
                    assert_eq!(scene.client.state(), TeredoState::Disabled, "{happening:?}");
                }
                if ids.contains("TS-13") {
                    assert_eq!(truth, Truth::Observed);
                    assert_eq!(scene.client.state(), TeredoState::Offline, "{happening:?}");
                }
            }
        }
    }
}
