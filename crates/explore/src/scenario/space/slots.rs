//! Where each part of a world lies in a state.

use netiosim_model::machine::PartKind;
use netiosim_model::part::COUNT;
use netiosim_scenario::world::WorldPartName;

/// No slot.
const NONE: u16 = u16::MAX;

/// The kinds of parts: those of the machine, and seven of the world.
const KINDS: usize = PartKind::COUNT + 7;

/// The slots of parts, by name and back; looked up for every part that a step touches.
#[derive(Clone, Debug)]
pub(crate) struct Slots {
    names: Vec<WorldPartName>,
    /// By kind and position; at 0 how many there are, the parts behind it.
    slots: [Vec<u16>; KINDS],
}

/// The kind of a part, and which of that kind; 0 stands for [`COUNT`], which is no other number plus one.
fn place(name: WorldPartName) -> (usize, usize) {
    let (kind, at) = match name {
        WorldPartName::Machine((kind, at)) => (kind as usize, at),
        WorldPartName::Runner(at) => (PartKind::COUNT, at),
        WorldPartName::Wake(at) => (PartKind::COUNT + 1, at),
        WorldPartName::Store => (PartKind::COUNT + 2, 0),
        WorldPartName::Threads => (PartKind::COUNT + 3, 0),
        WorldPartName::Timeline => (PartKind::COUNT + 4, 0),
        WorldPartName::Draws => (PartKind::COUNT + 5, 0),
        WorldPartName::History => (PartKind::COUNT + 6, 0),
    };
    const { assert!(COUNT == usize::MAX) }
    (kind, at.wrapping_add(1))
}

impl Slots {
    pub(crate) fn new() -> Self {
        Self { names: Vec::new(), slots: [const { Vec::new() }; KINDS] }
    }

    /// The slot of a part that has one.
    pub(crate) fn get(&self, name: WorldPartName) -> Option<u16> {
        let (kind, at) = place(name);
        self.slots[kind].get(at).copied().filter(|slot| *slot != NONE)
    }

    /// Gives a part that has none the next slot; `None`: there are no more.
    pub(crate) fn add(&mut self, name: WorldPartName) -> Option<u16> {
        let slot = u16::try_from(self.names.len()).ok().filter(|slot| *slot != NONE)?;
        let (kind, at) = place(name);
        let slots = &mut self.slots[kind];
        if slots.len() <= at {
            slots.resize(at + 1, NONE);
        }
        slots[at] = slot;
        self.names.push(name);
        Some(slot)
    }

    /// The name of the part in a slot.
    pub(crate) fn name(&self, slot: u16) -> WorldPartName {
        self.names[usize::from(slot)]
    }

    /// The names of all slots, in order.
    pub(crate) fn names(&self) -> &[WorldPartName] {
        &self.names
    }

    /// How many slots there are.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }
}

#[cfg(test)]
mod tests {
    use netiosim_model::machine::PartKind;
    use netiosim_model::part::COUNT;
    use netiosim_scenario::world::WorldPartName;

    use super::Slots;

    #[test]
    fn every_part_has_a_slot_of_its_own() {
        let mut slots = Slots::new();
        let names = [
            WorldPartName::Store,
            WorldPartName::Runner(0),
            WorldPartName::Runner(COUNT),
            WorldPartName::Runner(2),
            WorldPartName::Wake(0),
            WorldPartName::Machine((PartKind::Options, 0)),
            WorldPartName::Machine((PartKind::Overlapped, 0)),
            WorldPartName::Machine((PartKind::Overlapped, COUNT)),
            WorldPartName::History,
        ];
        for (n, name) in names.into_iter().enumerate() {
            assert_eq!(slots.get(name), None, "{name:?}");
            assert_eq!(slots.add(name).map(usize::from), Some(n));
        }
        for (n, name) in names.into_iter().enumerate() {
            let slot = slots.get(name).expect("it was added");
            assert_eq!((usize::from(slot), slots.name(slot)), (n, name));
        }
        assert_eq!(slots.get(WorldPartName::Runner(1)), None, "a gap");
        assert_eq!((slots.len(), slots.names()), (names.len(), &names[..]));
    }
}
