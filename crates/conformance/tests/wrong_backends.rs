//! The checks can fail: each of these backends is wrong in one place, and a named check says so.

use std::collections::BTreeSet;

use netiosim_conformance::{
    Backend, Callback, Cannot, Heard, Matrix, Outcome, Register, Registered, Selection, Session,
    Told, World, backends,
};
use netiosim_model::function::Function;
use netiosim_model::net::Family;
use netiosim_model::profile::Profile;
use netiosim_model::status::{Flavour, Status};

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    InitialHasThePort,
    InitialWithoutBeingAsked,
    NoInitial,
    InitialTwice,
    EventLost,
    EventDoubled,
    EventsSwapped,
    TypeIsNoType,
    ContextAltered,
    ContextTruncated,
    DeliveryAfterCancel,
    CancelEndsNothing,
    CancelEndsEverything,
    CancelRefused,
    NullCancelAccepted,
    GarbageCancelEndsTheLast,
    NullCallbackAccepted,
    NullCallbackIsInvalidHandle,
    HandleKeptOnFailure,
    NoHandle,
    OneHandleForAll,
    PortOfNullAccepted,
    PortIsStatic,
    PortIsStale,
    PortWrittenOnFailure,
    StoppedIsNotSupported,
    WithoutIpv6IsNotReady,
    EveryChangeIsAPort,
    SurvivesAReboot,
    FaultsAreHidden,
    FamilyIgnored,
    FamiliesSwapped,
    OtherFamiliesAccepted,
    Ipv6Refused,
    InitialHasARow,
    RowIsMissing,
    DeletesAreChanges,
    AddsAreDeletes,
    HintInitialMissing,
    HintOfEveryRestart,
    RouteInitialMissing,
    AddressSurvivesAReboot,
}

const ALL: [(Wrong, &str); 42] = [
    (Wrong::InitialHasThePort, "TP-07"),
    (Wrong::InitialWithoutBeingAsked, "TP-08"),
    (Wrong::NoInitial, "TP-06"),
    (Wrong::InitialTwice, "TP-09"),
    (Wrong::EventLost, "TP-11"),
    (Wrong::EventDoubled, "TP-27"),
    (Wrong::EventsSwapped, "TP-09"),
    (Wrong::TypeIsNoType, "TP-12"),
    (Wrong::ContextAltered, "TP-10"),
    (Wrong::ContextTruncated, "TP-10"),
    (Wrong::DeliveryAfterCancel, "CX-08"),
    (Wrong::CancelEndsNothing, "CX-03"),
    (Wrong::CancelEndsEverything, "CX-12"),
    (Wrong::CancelRefused, "TP-02"),
    (Wrong::NullCancelAccepted, "CX-01"),
    (Wrong::GarbageCancelEndsTheLast, "CX-14"),
    (Wrong::NullCallbackAccepted, "TP-04"),
    (Wrong::NullCallbackIsInvalidHandle, "TP-05"),
    (Wrong::HandleKeptOnFailure, "TP-03"),
    (Wrong::NoHandle, "TP-01"),
    (Wrong::OneHandleForAll, "TP-27"),
    (Wrong::PortOfNullAccepted, "GT-04"),
    (Wrong::PortIsStatic, "GT-10"),
    (Wrong::PortIsStale, "GT-09"),
    (Wrong::PortWrittenOnFailure, "GT-13"),
    (Wrong::StoppedIsNotSupported, "GT-06"),
    (Wrong::WithoutIpv6IsNotReady, "GT-08"),
    (Wrong::EveryChangeIsAPort, "TP-36"),
    (Wrong::SurvivesAReboot, "TP-21"),
    (Wrong::FaultsAreHidden, "TP-18"),
    (Wrong::FamilyIgnored, "NI-01"),
    (Wrong::FamiliesSwapped, "NI-02"),
    (Wrong::OtherFamiliesAccepted, "NI-04"),
    (Wrong::Ipv6Refused, "NU-01"),
    (Wrong::InitialHasARow, "NI-09"),
    (Wrong::RowIsMissing, "NI-11"),
    (Wrong::DeletesAreChanges, "NI-30"),
    (Wrong::AddsAreDeletes, "NI-30"),
    (Wrong::HintInitialMissing, "NH-03"),
    (Wrong::HintOfEveryRestart, "NH-04"),
    (Wrong::RouteInitialMissing, "NR-04"),
    (Wrong::AddressSurvivesAReboot, "NU-10"),
];

const HINT: Function = Function::NotifyNetworkConnectivityHintChange;
const ADDRESS: Function = Function::NotifyUnicastIpAddressChange;

struct Broken(Wrong);

struct Session32 {
    wrong: Wrong,
    inner: Box<dyn Session>,
    flavour: Flavour,
    /// Handles and contexts, in the order of registration.
    handles: Vec<(u64, u64)>,
    first_port: Option<u16>,
    extra: Vec<Heard>,
    late: Option<u64>,
    survivor: Option<u64>,
    rebooted: bool,
}

impl Backend for Broken {
    fn name(&self) -> &'static str {
        "broken"
    }

    fn session(&self, profile: Profile, flavour: Flavour) -> Result<Box<dyn Session>, Cannot> {
        let inner = backends::Model.session(profile, flavour)?;
        Ok(Box::new(Session32 {
            wrong: self.0,
            inner,
            flavour,
            handles: Vec::new(),
            first_port: None,
            extra: Vec::new(),
            late: None,
            survivor: None,
            rebooted: false,
        }))
    }
}

impl Session32 {
    fn is(&self, wrong: Wrong) -> bool {
        self.wrong == wrong
    }

    fn number(&self, status: Status) -> u32 {
        status.code(self.flavour, Default::default())
    }
}

fn initial(heard: &Heard) -> bool {
    matches!(heard.told, Told::Port { kind: 3, .. })
}

impl Session for Session32 {
    fn register(&mut self, call: &Register) -> Registered {
        let mut call = call.clone();
        let port = call.function == Function::NotifyTeredoPortChange;
        if self.is(Wrong::NullCallbackAccepted) {
            call.callback = Callback::Listens;
        }
        if port && self.is(Wrong::InitialWithoutBeingAsked) {
            call.initial = true;
        }
        if self.is(Wrong::NoInitial) {
            call.initial = false;
        }
        if self.is(Wrong::ContextTruncated) {
            call.context &= 0xFFFF_FFFF;
        }
        let rows = call.function == Function::NotifyIpInterfaceChange;
        match self.wrong {
            Wrong::FamilyIgnored if rows && [2, 23].contains(&call.family) => call.family = 0,
            Wrong::FamiliesSwapped if rows && [2, 23].contains(&call.family) => {
                call.family = 25 - call.family;
            }
            Wrong::OtherFamiliesAccepted if rows && ![2, 23].contains(&call.family) => {
                call.family = 0;
            }
            Wrong::Ipv6Refused if call.family == 23 => call.family = 24,
            Wrong::HintInitialMissing if call.function == HINT => call.initial = false,
            Wrong::RouteInitialMissing if call.function == Function::NotifyRouteChange2 => {
                call.initial = false;
            }
            _ => {}
        }
        if self.is(Wrong::AddressSurvivesAReboot) && call.function == ADDRESS {
            self.survivor = Some(call.context);
        }
        if self.is(Wrong::HintOfEveryRestart) && call.function == HINT {
            self.survivor = Some(call.context);
        }
        let mut left = self.inner.register(&call);
        if left.code != 0 {
            if self.is(Wrong::HandleKeptOnFailure) {
                left.handle = call.variable;
            }
            if self.is(Wrong::NullCallbackIsInvalidHandle) {
                left.code = self.number(Status::InvalidHandle);
            }
            if self.is(Wrong::FaultsAreHidden) && call.callback == Callback::Listens {
                left.code = 0;
            }
            return left;
        }
        if self.is(Wrong::NoHandle) {
            left.handle = Some(0);
        }
        self.handles.push((left.handle.unwrap_or_default(), call.context));
        if self.is(Wrong::OneHandleForAll) {
            left.handle = Some(self.handles[0].0);
        }
        left
    }

    fn cancel(&mut self, handle: u64) -> u32 {
        let known = self.handles.iter().any(|own| own.0 == handle);
        match self.wrong {
            Wrong::NullCancelAccepted if handle == 0 => 0,
            Wrong::CancelEndsNothing if known => 0,
            Wrong::CancelRefused if known => self.number(Status::InvalidParameter),
            Wrong::CancelEndsEverything if known => {
                let all = std::mem::take(&mut self.handles);
                all.iter().map(|own| self.inner.cancel(own.0)).max().unwrap_or(0)
            }
            Wrong::GarbageCancelEndsTheLast if !known && handle != 0 => {
                self.handles.pop().map_or(0, |own| self.inner.cancel(own.0))
            }
            Wrong::DeliveryAfterCancel if known => {
                self.late = self.handles.iter().find(|own| own.0 == handle).map(|own| own.1);
                self.inner.cancel(handle)
            }
            _ => self.inner.cancel(handle),
        }
    }

    fn teredo_port(&mut self, variable: Option<u16>) -> (u32, Option<u16>) {
        let (code, port) = self.inner.teredo_port(variable);
        let first = *self.first_port.get_or_insert(port.unwrap_or(0));
        let is = |status| code == self.number(status);
        match self.wrong {
            Wrong::PortOfNullAccepted if variable.is_none() => (0, None),
            Wrong::PortIsStatic if code == 0 => (0, Some(3544)),
            Wrong::PortIsStale if code == 0 => (0, Some(first)),
            Wrong::PortWrittenOnFailure if code != 0 => (code, variable.map(|_| 0)),
            Wrong::StoppedIsNotSupported if is(Status::NotReady) => {
                (self.number(Status::NotSupported), port)
            }
            Wrong::WithoutIpv6IsNotReady if is(Status::NotSupported) => {
                (self.number(Status::NotReady), port)
            }
            _ => (code, port),
        }
    }

    fn settle(&mut self) {
        self.inner.settle();
    }

    fn heard(&mut self) -> Vec<Heard> {
        let mut all = self.inner.heard();
        let port = self.inner.teredo_port(Some(0)).1.unwrap_or(0);
        match self.wrong {
            Wrong::InitialHasThePort => {
                for heard in all.iter_mut().filter(|heard| initial(heard)) {
                    heard.told = Told::Port { port, kind: 3 };
                }
            }
            Wrong::InitialTwice => {
                let again: Vec<Heard> = all.iter().copied().filter(initial).collect();
                all.extend(again);
            }
            Wrong::EventLost => all.retain(initial),
            Wrong::EventDoubled => {
                let again: Vec<Heard> = all.iter().copied().filter(|one| !initial(one)).collect();
                all.extend(again);
            }
            // The confirmation is held back until something happens.
            Wrong::EventsSwapped => {
                let (first, rest): (Vec<Heard>, Vec<Heard>) = all.into_iter().partition(initial);
                self.extra.extend(first);
                all = rest;
                if all.is_empty() {
                    return all;
                }
            }
            Wrong::TypeIsNoType => {
                for heard in all.iter_mut().filter(|heard| !initial(heard)) {
                    if let Told::Port { port, .. } = heard.told {
                        heard.told = Told::Port { port, kind: 4 };
                    }
                }
            }
            Wrong::InitialHasARow | Wrong::RowIsMissing => {
                let of = |kind| (kind == 3) == self.is(Wrong::InitialHasARow);
                for heard in &mut all {
                    if let Told::Row { row, kind } = heard.told
                        && of(kind)
                    {
                        heard.told = Told::Row { row: !row, kind };
                    }
                }
            }
            Wrong::DeletesAreChanges | Wrong::AddsAreDeletes => {
                let (from, to) = if self.is(Wrong::DeletesAreChanges) { (2, 0) } else { (1, 2) };
                for heard in &mut all {
                    if let Told::Row { row, kind } = heard.told
                        && kind == from
                    {
                        heard.told = Told::Row { row, kind: to };
                    }
                }
            }
            Wrong::ContextAltered => all.iter_mut().for_each(|heard| heard.context ^= 1 << 63),
            _ => {}
        }
        all.append(&mut self.extra);
        all
    }
}

impl World for Session32 {
    fn restart_teredo(&mut self, port: u16) -> Result<(), Cannot> {
        self.inner.restart_teredo(port)?;
        if let Some(context) = self.survivor.filter(|_| self.is(Wrong::HintOfEveryRestart)) {
            self.extra.push(Heard { context, told: Told::Other });
        }
        if let Some(context) = self.late {
            self.extra.push(Heard { context, told: Told::Port { port, kind: 0 } });
        }
        Ok(())
    }

    fn stop_teredo(&mut self) -> Result<(), Cannot> {
        self.inner.stop_teredo()
    }

    fn set_ipv6(&mut self, present: bool) -> Result<(), Cannot> {
        self.inner.set_ipv6(present)
    }

    fn set_mtu(&mut self, family: Family, mtu: u32) -> Result<(), Cannot> {
        if self.is(Wrong::EveryChangeIsAPort) {
            self.extra.push(Heard { context: 1, told: Told::Port { port: 50_000, kind: 0 } });
        }
        if let Some(context) = self.survivor.filter(|_| self.rebooted) {
            self.extra.push(Heard { context, told: Told::Row { row: true, kind: 0 } });
        }
        self.inner.set_mtu(family, mtu)
    }

    fn fail(&mut self, function: Function, status: Status) -> Result<(), Cannot> {
        self.inner.fail(function, status)
    }

    fn reboot(&mut self) -> Result<(), Cannot> {
        self.rebooted = true;
        if self.is(Wrong::SurvivesAReboot) { Ok(()) } else { self.inner.reboot() }
    }
}

fn failed(wrong: Wrong) -> (BTreeSet<&'static str>, usize) {
    let selection = Selection { profiles: vec![Profile::Documented], ..Selection::default() };
    let matrix = Matrix::run(&[&Broken(wrong)], &selection);
    let run = matrix.results.iter().filter(|cell| cell.result != Outcome::NotApplicable);
    let ids: BTreeSet<&str> = run.map(|cell| cell.id).collect();
    (matrix.failed().map(|cell| cell.id).collect(), ids.len())
}

#[test]
fn each_is_caught_by_its_check() {
    let mut missed = Vec::new();
    for (wrong, id) in ALL {
        let (failed, ids) = failed(wrong);
        if !failed.contains(id) {
            missed.push(format!("{wrong:?}: {id} does not fail, {failed:?} do"));
        }
        // Without a handle nothing can be shown, and a cancel is met wherever something is cleared up.
        let most = match format!("{wrong:?}") {
            name if name == "NoHandle" => ids,
            name if name.contains("Cancel") => ids / 2,
            _ => ids / 3,
        };
        if failed.len() > most {
            missed.push(format!("{wrong:?} is no small change: {failed:?} fail of {ids}"));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn no_check_fails_over_the_right_one() {
    let selection = Selection { profiles: vec![Profile::Documented], ..Selection::default() };
    let matrix = Matrix::run(&[&backends::Model], &selection);
    assert_eq!(matrix.failed().count(), 0);
}
