//! The model and another backend, one beside the other.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use netiosim_conformance::{Backend, Callback, Cannot, Heard, Register, Session, backends};
use netiosim_model::api::{Call, Memory, Output};
use netiosim_model::function::Function;
use netiosim_model::profile::Profile;
use netiosim_model::status::Flavour;
use netiosim_proptest::Step;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};

use super::act::{Act, Books};
use super::laws::Laws;
use super::story;

/// Names the backend that is tested.
pub(crate) trait Tested {
    fn backend() -> &'static dyn Backend;
}

pub(crate) struct Pair<T> {
    profile: Profile,
    model: Box<dyn Session>,
    other: Box<dyn Session>,
    /// Each registration: what the model and what the other gave for a handle, and whether it is for both families.
    handles: Vec<(u64, u64, bool)>,
    laws: Laws,
    /// What came on each side since all was quiet.
    heard: (Vec<Heard>, Vec<Heard>),
    of: PhantomData<T>,
}

impl ReferenceStateMachine for Books {
    type State = Self;
    type Transition = Act;

    fn init_state() -> proptest::strategy::BoxedStrategy<Self> {
        proptest::strategy::Strategy::boxed(proptest::strategy::Just(Self::new(
            Profile::Documented,
        )))
    }

    fn transitions(state: &Self) -> proptest::strategy::BoxedStrategy<Act> {
        state.transitions()
    }

    fn apply(state: Self, act: &Act) -> Self {
        Books::apply(state, act)
    }
}

impl<T: Tested> StateMachineTest for Pair<T> {
    type SystemUnderTest = Self;
    type Reference = Books;

    fn init_test(books: &Books) -> Self {
        let of = |backend: &dyn Backend| {
            backend.session(books.profile, Flavour::User).expect("every profile, in user mode")
        };
        Self {
            profile: books.profile,
            model: of(&backends::Model),
            other: of(T::backend()),
            handles: Vec::new(),
            laws: Laws::default(),
            heard: (Vec::new(), Vec::new()),
            of: PhantomData,
        }
    }

    fn apply(mut pair: Self, books: &Books, act: Act) -> Self {
        pair.holds(books, &act);
        pair
    }

    fn teardown(mut pair: Self, books: Books) {
        pair.holds(&books, &Act::Settle);
    }
}

impl<T: Tested> Pair<T> {
    /// Does it on both sides; a difference is written down.
    fn holds(&mut self, books: &Books, act: &Act) {
        if let Err(difference) = self.step(act) {
            let name = format!("{}-{}", T::backend().name(), books.profile.name());
            let path = format!("{}/lockstep-{name}.json", env!("CARGO_TARGET_TMPDIR"));
            let written = std::fs::write(&path, story::scenario(books, &difference));
            panic!("{difference}; the history as a scenario file: {path} ({written:?})");
        }
    }
}

const TABLES: [Function; 4] = [
    Function::GetIpInterfaceTable,
    Function::GetIfTable2,
    Function::GetUnicastIpAddressTable,
    Function::GetIpForwardTable2,
];

/// What is wrong.
type Difference = String;

impl<T> Pair<T> {
    /// Does it on both sides, and looks whether they are alike and keep the laws.
    fn step(&mut self, act: &Act) -> Result<(), Difference> {
        let before = self.laws.live();
        let codes = self.act(act).map_err(|cannot| format!("a side cannot: {cannot}"))?;
        // Where the order of what is due is left to chance codes are not.
        if codes.0 != codes.1 {
            return Err(format!(
                "{act:?}: the model answers {:?}, the other {:?}",
                codes.0, codes.1
            ));
        }
        let settled = matches!(act, Act::Settle | Act::Happens(Step::Elapse(_)));
        if settled {
            self.model.settle();
            self.other.settle();
        }
        // What is due may have come or not, until all is quiet.
        let (model, other) = (self.model.heard(), self.other.heard());
        let wine = self.profile == Profile::Wine;
        self.laws.check(act, codes.1.first().copied().unwrap_or(0), &other, &before, wine)?;
        self.heard.0.extend(model);
        self.heard.1.extend(other);
        if settled { self.quiet() } else { Ok(()) }
    }

    /// Nothing is due on either side: what is still registered was told the same, and whoever looks sees the same.
    fn quiet(&mut self) -> Result<(), Difference> {
        let live = self.laws.live();
        let (model, other) = std::mem::take(&mut self.heard);
        let of = |all: Vec<Heard>| all.into_iter().filter(|one| live.contains(&one.context));
        let (model, other): (Vec<Heard>, Vec<Heard>) = (of(model).collect(), of(other).collect());
        if self.sorted(&model) != self.sorted(&other) {
            return Err(format!("the model tells {model:?}, the other {other:?}"));
        }
        for function in TABLES {
            let call = Call::table(function, 0);
            let rows = |session: &mut dyn Session| -> Result<_, Cannot> {
                let answer = session.call(&call)?;
                if let Output::Table(table) = answer.output {
                    session.call(&Call::Free(Memory::Table(table)))?;
                }
                Ok((answer.code, answer.rows))
            };
            let (model, other) = (rows(&mut *self.model), rows(&mut *self.other));
            if model != other {
                return Err(format!("{function}: the model has {model:?}, the other {other:?}"));
            }
        }
        if matches!(self.profile, Profile::Documented | Profile::Observed) {
            let now = self.other.teredo_port(Some(0));
            self.laws.coherent(now)?;
        }
        Ok(())
    }

    /// The codes on both sides, and whatever else came back.
    fn act(&mut self, act: &Act) -> Result<(Vec<u32>, Vec<u32>), Cannot> {
        let both = |one: u32, other: u32| (vec![one], vec![other]);
        Ok(match act {
            Act::Register { function, family, initial, callback } => {
                let context = self.handles.len() as u64;
                let callback = if *callback { Callback::Listens } else { Callback::Null };
                let call = Register::new(*function).family(*family).context(context);
                let call = Register { initial: *initial, callback, ..call };
                let (one, other) = (self.model.register(&call), self.other.register(&call));
                let handle = |left: Option<u64>| left.unwrap_or(0);
                let both = *family == 0 && *function != Function::NotifyTeredoPortChange;
                self.handles.push((handle(one.handle), handle(other.handle), both));
                let given = |code, handle: Option<u64>| vec![code, u32::from(handle != Some(0))];
                (given(one.code, one.handle), given(other.code, other.handle))
            }
            Act::Cancel(number) => {
                let (one, other, _) = self.handles[*number];
                both(self.model.cancel(one), self.other.cancel(other))
            }
            Act::CancelGarbage(handle) => {
                both(self.model.cancel(*handle), self.other.cancel(*handle))
            }
            Act::Happens(Step::Change(change)) => {
                let left = (self.model.change(change), self.other.change(change));
                both(u32::from(left.0.is_ok()), u32::from(left.1.is_ok()))
            }
            Act::Happens(Step::Elapse(ms)) => {
                self.model.elapse(*ms)?;
                self.other.elapse(*ms)?;
                both(0, 0)
            }
            Act::Port(place) => {
                let variable = place.then_some(4711);
                let (one, other) =
                    (self.model.teredo_port(variable), self.other.teredo_port(variable));
                let told = |(code, port): (u32, Option<u16>)| vec![code, port.map_or(0, u32::from)];
                (told(one), told(other))
            }
            Act::Fail(function, status) => {
                self.model.fail(*function, *status)?;
                self.other.fail(*function, *status)?;
                both(0, 0)
            }
            Act::Unfail(function) => {
                self.model.unfail(*function)?;
                self.other.unfail(*function)?;
                both(0, 0)
            }
            Act::RestartProgram => {
                self.model.restart_program()?;
                self.other.restart_program()?;
                both(0, 0)
            }
            Act::Settle => both(0, 0),
            Act::Reboot => {
                self.model.reboot()?;
                self.other.reboot()?;
                both(0, 0)
            }
        })
    }

    /// What each registration was told, in order; for AF_UNSPEC, whose two families may overtake each other, sorted.
    fn sorted(&self, heard: &[Heard]) -> BTreeMap<u64, Vec<String>> {
        let mut all: BTreeMap<u64, Vec<String>> = BTreeMap::new();
        for one in heard {
            all.entry(one.context).or_default().push(format!("{:?}", one.told));
        }
        for (context, told) in &mut all {
            let family = usize::try_from(*context).ok().and_then(|at| self.handles.get(at));
            if family.is_none_or(|handle| handle.2) {
                told.sort();
            }
        }
        all
    }
}
