//! Members of rows by Microsoft's names: one way to read and write any of them.

use std::fmt;

use super::{RowType, SocketAddress};
use crate::net::{Guid, Luid};

/// The value of a row's member.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FieldValue {
    /// A number, an enumeration's value, a LUID; BOOLEANs are 0 or 1.
    Number(u64),
    /// An address.
    Address(SocketAddress),
    /// A GUID.
    Guid(Guid),
    /// A text.
    Text(String),
    /// Bytes, such as a hardware address.
    Bytes(Vec<u8>),
}

impl From<u64> for FieldValue {
    fn from(value: u64) -> Self {
        Self::Number(value)
    }
}

/// As reports print it.
impl fmt::Display for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(value) => value.fmt(f),
            Self::Address(value) => value.fmt(f),
            Self::Guid(value) => value.fmt(f),
            Self::Text(value) => f.write_str(value),
            Self::Bytes(bytes) => {
                for (n, byte) in bytes.iter().enumerate() {
                    let dash = if n == 0 { "" } else { "-" };
                    write!(f, "{dash}{byte:02x}")?;
                }
                Ok(())
            }
        }
    }
}

/// What kind of value a member holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// A number up to this one.
    Number(u64),
    /// An address.
    Address,
    /// A GUID.
    Guid,
    /// A text.
    Text,
    /// Bytes.
    Bytes,
}

impl FieldKind {
    /// What has to be written for such a value.
    #[must_use]
    pub fn wanted(self) -> String {
        match self {
            Self::Number(max) => format!("a number from 0 to {max}"),
            Self::Address => "an address".to_owned(),
            Self::Guid => "a GUID".to_owned(),
            Self::Text => "a text".to_owned(),
            Self::Bytes => "bytes such as `02-00-5e-00-00-02`".to_owned(),
        }
    }

    /// Reads a value of this kind from text or from a number.
    ///
    /// # Errors
    ///
    /// Fails with what is wanted instead.
    pub fn parse(self, text: &str) -> Result<FieldValue, FieldError> {
        let bad = || FieldError(self.wanted());
        match self {
            Self::Number(max) => match text.parse() {
                Ok(value) if value <= max => Ok(FieldValue::Number(value)),
                _ => Err(bad()),
            },
            Self::Address => text.parse().map(FieldValue::Address).map_err(|_| bad()),
            Self::Guid => text.parse().map(FieldValue::Guid).map_err(|_| bad()),
            Self::Text => Ok(FieldValue::Text(text.to_owned())),
            Self::Bytes if text.is_empty() => Ok(FieldValue::Bytes(Vec::new())),
            Self::Bytes => {
                let byte = |part: &str| match part.len() {
                    2 => u8::from_str_radix(part, 16).map_err(|_| bad()),
                    _ => Err(bad()),
                };
                text.split(['-', ':']).map(byte).collect::<Result<_, _>>().map(FieldValue::Bytes)
            }
        }
    }
}

/// One member of a row type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldSpec {
    /// Microsoft's name.
    pub name: &'static str,
    /// Whether it is a key: what a notification row promises (ST-01 to ST-03).
    pub key: bool,
    /// What it holds.
    pub kind: FieldKind,
}

/// A member of a row type, by its position in the structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Field {
    row: RowType,
    at: u8,
}

impl Field {
    /// The member of this name, upper and lower case and underscores apart.
    #[must_use]
    pub fn parse(row: RowType, text: &str) -> Option<Self> {
        let bare: String = text.chars().filter(|c| *c != '_').collect();
        let at = row.fields().iter().position(|spec| spec.name.eq_ignore_ascii_case(&bare))?;
        Some(Self { row, at: u8::try_from(at).ok()? })
    }

    /// Every member of a row type, in declaration order.
    pub fn all(row: RowType) -> impl Iterator<Item = Self> {
        (0u8..).take(row.fields().len()).map(move |at| Self { row, at })
    }

    /// The row type.
    #[must_use]
    pub fn row(self) -> RowType {
        self.row
    }

    /// Its position in the structure, from 0.
    #[must_use]
    pub fn position(self) -> usize {
        usize::from(self.at)
    }

    /// Name, kind, and whether it is a key.
    #[must_use]
    pub fn spec(self) -> &'static FieldSpec {
        &self.row.fields()[self.position()]
    }

    /// Microsoft's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.spec().name
    }

    /// Whether a notification row promises it (NI-12, NU-06, NR-05).
    #[must_use]
    pub fn is_key(self) -> bool {
        self.spec().key
    }
}

/// A value that a member cannot hold; the text says what is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError(pub String);

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is wanted", self.0)
    }
}

impl std::error::Error for FieldError {}

/// A Rust type that members have.
pub(super) trait FieldType: Sized {
    const KIND: FieldKind;
    fn value(&self) -> FieldValue;
    fn assign(&mut self, value: FieldValue) -> Result<(), FieldError>;
}

macro_rules! number {
    ($($ty:ty),*) => {$(
        impl FieldType for $ty {
            const KIND: FieldKind = FieldKind::Number(<$ty>::MAX as u64);

            fn value(&self) -> FieldValue {
                FieldValue::Number(u64::from(*self))
            }

            fn assign(&mut self, value: FieldValue) -> Result<(), FieldError> {
                let number = match value {
                    FieldValue::Number(number) => <$ty>::try_from(number).ok(),
                    _ => None,
                };
                *self = number.ok_or_else(|| FieldError(Self::KIND.wanted()))?;
                Ok(())
            }
        }
    )*};
}

number!(u8, u16, u32, u64);

impl FieldType for bool {
    const KIND: FieldKind = FieldKind::Number(1);

    fn value(&self) -> FieldValue {
        FieldValue::Number(u64::from(*self))
    }

    fn assign(&mut self, value: FieldValue) -> Result<(), FieldError> {
        match value {
            FieldValue::Number(number) if number <= 1 => *self = number == 1,
            _ => return Err(FieldError(Self::KIND.wanted())),
        }
        Ok(())
    }
}

impl FieldType for Luid {
    const KIND: FieldKind = FieldKind::Number(u64::MAX);

    fn value(&self) -> FieldValue {
        FieldValue::Number(self.0)
    }

    fn assign(&mut self, value: FieldValue) -> Result<(), FieldError> {
        self.0.assign(value)
    }
}

macro_rules! plain {
    ($($ty:ty => $variant:ident),*) => {$(
        impl FieldType for $ty {
            const KIND: FieldKind = FieldKind::$variant;

            fn value(&self) -> FieldValue {
                FieldValue::$variant(self.clone())
            }

            fn assign(&mut self, value: FieldValue) -> Result<(), FieldError> {
                let FieldValue::$variant(value) = value else {
                    return Err(FieldError(Self::KIND.wanted()));
                };
                *self = value;
                Ok(())
            }
        }
    )*};
}

plain!(SocketAddress => Address, Guid => Guid, String => Text, Vec<u8> => Bytes);
