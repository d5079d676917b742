//! How values are written, for people.

use netiosim_model::api::Value;
use netiosim_model::change::ChangeError;
use netiosim_model::ids::Handle;
use netiosim_model::net::{Family, Guid, Luid};
use netiosim_model::row::{FieldError, FieldValue, SocketAddress};
use netiosim_model::windows::Windows;

use crate::bench::{Bench, circle_of_cancel};

#[test]
fn the_value_of_a_conversion_is_written_as_it_is() {
    let guid = Guid(0x0123_4567_89AB_CDEF_0123_4567_89AB_CDEF);
    for (value, text) in [
        (Value::Luid(Luid(0x0006_0000_0100_0000)), "1688849877041152".to_owned()),
        (Value::Index(7), "7".to_owned()),
        (Value::Guid(guid), guid.to_string()),
        (Value::Text("ethernet_0".to_owned()), "ethernet_0".to_owned()),
        (Value::Mask([255, 255, 0, 0].into()), "255.255.0.0".to_owned()),
        (Value::Length(16), "16".to_owned()),
    ] {
        assert_eq!(value.to_string(), text, "{value:?}");
    }
    assert!(guid.to_string().contains("01234567-89ab-cdef"), "{guid}");
}

#[test]
fn a_luid_is_told_by_its_bits() {
    assert_eq!(format!("{:?}", Luid::new(6, 1)), "Luid(0x0006000001000000)");
}

#[test]
fn the_flavours_have_their_words() {
    use netiosim_model::status::Flavour;
    assert_eq!(Flavour::ALL.map(Flavour::name), ["user", "kernel"]);
    assert_eq!(Flavour::Kernel.to_string(), "kernel");
}

#[test]
fn handles_and_luids_are_told_in_hexadecimal() {
    let handle = Handle(0x9000_0000_0010_0001);
    assert_eq!(handle.to_string(), "0x9000000000100001");
    assert_eq!(format!("{handle:?}"), "Handle(0x9000000000100001)");
    assert_eq!(Luid::new(6, 1).to_string(), "0x0006000001000000");
}

#[test]
fn a_guid_is_told_in_braces_in_reports_and_to_programmers() {
    let guid = Guid(0x993F_7832_6E40_4B3B_9D2A_3C5D_7FC0_11E0);
    assert_eq!(guid.to_string(), "{993f7832-6e40-4b3b-9d2a-3c5d7fc011e0}");
    assert_eq!(format!("{guid:?}"), guid.to_string());
}

#[test]
fn the_values_of_members_are_told_as_reports_print_them() {
    for (value, text) in [
        (FieldValue::Number(1420), "1420"),
        (FieldValue::Address("fe80::1%7".parse().expect("an address")), "fe80::1%7"),
        (FieldValue::Guid(Guid(1)), "{00000000-0000-0000-0000-000000000001}"),
        (FieldValue::Text("Ethernet 2".to_owned()), "Ethernet 2"),
        (FieldValue::Bytes(vec![2, 0, 0x5E, 0xFF]), "02-00-5e-ff"),
        (FieldValue::Bytes(Vec::new()), ""),
    ] {
        assert_eq!(value.to_string(), text, "{value:?}");
    }
}

#[test]
fn an_error_of_a_text_says_what_is_wanted() {
    assert_eq!(
        "12".parse::<Guid>().expect_err("no GUID").to_string(),
        "not a GUID of the form 01234567-89ab-cdef-0123-456789abcdef"
    );
    let error = "10.0.0".parse::<SocketAddress>().expect_err("no address").to_string();
    assert!(error.starts_with("not an address: `10.0.0.1`, `fe80::1`"), "{error}");
    assert_eq!(
        FieldError("a number from 0 to 255".to_owned()).to_string(),
        "a number from 0 to 255 is wanted"
    );
    let error = "10 20O4".parse::<Windows>().expect_err("no version").to_string();
    assert_eq!(
        error,
        "`10 20O4` is neither a Windows version nor a build from 6000 on; did you mean `10 2004`?"
    );
    let error = "95".parse::<Windows>().expect_err("no version").to_string();
    assert!(error.contains("; there are Vista, 7, 8, 8.1, 10 1507, "), "{error}");
}

#[test]
fn a_change_that_makes_no_sense_is_refused_in_words() {
    for (error, text) in [
        (ChangeError::NoAlias("wg0".to_owned()), "no interface has the alias \"wg0\""),
        (ChangeError::NotBound(Family::V6), "IPv6 is not bound to the interface"),
        (ChangeError::AddressExists([10, 0, 0, 1].into()), "10.0.0.1 is on the interface already"),
        (
            ChangeError::NoLease(Luid::new(6, 1)),
            "the interface with the LUID 0x0006000001000000 has no lease",
        ),
    ] {
        assert_eq!(error.to_string(), text);
    }
}

/// What a report of a finding consists of: the rule and the message, the story with each line
/// indented, and where the rule comes from.
#[test]
fn a_finding_is_told_with_its_story_and_its_rule() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    bench.restart(40_000);
    bench.begin(handle, bench.pool);
    let finding = circle_of_cancel(bench.cancel(bench.pool, handle), &bench.machine);
    let text = finding.to_string();
    let lines: Vec<&str> = text.lines().collect();
    let rule = finding.rule;
    assert_eq!(lines[0], format!("{} {}: {}", rule.id(), rule.slug(), finding.message));
    assert!(!finding.story.is_empty());
    for line in finding.story.iter().flat_map(|paragraph| paragraph.lines()) {
        assert!(lines.contains(&format!("  {line}").as_str()), "{line}\nin\n{text}");
    }
    let end = [
        String::new(),
        format!("  rule: {}", rule.summary()),
        format!("  from: {}", rule.source()),
        format!("  ids:  {}", rule.requirements().join(", ")),
        format!("  more: netiosim explain {}", rule.id()),
    ];
    assert!(!rule.requirements().is_empty());
    assert_eq!(lines[lines.len() - 5..], end);
}
