//! A state that was written out and read back is the same state.
#![cfg(feature = "serde")]

mod reference;

use netiosim_model::machine::State;
use proptest::prelude::*;
use reference::action::script;
use reference::world::World;

proptest! {
    #![proptest_config(reference::config(64))]

    /// Written and read, anywhere in a run, it is equal, and goes on equally.
    #[test]
    fn a_state_survives_being_written(script in script(1..60), cut in any::<usize>()) {
        let cut = cut % (script.actions.len() + 1);
        let mut world = World::new(&script);
        for action in &script.actions[..cut] {
            world.step(action);
        }
        let text = serde_json::to_string(world.machine.state()).expect("it can be written");
        let state: State = serde_json::from_str(&text).expect("it can be read");
        prop_assert_eq!(&state, world.machine.state());
        let mut read = world.clone();
        read.resume(state);
        for action in &script.actions[cut..] {
            world.step(action);
            read.step(action);
        }
        prop_assert_eq!(world.machine.state(), read.machine.state());
    }
}
