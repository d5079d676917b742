//! Result codes: numbers per flavour, names, texts, reading.

use netiosim_model::status::{
    Flavour, KernelNames, Status, code_name, code_names, message, nearest, parse_code, success,
};

const LITERAL: KernelNames = KernelNames { literal_error_names: true, no_memory: 0xC000_009A };
const MAPPED: KernelNames = KernelNames { literal_error_names: false, no_memory: 0xC000_0017 };

/// What the fact sheet says, independently of the crate's own table.
const NUMBERS: &[(Status, u32, u32, u32)] = &[
    (Status::Success, 0, 0, 0),
    (Status::InvalidParameter, 87, 0xC000_000D, 0xC000_000D),
    (Status::InvalidHandle, 6, 6, 0xC000_0008),
    (Status::NotEnoughMemory, 8, 0xC000_009A, 0xC000_0017),
    (Status::NotReady, 21, 21, 0xC000_00A3),
    (Status::NotSupported, 50, 0xC000_00BB, 0xC000_00BB),
    (Status::FileNotFound, 2, 0xC000_0225, 0xC000_0225),
    (Status::NotFound, 1168, 0xC000_0225, 0xC000_0225),
    (Status::AccessDenied, 5, 0xC000_0022, 0xC000_0022),
    (Status::IoPending, 997, 997, 0x103),
    (Status::NotRegistered, 1753, 0xC002_0036, 0xC002_0036),
    (Status::ServerUnavailable, 1722, 0xC002_0017, 0xC002_0017),
    (Status::PossibleDeadlock, 1131, 0xC000_0194, 0xC000_0194),
    (Status::BufferOverflow, 111, 111, 0x8000_0005),
    (Status::InvalidName, 123, 0xC000_0033, 0xC000_0033),
    (Status::CanNotComplete, 1003, 0xC000_0001, 0xC000_0001),
    (Status::NetworkUnreachable, 1231, 0xC000_023C, 0xC000_023C),
    (Status::ObjectAlreadyExists, 5010, 5010, 0xC000_0035),
    // Of functions that drivers do not have: the plain analogues.
    (Status::NoData, 232, 0xC000_00B1, 0xC000_00B1),
    (Status::AddressNotAssociated, 1228, 0xC000_0239, 0xC000_0239),
    (Status::Absent, 127, 0xC000_0139, 0xC000_0139),
];

#[test]
fn every_status_has_its_numbers_in_both_flavours() {
    for &(status, user, literal, mapped) in NUMBERS {
        assert_eq!(status.code(Flavour::User, LITERAL), user, "{status:?}");
        assert_eq!(status.code(Flavour::User, MAPPED), user, "{status:?}");
        assert_eq!(status.code(Flavour::Kernel, LITERAL), literal, "{status:?}");
        assert_eq!(status.code(Flavour::Kernel, MAPPED), mapped, "{status:?}");
    }
    let listed: Vec<Status> = NUMBERS.iter().map(|row| row.0).collect();
    assert_eq!(Status::all().collect::<Vec<_>>(), listed);
}

#[test]
fn a_raw_status_is_its_number() {
    for flavour in Flavour::ALL {
        assert_eq!(Status::Raw(4711).code(flavour, LITERAL), 4711);
        assert_eq!(Status::Raw(0xC000_0001).code(flavour, MAPPED), 0xC000_0001);
    }
}

#[test]
fn every_number_of_a_status_has_a_name_and_a_text() {
    for status in Status::all() {
        for (flavour, names) in
            [(Flavour::User, LITERAL), (Flavour::Kernel, LITERAL), (Flavour::Kernel, MAPPED)]
        {
            let code = status.code(flavour, names);
            assert!(code_name(code, flavour).is_some(), "{status:?} {flavour} {code:#x}");
            let text = message(code, flavour).unwrap_or_default();
            assert!(text.ends_with('.') && !text.contains('\n'), "{status:?} {flavour}: {text:?}");
        }
    }
}

#[test]
fn success_is_zero_for_programs_and_a_clear_sign_bit_for_drivers() {
    // NT-08, and its consequence NT-09: the literal Win32 numbers of driver pages pass NT_SUCCESS.
    for (code, user, kernel) in [
        (0, true, true),
        (6, false, true),
        (21, false, true),
        (0x103, false, true),
        (0x7FFF_FFFF, false, true),
        (0x8000_0005, false, false),
        (0xC000_000D, false, false),
    ] {
        assert_eq!(success(code, Flavour::User), user, "{code:#x}");
        assert_eq!(success(code, Flavour::Kernel), kernel, "{code:#x}");
    }
    assert!(Status::NotReady.is_success(Flavour::Kernel, LITERAL));
    assert!(!Status::NotReady.is_success(Flavour::Kernel, MAPPED));
    assert!(!Status::NotReady.is_success(Flavour::User, LITERAL));
    let successes: Vec<Status> =
        Status::all().filter(|status| status.is_success(Flavour::User, LITERAL)).collect();
    assert_eq!(successes, [Status::Success]);
}

#[test]
fn every_name_reads_as_its_number() {
    let mut seen = Vec::new();
    for name in code_names() {
        assert!(!seen.contains(&name), "{name} twice");
        seen.push(name);
        let number = parse_code(name).expect(name);
        let known = Flavour::ALL.map(|flavour| code_name(number, flavour));
        // ERROR_SUCCESS is the second name of a number.
        assert!(known.contains(&Some(name)) || name == "ERROR_SUCCESS", "{name} {known:?}");
    }
    for (name, number) in [
        ("NO_ERROR", 0),
        ("ERROR_SUCCESS", 0),
        ("STATUS_SUCCESS", 0),
        ("ERROR_NOT_READY", 21),
        ("EPT_S_NOT_REGISTERED", 1753),
        ("STATUS_INVALID_PARAMETER", 0xC000_000D),
        ("STATUS_NOT_SUPPORTED", 0xC000_00BB),
        ("0xC0000225", 0xC000_0225),
        ("0Xc0000225", 0xC000_0225),
        ("0x0", 0),
        ("4294967295", u32::MAX),
        ("0087", 87),
    ] {
        assert_eq!(parse_code(name), Ok(number), "{name}");
    }
}

#[test]
fn the_win32_names_of_driver_pages_are_known_there_by_their_literal_numbers() {
    for (number, name) in [
        (6, "ERROR_INVALID_HANDLE"),
        (21, "ERROR_NOT_READY"),
        (111, "ERROR_BUFFER_OVERFLOW"),
        (997, "ERROR_IO_PENDING"),
        (5010, "ERROR_OBJECT_ALREADY_EXISTS"),
    ] {
        assert_eq!(code_name(number, Flavour::Kernel), Some(name));
    }
    assert_eq!(code_name(87, Flavour::Kernel), None);
    assert_eq!(code_name(0xC000_000D, Flavour::User), None);
    assert_eq!(code_name(0, Flavour::User), Some("NO_ERROR"));
    assert_eq!(code_name(0, Flavour::Kernel), Some("STATUS_SUCCESS"));
    assert_eq!(message(4711, Flavour::User), None);
}

#[test]
fn a_bad_code_gets_an_error_with_what_may_have_been_meant() {
    for (text, suggestion) in [
        ("ERROR_NOT_REDY", Some("ERROR_NOT_READY")),
        ("error_not_ready", Some("ERROR_NOT_READY")),
        ("EPT_NOT_REGISTERED", Some("EPT_S_NOT_REGISTERED")),
        ("STATUS_NOT_ENOUGH_MEMORY", Some("STATUS_INSUFFICIENT_RESOURCES")),
        ("STATUS_INVALID_NAME", Some("STATUS_OBJECT_NAME_INVALID")),
        ("banana", None),
        ("", None),
        ("0x", None),
        ("0xG", None),
        ("-1", None),
        ("+1", None),
        ("0x+1", None),
        ("1_000", None),
        ("4294967296", None),
        ("0x100000000", None),
        ("٣", None),
    ] {
        let error = parse_code(text).expect_err(text);
        assert_eq!(error.suggestion, suggestion, "{text}");
        assert_eq!(error.text, text);
        let shown = error.to_string();
        assert!(shown.starts_with(&format!("`{text}` is not a result code: ")), "{shown}");
        assert_eq!(shown.contains("did you mean"), suggestion.is_some(), "{shown}");
    }
    assert_eq!(parse_code(&"E".repeat(1_000_000)).expect_err("long").suggestion, None);
}

#[test]
fn the_first_of_equally_near_words_wins() {
    assert_eq!(nearest("abcx", ["abcd", "abce"]), Some("abcd"));
    assert_eq!(nearest("", ["a"]), None);
    assert_eq!(nearest("abc", []), None);
}

#[cfg(feature = "serde")]
#[test]
fn status_and_flavour_survive_json() {
    for status in Status::all().chain([Status::Raw(4711)]) {
        let text = serde_json::to_string(&status).expect("a status has a form");
        assert_eq!(serde_json::from_str::<Status>(&text).expect(&text), status);
    }
    assert_eq!(serde_json::to_string(&Flavour::Kernel).expect("a form"), "\"kernel\"");
}
