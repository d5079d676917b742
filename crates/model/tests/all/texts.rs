//! How values are written, for people.

use netiosim_model::api::Value;
use netiosim_model::net::{Guid, Luid};

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
