//! Every backend goes through any history as the model does, and keeps the laws of `docs/laws.md` under every profile.
//!
//! A history that fails is shrunk and written down as a scenario file; the message says where. `PROPTEST_CASES` says how many
//! histories are drawn for each backend and profile.

mod lockstep {
    pub(crate) mod act;
    pub(crate) mod laws;
    pub(crate) mod pair;
    pub(crate) mod story;
}

use netiosim_conformance::backends::Sim;
use netiosim_model::profile::Profile;
use proptest::prelude::*;
use proptest::test_runner::Config;
use proptest_state_machine::StateMachineTest;

use crate::lockstep::act::{Act, Books};
use crate::lockstep::pair::{Pair, Tested};

macro_rules! backends {
    ($($name:ident: $backend:expr;)*) => {$(
        mod $name {
            use super::*;

            struct This;

            impl Tested for This {
                fn backend() -> &'static dyn netiosim_conformance::Backend {
                    &$backend
                }
            }

            /// Histories under each profile.
            fn histories(profile: Profile) {
                let config = Config { failure_persistence: None, ..Config::default() };
                let settings = config.clone();
                proptest!(config, |((books, acts, seen) in histories_of(profile))| {
                    Pair::<This>::test_sequential(settings.clone(), books, acts, seen);
                });
            }

            #[test]
            fn documented() {
                histories(Profile::Documented);
            }

            #[test]
            fn observed() {
                histories(Profile::Observed);
            }

            #[test]
            fn adversarial() {
                histories(Profile::Adversarial);
            }

            #[test]
            fn wine() {
                histories(Profile::Wine);
            }
        }
    )*};
}

type Histories = proptest_state_machine::strategy::Sequential<
    Books,
    Act,
    BoxedStrategy<Books>,
    BoxedStrategy<Act>,
>;

/// Histories of a machine under a profile.
fn histories_of(profile: Profile) -> Histories {
    proptest_state_machine::strategy::Sequential::new(
        (1..16).into(),
        move || Just(Books::new(profile)).boxed(),
        Books::preconditions,
        Books::transitions,
        Books::apply,
    )
}

backends! {
    manual: Sim::Manual;
    controlled: Sim::Controlled;
    threads: Sim::Threads;
}

#[cfg(all(feature = "abi", not(windows)))]
backends! {
    abi: netiosim_conformance::backends::Abi;
}
