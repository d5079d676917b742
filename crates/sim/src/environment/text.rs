//! Addresses and prefixes as the environment's methods are told them: as text.

use std::fmt;
use std::net::IpAddr;

use netiosim_model::change::ChangeError;

/// Why the environment did not change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EnvironmentError {
    /// The change makes no sense on this machine; nothing has changed.
    Change(ChangeError),
    /// A text is not what is wanted.
    Text {
        /// The text.
        text: String,
        /// What is wanted.
        wanted: &'static str,
    },
}

impl fmt::Display for EnvironmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Change(error) => error.fmt(f),
            Self::Text { text, wanted } => write!(f, "\"{text}\" is not {wanted}"),
        }
    }
}

impl std::error::Error for EnvironmentError {}

impl From<ChangeError> for EnvironmentError {
    fn from(error: ChangeError) -> Self {
        Self::Change(error)
    }
}

/// An address with the length of its prefix, such as `10.0.0.5/24`.
pub(super) fn prefix(text: &str) -> Result<(IpAddr, u8), EnvironmentError> {
    let parts = text.split_once('/').and_then(|(address, length)| {
        let digits = length.bytes().all(|byte| byte.is_ascii_digit());
        Some((address.parse().ok()?, length.parse().ok().filter(|_| digits)?))
    });
    let most = |address: IpAddr| if address.is_ipv4() { 32 } else { 128 };
    parts
        .filter(|(address, length)| *length <= most(*address))
        .ok_or_else(|| wrong(text, "an address with the length of its prefix, such as 10.0.0.5/24"))
}

/// An address without a prefix.
pub(super) fn address<A: std::str::FromStr>(
    text: &str,
    wanted: &'static str,
) -> Result<A, EnvironmentError> {
    text.parse().map_err(|_| wrong(text, wanted))
}

pub(super) fn wrong(text: &str, wanted: &'static str) -> EnvironmentError {
    EnvironmentError::Text { text: text.to_owned(), wanted }
}

#[cfg(test)]
mod tests {
    use super::prefix;

    #[test]
    fn prefixes_are_read_and_nonsense_is_named() {
        assert_eq!(prefix("10.0.0.5/24"), Ok(([10, 0, 0, 5].into(), 24)));
        assert_eq!(prefix("::/0").map(|(_, length)| length), Ok(0));
        for text in
            ["", "10.0.0.5", "10.0.0.5/", "10.0.0.5/33", "10.0.0.5/+24", "fe80::1/129", "a/8"]
        {
            let error = prefix(text).expect_err(text).to_string();
            assert!(error.contains(&format!("\"{text}\" is not an address")), "{error}");
        }
    }
}
