//! What is known of one question: the answers, by the parts that were read for them.
//!
//! A question is answered by a function that looks at one part after the other, and which it looks at next depends on
//! what it has seen. So of any two answers there is a part that both looked at, and the answers make a tree: a node tests all
//! parts that every answer below it has looked at, and each outcome of the test leads to an answer or another node.

use std::collections::HashMap;

use netiosim_model::keyed::Fixed;

/// An answer, with the slots that were read for it and their numbers.
#[derive(Debug)]
struct Entry {
    reads: Box<[u16]>,
    values: Box<[u32]>,
    answer: u32,
}

#[derive(Debug)]
struct Node {
    tests: Box<[u16]>,
    ways: HashMap<Box<[u32]>, Way, Fixed>,
}

#[derive(Debug)]
enum Way {
    Answer(u32),
    Node(Box<Node>),
}

/// The answers to one question.
#[derive(Debug, Default)]
pub(crate) struct Knowledge {
    entries: Vec<Entry>,
    root: Option<Way>,
}

impl Knowledge {
    /// The answer in a state, if it is known.
    pub(crate) fn find(&self, state: &[u32], buffer: &mut Vec<u32>) -> Option<u32> {
        let mut way = self.root.as_ref()?;
        loop {
            match way {
                Way::Answer(answer) => return Some(*answer),
                Way::Node(node) => {
                    gather(&node.tests, state, buffer);
                    way = node.ways.get(&buffer[..])?;
                }
            }
        }
    }

    /// Keeps an answer; `reads` are in order, each once.
    pub(crate) fn learn(&mut self, reads: &[u16], state: &[u32], answer: u32) {
        let values = reads.iter().map(|slot| state[usize::from(*slot)]).collect();
        self.entries.push(Entry { reads: reads.into(), values, answer });
        let entries = &self.entries;
        match &mut self.root {
            Some(root) => root.add(reads.to_vec(), &mut Vec::new(), (state, answer), entries),
            root @ None => *root = Some(leaf(reads, state, answer)),
        }
    }
}

impl Way {
    /// Adds the last of the entries, of which these slots are left; the tests above have looked at the others.
    fn add(
        &mut self,
        mut rest: Vec<u16>,
        tested: &mut Vec<u16>,
        (state, answer): (&[u32], u32),
        entries: &[Entry],
    ) {
        if let Self::Node(node) = self
            && node.tests.iter().all(|slot| rest.contains(slot))
        {
            rest.retain(|slot| !node.tests.contains(slot));
            let key: Box<[u32]> = node.tests.iter().map(|slot| state[usize::from(*slot)]).collect();
            if let Some(way) = node.ways.get_mut(&key) {
                tested.extend_from_slice(&node.tests);
                way.add(rest, tested, (state, answer), entries);
            } else {
                node.ways.insert(key, leaf(&rest, state, answer));
            }
            return;
        }
        // The tests here are too many for it: they are made anew for all that lie below.
        let here = |entry: &&Entry| {
            let same = |slot: &u16| entry.value(*slot) == Some(state[usize::from(*slot)]);
            tested.iter().all(same)
        };
        let below: Vec<&Entry> = entries.iter().filter(here).collect();
        *self = build(&below, tested);
    }
}

impl Entry {
    fn value(&self, slot: u16) -> Option<u32> {
        self.reads.binary_search(&slot).ok().map(|at| self.values[at])
    }
}

/// The one answer behind tests of the rest that it has looked at.
fn leaf(rest: &[u16], state: &[u32], answer: u32) -> Way {
    if rest.is_empty() {
        return Way::Answer(answer);
    }
    let key = rest.iter().map(|slot| state[usize::from(*slot)]).collect();
    let mut ways = HashMap::with_hasher(Fixed);
    ways.insert(key, Way::Answer(answer));
    Way::Node(Box::new(Node { tests: rest.into(), ways }))
}

/// The tree of answers; what is in `tested` is equal in all of them.
fn build(entries: &[&Entry], tested: &[u16]) -> Way {
    let first = entries[0];
    let common = first.reads.iter().copied().filter(|slot| {
        !tested.contains(slot) && entries.iter().all(|entry| entry.reads.contains(slot))
    });
    let tests: Box<[u16]> = common.collect();
    if tests.is_empty() {
        debug_assert!(entries.len() == 1, "answers that have looked at nothing in common");
        return Way::Answer(first.answer);
    }
    let mut groups: HashMap<Box<[u32]>, Vec<&Entry>, Fixed> = HashMap::with_hasher(Fixed);
    for entry in entries {
        let value = |slot: &u16| entry.value(*slot).unwrap_or(0);
        groups.entry(tests.iter().map(value).collect()).or_default().push(entry);
    }
    let tested: Vec<u16> = tested.iter().chain(&*tests).copied().collect();
    // The order in which groups come changes nothing: each becomes its own entry.
    let ways = groups.into_iter().map(|(key, group)| (key, build(&group, &tested))).collect();
    Way::Node(Box::new(Node { tests, ways }))
}

fn gather(slots: &[u16], state: &[u32], buffer: &mut Vec<u32>) {
    buffer.clear();
    buffer.extend(slots.iter().map(|slot| state[usize::from(*slot)]));
}

#[cfg(test)]
mod tests {
    use super::Knowledge;

    /// Looks at slot 0, and then at the slot that it names, until one holds 0.
    fn walk(state: &[u32]) -> (Vec<u16>, u32) {
        let (mut at, mut reads, mut answer) = (0_usize, Vec::new(), 0);
        while !reads.contains(&(at as u16)) {
            reads.push(at as u16);
            answer = answer * 10 + state[at];
            at = state[at] as usize;
        }
        reads.sort_unstable();
        (reads, answer)
    }

    #[test]
    fn answers_are_found_where_what_they_looked_at_is_the_same() {
        let (mut known, mut buffer, mut saved) = (Knowledge::default(), Vec::new(), 0);
        for n in 0..625_u32 {
            let state = [n % 5, n / 5 % 5, n / 25 % 5, n / 125, (n * 7) % 5];
            let (reads, answer) = walk(&state);
            match known.find(&state, &mut buffer) {
                Some(found) => {
                    assert_eq!(found, answer, "{state:?}");
                    saved += 1;
                }
                None => known.learn(&reads, &state, answer),
            }
            assert_eq!(known.find(&state, &mut buffer), Some(answer));
        }
        assert!(saved > 300, "{saved}");
    }
}
