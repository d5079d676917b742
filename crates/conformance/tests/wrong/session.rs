//! A session over the model that is wrong in one place.

use std::sync::Arc;

use netiosim_conformance::{
    Act, Answered, Backend, Callback, Cannot, Did, Heard, Register, Registered, Session, Told,
    Verdict, Whose, World, backends,
};
use netiosim_model::api::{Call, Output};
use netiosim_model::change::Change;
use netiosim_model::env::Env;
use netiosim_model::function::Function;
use netiosim_model::machine::Irql;
use netiosim_model::net::{Family, Luid};
use netiosim_model::profile::Profile;
use netiosim_model::rule::Rule;
use netiosim_model::status::{Flavour, Status};
use netiosim_model::windows::Windows;

use super::Wrong;

const HINT: Function = Function::NotifyNetworkConnectivityHintChange;
const ADDRESS: Function = Function::NotifyUnicastIpAddressChange;

pub(crate) struct Broken(pub(crate) Wrong);

struct Session32 {
    wrong: Wrong,
    inner: Box<dyn Session>,
    flavour: Flavour,
    /// Handles and contexts, in the order of registration.
    handles: Vec<(u64, u64)>,
    /// Those of NotifyTeredoPortChange.
    ports: Vec<u64>,
    first_port: Option<u16>,
    extra: Vec<Heard>,
    late: Option<u64>,
    survivor: Option<u64>,
    rebooted: bool,
    elevated: bool,
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
            ports: Vec::new(),
            first_port: None,
            extra: Vec::new(),
            late: None,
            survivor: None,
            rebooted: false,
            elevated: true,
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
        // Whoever does not wait runs beside the next.
        if self.is(Wrong::CallbacksOverlap) {
            call.acts.retain(|act| *act != Act::Lock);
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
        if port && self.is(Wrong::NoHandle) {
            left.handle = Some(0);
        }
        if port {
            self.ports.extend(left.handle);
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
            Wrong::CancelRefused if self.ports.contains(&handle) => {
                self.number(Status::InvalidParameter)
            }
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

    fn register_foreign(&mut self, call: &Register, whose: Whose) -> Result<Registered, Cannot> {
        self.inner.register_foreign(call, whose)
    }

    fn call(&mut self, call: &Call) -> Result<Answered, Cannot> {
        let mut call = call.clone();
        if self.is(Wrong::LuidIgnored)
            && let Call::Row { function: Function::GetIpInterfaceEntry, row: Some(row), .. } =
                &mut call
            && let Some((_, index)) = row.interface()
            && index != 0
        {
            row.set_interface(Luid::UNSPECIFIED, index);
        }
        let function = call.function();
        let elevated = self.elevated || self.flavour == Flavour::Kernel;
        if self.is(Wrong::AnybodyMayDelete) && function == Function::DeleteUnicastIpAddressEntry {
            self.inner.set_elevated(true)?;
        }
        let answer = self.inner.call(&call);
        if !elevated {
            self.inner.set_elevated(false)?;
        }
        let mut answer = answer?;
        if let Wrong::Code(of, from, to) = self.wrong
            && of == function
            && answer.code == self.number(from)
        {
            answer.code = self.number(to);
        }
        if let Wrong::TableWithoutItsLast(of) = self.wrong
            && of == function
        {
            answer.rows.pop();
        }
        if let Wrong::NothingWritten(of) = self.wrong
            && of == function
            && let Output::Row(row) = &mut answer.output
            && let Call::Row { row: Some(given), .. } = call
        {
            *row = given;
        }
        Ok(answer)
    }

    fn has(&mut self, function: Function) -> Result<bool, Cannot> {
        self.inner.has(function)
    }

    fn settle(&mut self) {
        self.inner.settle();
    }

    fn did(&mut self) -> Vec<Did> {
        self.inner.did()
    }

    fn threads(&self) -> Result<(), Cannot> {
        self.inner.threads()
    }

    fn locked(&mut self, inside: &mut dyn FnMut(&mut dyn Session) -> Verdict) -> Verdict {
        self.inner.locked(inside)
    }

    fn cancel_aside(&mut self, handle: u64) {
        self.inner.cancel_aside(handle);
    }

    fn cancelled_aside(&mut self) -> Vec<u32> {
        self.inner.cancelled_aside()
    }

    fn findings(&mut self) -> Result<Vec<Rule>, Cannot> {
        let mut all = self.inner.findings()?;
        if self.is(Wrong::CancelDoesNotWait) {
            all.retain(|rule| !matches!(rule, Rule::SelfCancel | Rule::CancelUnderLock));
        }
        if self.is(Wrong::AnyIrqlWillDo) {
            all.retain(|rule| *rule != Rule::IrqlTooHigh);
        }
        Ok(all)
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
            Wrong::EventLost => {
                all.retain(|one| initial(one) || !matches!(one.told, Told::Port { .. }));
            }
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
            self.extra.push(Heard { context, told: Told::Table });
        }
        if let Some(context) = self.late {
            self.extra.push(Heard { context, told: Told::Port { port, kind: 0 } });
        }
        Ok(())
    }

    fn change(&mut self, change: &Change) -> Result<(), Cannot> {
        if let Some(context) = self.survivor.filter(|_| self.rebooted) {
            self.extra.push(Heard { context, told: Told::Row { row: true, kind: 0 } });
        }
        self.inner.change(change)
    }

    fn adapter(&self) -> (Luid, u32) {
        self.inner.adapter()
    }

    fn env(&self) -> Result<Arc<Env>, Cannot> {
        self.inner.env()
    }

    fn unfail(&mut self, function: Function) -> Result<(), Cannot> {
        self.inner.unfail(function)
    }

    fn elapse(&mut self, ms: u64) -> Result<(), Cannot> {
        self.inner.elapse(ms)
    }

    fn restart_program(&mut self) -> Result<(), Cannot> {
        self.inner.restart_program()
    }

    fn set_elevated(&mut self, elevated: bool) -> Result<(), Cannot> {
        self.elevated = elevated;
        self.inner.set_elevated(elevated)
    }

    fn set_irql(&mut self, irql: Irql) -> Result<(), Cannot> {
        self.inner.set_irql(irql)
    }

    fn install(&mut self, windows: Windows) -> Result<(), Cannot> {
        self.inner.install(windows)
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
