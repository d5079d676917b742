//! Schedules as they are kept: the numbers that they are written in, and texts that are almost
//! schedules. Numbers and layout stay what they are, so that a kept schedule can be replayed.

use netiosim_model::ids::{Handle, LaneId};
use netiosim_model::schedule::{
    Kind, Schedule, ScheduleError, Subject, code, lane_number, value_code,
};

/// The symbols, in the order of their values.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A text with the checksum that fits it: CRC-32 in six symbols, highest first.
fn sealed(text: &str) -> String {
    let mut sum = u32::MAX;
    for byte in text.bytes() {
        sum ^= u32::from(byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { (sum >> 1) ^ 0xEDB8_8320 } else { sum >> 1 };
        }
    }
    let sum = u64::from(!sum);
    let symbols = (0..6).rev().map(|at| char::from(ALPHABET[(sum >> (6 * at) & 63) as usize]));
    text.chars().chain(symbols).collect()
}

fn refused(text: &str) -> ScheduleError {
    text.parse::<Schedule>().expect_err("no schedule")
}

#[test]
fn a_code_is_the_number_with_its_kind_in_the_lowest_bits() {
    for (kind, number, expected) in [
        (Kind::Run, 0, 0),
        (Kind::Deliver, 0, 1),
        (Kind::Value, 0, 2),
        (Kind::Environment, 0, 3),
        (Kind::Run, 5, 20),
        (Kind::Deliver, 5, 21),
        (Kind::Environment, 0x3FFF_FFFF, u32::MAX),
    ] {
        assert_eq!(code(kind, number), expected, "{kind:?} {number}");
    }
}

#[test]
fn a_lane_is_numbered_by_the_place_of_its_handle_and_its_own() {
    // Neither the tag of the stack nor how often the place was used before counts.
    for (handle, lane, number) in [
        (0x10, 0, 2),
        (0x10, 1, 3),
        (0x50, 0, 10),
        (0x0009_0000_0000_0050, 1, 11),
        (0xFFFF_FFFF_F000_0050, 1, 11),
        (0x0FFF_FFF0, 1, 0x1FF_FFFF),
        (0, 0, 0),
    ] {
        assert_eq!(lane_number(LaneId { handle: Handle(handle), lane }), number, "{handle:#x}");
    }
}

#[test]
fn a_value_is_written_as_18_bits_of_its_name() {
    // FNV-1a over the option and the value, each with a zero, folded at 18 and 36 bits; times four, and two
    // for a value.
    for (option, value, expected) in [
        ("media-loss", "keep", 503_966),
        ("media-loss", "lose", 973_826),
        ("dormancy-rule", "hour-without-traffic", 646_282),
        ("", "", 436_574),
    ] {
        assert_eq!(value_code(option, value), expected, "{option} {value}");
    }
}

#[test]
fn a_sealed_text_is_a_schedule() {
    let schedule = Schedule { subject: Subject::Code, fingerprint: 7, steps: vec![0, 4, 1] };
    assert_eq!(sealed("n1cOAAAAAAAAAAHAEB"), schedule.to_string());
}

#[test]
fn a_text_without_a_whole_fingerprint_tells_how_much_is_missing() {
    for (body, missing) in [("", 11), ("AAAA", 7), ("AAAAAAAAAA", 1)] {
        let length = char::from(ALPHABET[body.len()]);
        let error = refused(&sealed(&format!("n1s{length}{body}")));
        assert_eq!(error, ScheduleError::CutShort(missing), "{body}");
    }
}

#[test]
fn a_text_that_goes_on_tells_by_how_much() {
    let text = sealed("n1cOAAAAAAAAAAHAEB");
    for extra in 1..5 {
        let error = refused(&format!("{text}{}", "A".repeat(extra)));
        assert_eq!(error, ScheduleError::TooLong(extra));
    }
}

#[test]
fn no_number_is_written_with_zeros_in_front() {
    // Otherwise one schedule would have several texts.
    let fingerprint = "AAAAAAAAAAH";
    for (what, text) in [
        ("a step of 0", format!("n1cN{fingerprint}gA")),
        ("a step of 1", format!("n1cN{fingerprint}hA")),
        ("the length", format!("n1crA{fingerprint}")),
    ] {
        assert_eq!(refused(&sealed(&text)), ScheduleError::Checksum, "{what}");
    }
    assert!(sealed(&format!("n1cM{fingerprint}A")).parse::<Schedule>().is_ok());
}
