//! The laws of `docs/laws.md` that hold whatever is left to chance.

use std::collections::{BTreeMap, BTreeSet};

use netiosim_conformance::{Heard, Told};
use netiosim_model::function::Function;
use netiosim_model::net::NotificationType;
use netiosim_proptest::Step;

use super::act::Act;

const INITIAL: i32 = NotificationType::Initial.number();

/// One registration, as a program sees it.
#[derive(Clone, Debug)]
struct Registration {
    function: Function,
    family: u16,
    initial: bool,
    live: bool,
    /// Whether anything but an initial notification was told.
    told: bool,
    initials: usize,
    last_port: Option<u16>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Laws {
    registrations: BTreeMap<u64, Registration>,
    made: u64,
}

impl Laws {
    /// The contexts of what is registered now.
    pub(crate) fn live(&self) -> BTreeSet<u64> {
        self.registrations.iter().filter(|one| one.1.live).map(|one| *one.0).collect()
    }

    /// Holds what was told after an act against the laws.
    pub(crate) fn check(
        &mut self,
        act: &Act,
        code: u32,
        heard: &[Heard],
        before: &BTreeSet<u64>,
        wine: bool,
    ) -> Result<(), String> {
        self.enter(act, code, wine);
        for one in heard {
            let Some(registration) = self.registrations.get_mut(&one.context) else {
                return Err(format!("isolation: {one:?} is for nobody"));
            };
            // Until the call that ends it returns something may come.
            if !registration.live && !before.contains(&one.context) {
                return Err(format!("finality: {one:?} after its registration ended"));
            }
            registration.hear(one)?;
        }
        let quiet = matches!(act, Act::Settle | Act::Happens(Step::Elapse(_)));
        for (context, one) in self.registrations.iter().filter(|_| quiet && !wine) {
            if one.live && one.initial && one.initials == 0 {
                return Err(format!("initial first: none came for registration {context}"));
            }
        }
        Ok(())
    }

    /// Writes down what an act does to registrations.
    fn enter(&mut self, act: &Act, code: u32, wine: bool) {
        match act {
            Act::Register { function, family, initial, .. } => {
                let context = self.made;
                self.made += 1;
                let registration = Registration {
                    function: *function,
                    family: *family,
                    initial: *initial,
                    live: code == 0 && !wine,
                    told: false,
                    initials: 0,
                    last_port: None,
                };
                self.registrations.insert(context, registration);
            }
            Act::Cancel(number) if code == 0 => {
                if let Some(one) = self.registrations.get_mut(&(*number as u64)) {
                    one.live = false;
                }
            }
            Act::RestartProgram | Act::Reboot => {
                self.registrations.values_mut().for_each(|one| one.live = false);
            }
            _ => {}
        }
    }

    /// Once all is quiet, the port that was told last is the one that can be asked for.
    pub(crate) fn coherent(&self, (code, port): (u32, Option<u16>)) -> Result<(), String> {
        let last =
            self.registrations.values().filter(|one| one.live).filter_map(|one| one.last_port);
        match (code, port) {
            (0, Some(port)) => match last.clone().find(|last| *last != port) {
                Some(last) => Err(format!("coherence: {last} was told last, {port} is answered")),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }
}

impl Registration {
    fn hear(&mut self, one: &Heard) -> Result<(), String> {
        let kind = match one.told {
            Told::Port { port, kind } => {
                if kind != INITIAL {
                    self.last_port = Some(port);
                }
                kind
            }
            Told::Row { row, kind } => {
                if row == (kind == INITIAL) {
                    return Err(format!(
                        "{one:?}: a row with an initial notification, or none without"
                    ));
                }
                kind
            }
            // The first of a hint is the initial one; the callback cannot tell (NH-03).
            Told::Hint(_) if self.initial && self.initials == 0 => INITIAL,
            _ => return Ok(()),
        };
        if !(0..=INITIAL).contains(&kind) {
            return Err(format!("{one:?} has no type"));
        }
        if kind != INITIAL {
            self.told = true;
            return Ok(());
        }
        self.initials += 1;
        let lanes = match self.function {
            Function::NotifyTeredoPortChange => 1,
            _ if self.family == 0 => 2,
            _ => 1,
        };
        if !self.initial || self.initials > lanes {
            return Err(format!("initial first: {one:?} was not asked for, or comes again"));
        }
        if self.told && lanes == 1 {
            return Err(format!("initial first: {one:?} comes after a change"));
        }
        Ok(())
    }
}
