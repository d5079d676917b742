//! What is known of one question: the answers, by the parts that were read for them.
//!
//! A question is answered by a function that looks at one part after the other, and which it looks at next depends on
//! what it has seen. So of any two different sights there is a part that both looked at and that differs, and the answers
//! make a tree: a node tests a part that every answer below it has looked at. The tests only lead the way: whoever comes
//! to an answer compares everything that was read for it.

use hashbrown::HashTable;

/// The answers to one question.
#[derive(Clone, Debug, Default)]
pub(crate) struct Knowledge {
    sights: Sights,
    nodes: Vec<Node>,
    root: Option<Way>,
}

/// What was read for each answer.
#[derive(Clone, Debug, Default)]
struct Sights {
    /// Slots in order, and the numbers in them; one sight behind the other.
    read: Vec<(u16, u32)>,
    all: Vec<Sight>,
}

#[derive(Clone, Debug)]
struct Sight {
    /// Where it ends among all that was read.
    end: u32,
    answer: u32,
    /// The next one to which the same tests lead.
    next: Option<u32>,
}

/// Where a test leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// To a few sights, of which this is the first.
    Sights(u32),
    /// To another test.
    Node(u32),
}

#[derive(Clone, Debug)]
struct Node {
    /// The slot that is tested.
    slot: u16,
    /// Where the numbers in it lead.
    ways: Vec<(u32, Way)>,
    /// Positions of ways by their numbers, once there are many.
    table: HashTable<u32>,
}

/// So many sights are quicker compared than told apart by tests, and so many keys than hashed.
const FEW: usize = 4;

impl Knowledge {
    /// The answer in a state, if it is known.
    pub(crate) fn find(&self, state: &[u32]) -> Option<u32> {
        let mut way = self.root?;
        loop {
            match way {
                Way::Sights(first) => {
                    let same = |sight: &u32| {
                        let read = self.sights.read(*sight);
                        read.iter().all(|(slot, number)| state[usize::from(*slot)] == *number)
                    };
                    let found = self.sights.chain(first).find(same)?;
                    return Some(self.sights.all[found as usize].answer);
                }
                Way::Node(node) => {
                    let node = &self.nodes[node as usize];
                    way = node.ways[node.find(state[usize::from(node.slot)])?].1;
                }
            }
        }
    }

    /// Keeps an answer; `reads` are in order, each once.
    pub(crate) fn learn(&mut self, reads: &[u16], state: &[u32], answer: u32) {
        let sight = self.sights.add(reads, state, answer);
        self.root = Some(match self.root {
            None => Way::Sights(sight),
            Some(root) => self.add(root, sight),
        });
    }

    /// Bytes on the heap, as allocated.
    pub(crate) fn bytes(&self) -> usize {
        let node = |node: &Node| {
            node.ways.capacity() * size_of::<(u32, Way)>() + node.table.allocation_size()
        };
        self.nodes.capacity() * size_of::<Node>()
            + self.nodes.iter().map(node).sum::<usize>()
            + self.sights.read.capacity() * size_of::<(u16, u32)>()
            + self.sights.all.capacity() * size_of::<Sight>()
    }

    /// Where a way leads once this sight is below it.
    fn add(&mut self, way: Way, sight: u32) -> Way {
        match way {
            Way::Sights(first) if self.sights.chain(first).count() < FEW => {
                self.sights.all[sight as usize].next = Some(first);
                return Way::Sights(sight);
            }
            Way::Sights(_) => {}
            Way::Node(number) => {
                let node = &self.nodes[number as usize];
                if let Some(seen) = value(self.sights.read(sight), node.slot) {
                    if let Some(at) = node.find(seen) {
                        let next = self.add(node.ways[at].1, sight);
                        self.nodes[number as usize].ways[at].1 = next;
                    } else {
                        self.nodes[number as usize].put(seen, Way::Sights(sight));
                    }
                    return way;
                }
            }
        }
        // There is no test here, or one that it has not looked at: they are made anew for all that lie below.
        let mut below = Vec::new();
        self.collect(way, &mut below);
        below.push(sight);
        self.build(below)
    }

    fn collect(&self, way: Way, into: &mut Vec<u32>) {
        match way {
            Way::Sights(first) => into.extend(self.sights.chain(first)),
            Way::Node(node) => {
                self.nodes[node as usize].ways.iter().for_each(|way| self.collect(way.1, into));
            }
        }
    }

    /// The tests that tell these sights apart.
    fn build(&mut self, all: Vec<u32>) -> Way {
        if all.len() <= FEW {
            let mut next = None;
            for sight in all {
                self.sights.all[sight as usize].next = next;
                next = Some(sight);
            }
            return Way::Sights(next.expect("there is a sight to lead to"));
        }
        let slot = self.sights.best_test(&all);
        let mut node = Node { slot, ways: Vec::new(), table: HashTable::new() };
        let mut groups: Vec<Vec<u32>> = Vec::new();
        for sight in all {
            let seen = value(self.sights.read(sight), slot).unwrap_or(0);
            if let Some(at) = node.find(seen) {
                groups[at].push(sight);
            } else {
                node.put(seen, Way::Sights(sight));
                groups.push(vec![sight]);
            }
        }
        for (at, group) in groups.into_iter().enumerate() {
            node.ways[at].1 = self.build(group);
        }
        self.nodes.push(node);
        Way::Node(u32::try_from(self.nodes.len() - 1).expect("fewer than 2^32 nodes"))
    }
}

impl Sights {
    fn add(&mut self, reads: &[u16], state: &[u32], answer: u32) -> u32 {
        let sight = u32::try_from(self.all.len()).expect("fewer than 2^32 answers");
        self.read.extend(reads.iter().map(|slot| (*slot, state[usize::from(*slot)])));
        let end = u32::try_from(self.read.len()).expect("fewer than 2^32 numbers that were read");
        self.all.push(Sight { end, answer, next: None });
        sight
    }

    fn read(&self, sight: u32) -> &[(u16, u32)] {
        let sight = sight as usize;
        let begin = sight.checked_sub(1).map_or(0, |before| self.all[before].end);
        &self.read[begin as usize..self.all[sight].end as usize]
    }

    /// This sight and those behind it.
    fn chain(&self, first: u32) -> impl Iterator<Item = u32> {
        std::iter::successors(Some(first), |sight| self.all[*sight as usize].next)
    }

    /// The slot that all of them have looked at, and in which they have seen the most different numbers.
    fn best_test(&self, all: &[u32]) -> u16 {
        let (mut best, mut most, mut seen) = (None, 1, Vec::new());
        for (slot, _) in self.read(all[0]) {
            seen.clear();
            seen.extend(all.iter().map_while(|sight| value(self.read(*sight), *slot)));
            if seen.len() < all.len() {
                continue;
            }
            seen.sort_unstable();
            seen.dedup();
            if seen.len() > most {
                (best, most) = (Some(*slot), seen.len());
            }
        }
        best.expect("a part that all have looked at and did not all see alike")
    }
}

/// The number that was read in a slot.
fn value(read: &[(u16, u32)], slot: u16) -> Option<u32> {
    read.binary_search_by_key(&slot, |read| read.0).ok().map(|at| read[at].1)
}

fn hash(number: u32) -> u64 {
    let hash = u64::from(number).wrapping_mul(0x517c_c1b7_2722_0a95);
    hash ^ (hash >> 32)
}

impl Node {
    /// The position of the way to which a number leads.
    fn find(&self, number: u32) -> Option<usize> {
        if self.ways.len() <= FEW {
            return self.ways.iter().position(|way| way.0 == number);
        }
        let same = |at: &u32| self.ways[*at as usize].0 == number;
        self.table.find(hash(number), same).map(|at| *at as usize)
    }

    /// Adds a way for a number that has none.
    fn put(&mut self, number: u32, way: Way) {
        self.ways.push((number, way));
        let (ways, count) = (&self.ways, self.ways.len());
        if count <= FEW {
            return;
        }
        let first = if count == FEW + 1 { 0 } else { count - 1 };
        for (at, way) in ways.iter().enumerate().skip(first) {
            let at = u32::try_from(at).expect("fewer than 2^32 answers");
            self.table.insert_unique(hash(way.0), at, |at| hash(ways[*at as usize].0));
        }
    }
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
        let (mut known, mut saved) = (Knowledge::default(), 0);
        for n in 0..625_u32 {
            let state = [n % 5, n / 5 % 5, n / 25 % 5, n / 125, (n * 7) % 5];
            let (reads, answer) = walk(&state);
            match known.find(&state) {
                Some(found) => {
                    assert_eq!(found, answer, "{state:?}");
                    saved += 1;
                }
                None => known.learn(&reads, &state, answer),
            }
            assert_eq!(known.find(&state), Some(answer));
        }
        assert!(saved > 300, "{saved}");
        // What was learnt early is not lost when tests are chosen anew.
        for n in 0..625_u32 {
            let state = [n % 5, n / 5 % 5, n / 25 % 5, n / 125, (n * 7) % 5];
            assert_eq!(known.find(&state), Some(walk(&state).1), "{state:?}");
        }
    }
}
