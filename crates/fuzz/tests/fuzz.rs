//! The fuzz targets without a fuzzer: bytes that are drawn, files of the corpus as they are, and files of the corpus with
//! random edits.

use std::fs;
use std::path::{Path, PathBuf};

use netiosim_fuzz::TARGETS;
use proptest::prelude::*;
use proptest::sample::Index;

/// Numbers that are put in the place of others.
const EXTREMES: [&str; 12] = [
    "0",
    "-1",
    "1",
    "128",
    "255",
    "65536",
    "16777216",
    "4294967295",
    "4294967296",
    "18446744073709551615",
    "1e400",
    "0.5",
];

fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target)
}

/// The files of the corpus of a target, by name.
fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let read = |entry: std::io::Result<fs::DirEntry>| {
        let path = entry.expect("an entry of the corpus").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        (name, fs::read(&path).expect("a file of the corpus"))
    };
    let mut all: Vec<_> = fs::read_dir(folder(target)).expect("the corpus").map(read).collect();
    all.sort();
    all
}

/// One edit of some bytes.
#[derive(Clone, Debug)]
enum Edit {
    Flip(Index, u8),
    Put(Index, u8),
    Insert(Index, Vec<u8>),
    Delete(Index, Index),
    Duplicate(Index, Index, Index),
    /// A part of another file of the corpus, somewhere.
    Splice(Index, Index, Index, Index),
    /// Of the numbers in the text, this one becomes an extreme one.
    Number(Index, Index),
}

fn edit() -> impl Strategy<Value = Edit> {
    let at = any::<Index>;
    prop_oneof![
        (at(), 0..8u8).prop_map(|(at, bit)| Edit::Flip(at, bit)),
        (at(), any::<u8>()).prop_map(|(at, byte)| Edit::Put(at, byte)),
        (at(), prop::collection::vec(any::<u8>(), 1..5))
            .prop_map(|(at, new)| Edit::Insert(at, new)),
        (at(), at()).prop_map(|(one, other)| Edit::Delete(one, other)),
        (at(), at(), at()).prop_map(|(one, other, to)| Edit::Duplicate(one, other, to)),
        (at(), at(), at(), at()).prop_map(|(n, one, other, to)| Edit::Splice(n, one, other, to)),
        (at(), at()).prop_map(|(at, extreme)| Edit::Number(at, extreme)),
    ]
}

/// A range of at most 200 of so many bytes.
fn range(one: &Index, other: &Index, length: usize) -> std::ops::Range<usize> {
    let (one, other) = (one.index(length + 1), other.index(length + 1));
    let start = one.min(other);
    start..one.max(other).min(start + 200)
}

fn apply(edit: &Edit, data: &mut Vec<u8>, all: &[(String, Vec<u8>)]) {
    let length = data.len();
    match edit {
        Edit::Flip(at, bit) if length > 0 => data[at.index(length)] ^= 1 << bit,
        Edit::Put(at, byte) if length > 0 => data[at.index(length)] = *byte,
        Edit::Flip(..) | Edit::Put(..) => {}
        Edit::Insert(at, new) => {
            let at = at.index(length + 1);
            data.splice(at..at, new.iter().copied());
        }
        Edit::Delete(one, other) => drop(data.drain(range(one, other, length))),
        Edit::Duplicate(one, other, to) => {
            let (part, to) = (data[range(one, other, length)].to_vec(), to.index(length + 1));
            data.splice(to..to, part);
        }
        Edit::Splice(n, one, other, to) => {
            let from = &all[n.index(all.len())].1;
            let (part, to) = (from[range(one, other, from.len())].to_vec(), to.index(length + 1));
            data.splice(to..to, part);
        }
        Edit::Number(at, extreme) => {
            let digit = |at: usize| data.get(at).is_some_and(u8::is_ascii_digit);
            let starts: Vec<usize> =
                (0..length).filter(|at| digit(*at) && (*at == 0 || !digit(at - 1))).collect();
            if !starts.is_empty() {
                let start = starts[at.index(starts.len())];
                let end = (start..length).find(|at| !digit(*at)).unwrap_or(length);
                data.splice(start..end, EXTREMES[extreme.index(EXTREMES.len())].bytes());
            }
        }
    }
}

/// What a target is given.
fn given(target: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let all = corpus(target);
    assert!(!all.is_empty(), "there is no corpus");
    let edits = prop::collection::vec(edit(), 1..6);
    let edited = (any::<Index>(), edits).prop_map(move |(n, edits)| {
        let mut data = all[n.index(all.len())].1.clone();
        edits.iter().for_each(|edit| apply(edit, &mut data, &all));
        data
    });
    prop_oneof![1 => prop::collection::vec(any::<u8>(), 0..512), 3 => edited]
}

fn function(target: &str) -> fn(&[u8]) {
    TARGETS.iter().find(|known| known.0 == target).expect("a target").1
}

macro_rules! targets {
    ($($target:ident)*) => {
        $(
            mod $target {
                use super::*;

                #[test]
                fn files_of_the_corpus_as_they_are() {
                    let failing = |(name, data): (String, Vec<u8>)| {
                        let done = std::panic::catch_unwind(|| function(stringify!($target))(&data));
                        done.is_err().then_some(name)
                    };
                    let failing: Vec<String> =
                        corpus(stringify!($target)).into_iter().filter_map(failing).collect();
                    assert!(failing.is_empty(), "fuzz/corpus/{}: {failing:?}", stringify!($target));
                }

                proptest! {
                    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

                    #[test]
                    fn any_bytes_and_files_with_edits(data in given(stringify!($target))) {
                        function(stringify!($target))(&data);
                    }
                }
            }
        )*

        #[test]
        fn every_target_is_tested() {
            let names: Vec<&str> = TARGETS.iter().map(|target| target.0).collect();
            assert_eq!(names, [$(stringify!($target)),*]);
        }
    };
}

targets! { scenario import schedule differential abi }

/// The corpus stays small: it is what a search begins with, not what it found.
#[test]
fn the_corpus_is_small() {
    for (target, _) in TARGETS {
        let all = corpus(target);
        let bytes: usize = all.iter().map(|(_, data)| data.len()).sum();
        assert!(
            all.len() <= 40 && bytes <= 200 * 1024,
            "{target}: {} files, {bytes} bytes",
            all.len()
        );
    }
}
