//! Schedules: the choices of one run, as a short text that can be printed, kept and replayed.
//!
//! The text is letters, digits, `-` and `_`: it survives a shell, a URL and a double click.
//!
//! | Part | Symbols | What |
//! |---|---|---|
//! | prefix | `n1` | what it is, and the version of this layout |
//! | subject | 1 | `s` a scenario, `c` code |
//! | length | varint | how many symbols the next two parts have |
//! | fingerprint | 11 | what it is a schedule of, 64 bits, highest first |
//! | steps | varints | one for every choice |
//! | checksum | 6 | CRC-32 of everything before, highest first |
//!
//! A symbol carries 6 bits, in the order of the alphabet of URL-safe base 64. A varint puts 5 bits into each symbol, lowest
//! first; bit 5 says that another follows. **Any change of one character is refused.**

mod code;

use std::fmt;
use std::str::FromStr;

pub use self::code::{Kind, code, fingerprint, lane_number, value_code};

const PREFIX: char = 'n';
const VERSION: char = '1';
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const FINGERPRINT_LEN: usize = 11;
const CHECKSUM_LEN: usize = 6;

/// Of what a schedule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// Of a scenario with scripted clients.
    Scenario,
    /// Of code that was run on a stack.
    Code,
}

impl Subject {
    fn symbol(self) -> char {
        match self {
            Self::Scenario => 's',
            Self::Code => 'c',
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scenario => "a scenario",
            Self::Code => "code",
        })
    }
}

/// The choices of one run.
///
/// A step is the stable code of what was chosen, at every point where there was more than one thing to choose from. What
/// a code means is its subject's business, and kinds may be added: a code that nobody offers is an error when the
/// schedule is replayed, not when it is read.
///
/// # Examples
///
/// ```
/// use netiosim_model::schedule::{Schedule, ScheduleError, Subject};
///
/// let schedule = Schedule { subject: Subject::Code, fingerprint: 7, steps: vec![0, 4, 1] };
/// let text = schedule.to_string();
/// assert_eq!(text, "n1cOAAAAAAAAAAHAEBCNl_RR");
/// assert_eq!(text.parse(), Ok(schedule));
/// assert_eq!(text.replace('E', "F").parse::<Schedule>(), Err(ScheduleError::Checksum));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Schedule {
    /// Of what it is.
    pub subject: Subject,
    /// Tells one scenario or test, with its settings, from others.
    pub fingerprint: u64,
    /// What was chosen.
    pub steps: Vec<u32>,
}

impl Schedule {
    /// Says whether this is a schedule of that.
    ///
    /// # Errors
    ///
    /// [`ScheduleError::OtherSubject`] or [`ScheduleError::OtherFingerprint`] when it is not.
    pub fn fits(&self, subject: Subject, fingerprint: u64) -> Result<(), ScheduleError> {
        if self.subject != subject {
            return Err(ScheduleError::OtherSubject { wanted: subject, found: self.subject });
        }
        if self.fingerprint != fingerprint {
            return Err(ScheduleError::OtherFingerprint);
        }
        Ok(())
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut body = String::with_capacity(FINGERPRINT_LEN + self.steps.len());
        push_fixed(&mut body, self.fingerprint, FINGERPRINT_LEN);
        for step in &self.steps {
            push_varint(&mut body, u64::from(*step));
        }
        let mut text = String::with_capacity(body.len() + 12);
        text.extend([PREFIX, VERSION, self.subject.symbol()]);
        push_varint(&mut text, body.len() as u64);
        text.push_str(&body);
        let sum = checksum(text.as_bytes());
        push_fixed(&mut text, u64::from(sum), CHECKSUM_LEN);
        f.write_str(&text)
    }
}

/// Why a text is no schedule, or not the one that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScheduleError {
    /// It does not begin as schedules do.
    NoSchedule,
    /// It is of a version that this program does not know.
    UnknownVersion(char),
    /// It is of something that this program does not know.
    UnknownSubject(char),
    /// A character that schedules are not made of, and its position from 0, in characters.
    BadCharacter(char, usize),
    /// It ends too early: so many characters are missing, at least.
    CutShort(usize),
    /// It goes on after its end, by so many characters.
    TooLong(usize),
    /// A character is wrong somewhere.
    Checksum,
    /// It is of the other kind.
    OtherSubject {
        /// What was to be replayed.
        wanted: Subject,
        /// What the schedule is of.
        found: Subject,
    },
    /// It is of another scenario or test, or of the same one with other settings.
    OtherFingerprint,
}

impl fmt::Display for ScheduleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSchedule => {
                write!(f, "this is no schedule: those begin with {PREFIX}{VERSION}")
            }
            Self::UnknownVersion(version) => {
                write!(f, "the schedule is of version '{version}'; known is {VERSION}")
            }
            Self::UnknownSubject(subject) => {
                write!(f, "the schedule is of an unknown kind, '{subject}'")
            }
            Self::BadCharacter(found, at) => {
                write!(f, "character {found:?} at position {at} is in no schedule")
            }
            Self::CutShort(1) => f.write_str("the schedule is cut short: a character is missing"),
            Self::CutShort(missing) => {
                write!(f, "the schedule is cut short: {missing} characters are missing")
            }
            Self::TooLong(1) => f.write_str("the schedule has a character too many"),
            Self::TooLong(extra) => write!(f, "the schedule has {extra} characters too many"),
            Self::Checksum => {
                f.write_str("the checksum of the schedule is wrong: was it copied as a whole?")
            }
            Self::OtherSubject { wanted, found } => {
                write!(f, "the schedule is of {found}, wanted is one of {wanted}")
            }
            Self::OtherFingerprint => f.write_str(
                "the schedule is of another scenario or test, or was made with other settings",
            ),
        }
    }
}

impl std::error::Error for ScheduleError {}

impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let mut head = text.chars();
        if head.next() != Some(PREFIX) {
            return Err(ScheduleError::NoSchedule);
        }
        match head.next() {
            Some(VERSION) => {}
            Some(other) => return Err(ScheduleError::UnknownVersion(other)),
            None => return Err(ScheduleError::CutShort(1)),
        }
        let subject = match head.next() {
            Some('s') => Subject::Scenario,
            Some('c') => Subject::Code,
            Some(other) => return Err(ScheduleError::UnknownSubject(other)),
            None => return Err(ScheduleError::CutShort(1)),
        };
        let rest = head.as_str();
        let mut values = Vec::with_capacity(rest.len());
        for (at, found) in rest.chars().enumerate() {
            let value = value_of(found).ok_or(ScheduleError::BadCharacter(found, at + 3))?;
            values.push(value);
        }
        let mut symbols = &values[..];
        let length = match take_varint(&mut symbols) {
            Varint::Whole(length) => usize::try_from(length).unwrap_or(usize::MAX),
            Varint::TooLarge => return Err(ScheduleError::Checksum),
            Varint::Unfinished => return Err(ScheduleError::CutShort(1)),
        };
        let wanted = length.saturating_add(CHECKSUM_LEN);
        if symbols.len() < wanted {
            return Err(ScheduleError::CutShort(wanted - symbols.len()));
        }
        if symbols.len() > wanted {
            return Err(ScheduleError::TooLong(symbols.len() - wanted));
        }
        let (mut body, sum) = symbols.split_at(length);
        let told = text.len() - CHECKSUM_LEN;
        if take_fixed(sum) != Some(u64::from(checksum(&text.as_bytes()[..told]))) {
            return Err(ScheduleError::Checksum);
        }
        if body.len() < FINGERPRINT_LEN {
            return Err(ScheduleError::CutShort(FINGERPRINT_LEN - body.len()));
        }
        let fingerprint = take_fixed(&body[..FINGERPRINT_LEN]).ok_or(ScheduleError::Checksum)?;
        body = &body[FINGERPRINT_LEN..];
        let mut steps = Vec::with_capacity(body.len());
        while !body.is_empty() {
            match take_varint(&mut body) {
                Varint::Whole(step) => {
                    steps.push(u32::try_from(step).map_err(|_| ScheduleError::Checksum)?);
                }
                Varint::TooLarge => return Err(ScheduleError::Checksum),
                Varint::Unfinished => return Err(ScheduleError::CutShort(1)),
            }
        }
        Ok(Self { subject, fingerprint, steps })
    }
}

fn symbol(value: u64) -> char {
    char::from(ALPHABET[(value & 63) as usize])
}

fn value_of(symbol: char) -> Option<u8> {
    let at = ALPHABET.iter().position(|known| char::from(*known) == symbol)?;
    u8::try_from(at).ok()
}

fn push_varint(text: &mut String, mut value: u64) {
    while value >= 32 {
        text.push(symbol(value & 31 | 32));
        value >>= 5;
    }
    text.push(symbol(value));
}

fn push_fixed(text: &mut String, value: u64, len: usize) {
    for at in (0..len).rev() {
        text.push(symbol(value >> (6 * at)));
    }
}

enum Varint {
    Whole(u64),
    TooLarge,
    Unfinished,
}

fn take_varint(symbols: &mut &[u8]) -> Varint {
    let mut value = 0u64;
    for (at, symbol) in symbols.iter().enumerate() {
        if at >= 12 {
            return Varint::TooLarge;
        }
        value |= u64::from(symbol & 31) << (5 * at);
        if symbol & 32 == 0 {
            if *symbol == 0 && at > 0 {
                // No number is written with zeros in front.
                return Varint::TooLarge;
            }
            *symbols = &symbols[at + 1..];
            return Varint::Whole(value);
        }
    }
    Varint::Unfinished
}

/// The number; `None` if it has more than 64 bits.
fn take_fixed(symbols: &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for symbol in symbols {
        if value >> 58 != 0 {
            return None;
        }
        value = value << 6 | u64::from(*symbol);
    }
    Some(value)
}

/// CRC-32 (ISO-HDLC): it notices every change within 32 bits in a row, so that of any one character.
fn checksum(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { sum >> 1 ^ 0xEDB8_8320 } else { sum >> 1 };
        }
    }
    !sum
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ALPHABET, Schedule, ScheduleError, Subject, checksum};

    fn sample() -> Schedule {
        Schedule { subject: Subject::Code, fingerprint: 42, steps: vec![0, 31, 32, 4_000_000_000] }
    }

    #[test]
    fn the_checksum_is_the_published_one() {
        assert_eq!(checksum(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn errors_say_what_is_wrong() {
        let text = sample().to_string();
        let parse = |text: &str| text.parse::<Schedule>().unwrap_err();
        assert_eq!(parse(""), ScheduleError::NoSchedule);
        assert_eq!(parse("hello"), ScheduleError::NoSchedule);
        assert_eq!(parse("n"), ScheduleError::CutShort(1));
        assert_eq!(parse("n2cAA"), ScheduleError::UnknownVersion('2'));
        assert_eq!(parse("n1xAA"), ScheduleError::UnknownSubject('x'));
        assert_eq!(parse(&text[..text.len() - 4]), ScheduleError::CutShort(4));
        assert_eq!(parse(&format!("{text}A")), ScheduleError::TooLong(1));
        assert_eq!(parse(&format!("{}é", &text[..9])), ScheduleError::BadCharacter('é', 9));
        let other = text.replacen('c', "s", 1);
        assert_eq!(parse(&other), ScheduleError::Checksum);
    }

    #[test]
    fn a_schedule_fits_its_own_subject_alone() {
        let schedule = sample();
        assert_eq!(schedule.fits(Subject::Code, 42), Ok(()));
        assert_eq!(schedule.fits(Subject::Code, 41), Err(ScheduleError::OtherFingerprint));
        let error = schedule.fits(Subject::Scenario, 42).unwrap_err();
        assert_eq!(error.to_string(), "the schedule is of code, wanted is one of a scenario");
    }

    fn schedules() -> impl Strategy<Value = Schedule> {
        let subject = prop_oneof![Just(Subject::Scenario), Just(Subject::Code)];
        let step = prop_oneof![0u32..40, any::<u32>()];
        (subject, any::<u64>(), prop::collection::vec(step, 0..60))
            .prop_map(|(subject, fingerprint, steps)| Schedule { subject, fingerprint, steps })
    }

    proptest! {
        #[test]
        fn a_text_is_read_as_what_was_written(schedule in schedules()) {
            prop_assert_eq!(schedule.to_string().parse::<Schedule>(), Ok(schedule));
        }

        #[test]
        fn a_changed_character_is_refused(
            schedule in schedules(),
            at in any::<prop::sample::Index>(),
            symbol in 0usize..64,
        ) {
            let mut text = schedule.to_string().into_bytes();
            let at = at.index(text.len());
            prop_assume!(text[at] != ALPHABET[symbol]);
            text[at] = ALPHABET[symbol];
            let text = String::from_utf8(text).unwrap();
            prop_assert!(text.parse::<Schedule>().is_err(), "{text}");
        }

        #[test]
        fn a_part_is_refused(schedule in schedules(), at in any::<prop::sample::Index>()) {
            let text = schedule.to_string();
            prop_assert!(text[..at.index(text.len())].parse::<Schedule>().is_err());
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in "\\PC{0,40}", tail in "[A-Za-z0-9_-]{0,40}") {
            prop_assert!(text.parse::<Schedule>().is_err());
            let _ = format!("n1c{tail}").parse::<Schedule>();
        }
    }
}
