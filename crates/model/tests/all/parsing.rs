//! What is read from texts that people write, and what is refused.

use netiosim_model::member::Member;
use netiosim_model::net::Guid;
use netiosim_model::row::{Field, FieldKind, FieldValue, RowType};
use netiosim_model::status::{
    Flavour, KernelNames, Status, code_name, nearest, parse_status, success,
};
use netiosim_model::windows::Windows;

#[test]
fn a_guid_is_read_with_and_without_braces() {
    let guid = Guid(0x0123_4567_89AB_CDEF_0123_4567_89AB_CDEF);
    for text in ["{01234567-89ab-cdef-0123-456789abcdef}", "01234567-89AB-CDEF-0123-456789ABCDEF"] {
        assert_eq!(text.parse(), Ok(guid), "{text}");
    }
}

#[test]
fn a_text_of_other_groups_or_letters_is_no_guid() {
    for text in [
        "",
        "0123456789abcdef0123456789abcdef",
        "0123456-789ab-cdef-0123-456789abcdef",
        "01234567-89ab-cdef-0123-456789abcde",
        "01234567-89ab-cdef-0123-456789abcdeg",
        "+1234567-89ab-cdef-0123-456789abcdef",
        "{01234567-89ab-cdef-0123-456789abcdef",
    ] {
        assert!(text.parse::<Guid>().is_err(), "{text}");
    }
}

#[test]
fn a_member_is_named_in_any_case_and_with_underscores() {
    for text in ["NlMtu", "nlmtu", "nl_mtu", "NL_MTU"] {
        assert_eq!(Member::parse(text), Some(Member::NlMtu), "{text}");
    }
    assert_eq!(Member::parse("nl-mtu"), None);
    assert_eq!(Member::parse(""), None);
}

#[test]
fn a_windows_is_named_or_is_a_build_from_vista_on() {
    assert_eq!("10 2004".parse(), Ok(Windows::V10_2004));
    assert_eq!("Server 2016".parse(), Ok(Windows::SERVER_2016));
    assert_eq!("6000".parse(), Ok(Windows::VISTA));
    assert_eq!("19044".parse(), Ok(Windows(19_044)));
    for text in ["5999", "0", "", "10 2005x", "-1"] {
        assert!(text.parse::<Windows>().is_err(), "{text}");
    }
}

#[test]
fn the_value_of_a_member_is_read_by_its_kind() {
    let number = FieldKind::Number(255);
    assert_eq!(number.parse("255"), Ok(FieldValue::Number(255)));
    assert_eq!(number.parse("0"), Ok(FieldValue::Number(0)));
    for text in ["256", "-1", "", "x"] {
        let error = number.parse(text).expect_err("no number of this kind");
        assert_eq!(error.to_string(), "a number from 0 to 255 is wanted", "{text}");
    }
    let bytes = FieldKind::Bytes;
    assert_eq!(bytes.parse(""), Ok(FieldValue::Bytes(Vec::new())));
    assert_eq!(bytes.parse("02-00:5e"), Ok(FieldValue::Bytes(vec![2, 0, 0x5E])));
    for text in ["2-00", "02--5e", "0g"] {
        let error = bytes.parse(text).expect_err("no bytes");
        assert_eq!(error.to_string(), "bytes such as `02-00-5e-00-00-02` is wanted", "{text}");
    }
    assert_eq!(FieldKind::Text.parse("a b"), Ok(FieldValue::Text("a b".to_owned())));
    assert_eq!(FieldKind::Address.parse("10.0.0.1").expect("an address").to_string(), "10.0.0.1");
    assert_eq!(FieldKind::Guid.wanted(), "a GUID");
    assert_eq!(FieldKind::Text.wanted(), "a text");
    assert_eq!(FieldKind::Address.wanted(), "an address");
}

#[test]
fn a_member_takes_its_largest_value_and_no_larger_one() {
    for row_type in RowType::ALL {
        for field in Field::all(row_type) {
            let FieldKind::Number(most) = field.spec().kind else { continue };
            let mut row = netiosim_model::row::Row::empty(row_type);
            row.set(field, FieldValue::Number(most)).expect("the largest value");
            assert_eq!(row.get(field), FieldValue::Number(most), "{}", field.name());
            let Some(larger) = most.checked_add(1) else { continue };
            assert!(row.set(field, FieldValue::Number(larger)).is_err(), "{}", field.name());
            assert_eq!(row.get(field), FieldValue::Number(most), "{}", field.name());
        }
    }
}

#[test]
fn a_win32_name_means_what_the_machine_would_answer_and_everything_else_its_number() {
    assert_eq!(parse_status("ERROR_NOT_FOUND"), Ok(Status::NotFound));
    assert_eq!(parse_status("NO_ERROR"), Ok(Status::Success));
    let endpoint = parse_status("EPT_S_NOT_REGISTERED").expect("a name");
    assert_eq!(endpoint.code(Flavour::User, KernelNames::default()), 1753);
    assert_eq!(parse_status("1168"), Ok(Status::Raw(1168)));
    assert_eq!(parse_status("0"), Ok(Status::Raw(0)));
    assert_eq!(parse_status("STATUS_NOT_FOUND"), Ok(Status::Raw(0xC000_0225)));
}

/// NT_SUCCESS: the sign bit is clear (NT-08).
#[test]
fn the_first_failure_of_a_driver_has_the_sign_bit() {
    assert!(success(0x7FFF_FFFF, Flavour::Kernel) && !success(0x8000_0000, Flavour::Kernel));
    assert!(success(0, Flavour::User) && !success(1, Flavour::User));
    assert_eq!(code_name(0xC000_0225, Flavour::Kernel), Some("STATUS_NOT_FOUND"));
}

#[test]
fn a_word_of_two_hundred_letters_may_still_be_misspelt_and_a_longer_one_is_not_looked_at() {
    let known: &'static str = Box::leak("a".repeat(200).into_boxed_str());
    assert_eq!(nearest(&"a".repeat(200), [known]), Some(known));
    assert_eq!(nearest(&"a".repeat(201), [known]), None);
}
