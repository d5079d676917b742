//! How the Teredo client is written, for people.

use netiosim_model::teredo::{
    NotTeredo, TeredoAddress, TeredoNoPort, TeredoPrefix, TeredoSettingsError,
};

#[test]
fn an_address_is_written_as_the_ipv6_address_that_it_is() {
    let address = TeredoAddress {
        prefix: TeredoPrefix::Standard,
        server: [192, 0, 2, 1].into(),
        flags: 0,
        port: 5000,
        client: [198, 51, 100, 7].into(),
    };
    assert_eq!(address.to_string(), "2001:0:c000:201:0:ec77:39cc:9bf8");
}

#[test]
fn what_is_wrong_is_said_in_words() {
    assert_eq!(
        NotTeredo.to_string(),
        "not a Teredo address: it begins neither with 2001:0: nor with 3ffe:831f:"
    );
    // TS-12
    assert_eq!(
        TeredoSettingsError::Refresh(999).to_string(),
        "a refresh interval of 999 ms is outside of 1 s to 86400 s"
    );
    // GT-05 to GT-08
    assert_eq!(TeredoNoPort::NotReady.to_string(), "the Teredo client is not started");
    assert_eq!(TeredoNoPort::NoIpv6.to_string(), "the machine has no IPv6 stack");
}
