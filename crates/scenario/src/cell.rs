//! Members of rows as scenarios write and read them: by name, with addresses, words and aliases.

use netiosim_model::env::Env;
use netiosim_model::net::Luid;
use netiosim_model::row::{Field, FieldKind, FieldValue, Row, RowType, SocketAddress};

use crate::format::{Cidr, Value};
use crate::outcome::Val;

/// A member of a row, by its name in scenarios.
///
/// They are Microsoft's names; besides, `DestinationPrefix` is prefix and length of a route in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// One member.
    Field(Field),
    /// DestinationPrefix: `10.0.0.0/8`.
    Prefix,
}

/// The name of [`Cell::Prefix`].
const PREFIX: &str = "DestinationPrefix";

/// The words of enumerations: the name of the member, then its words and their numbers.
const WORDS: &[(&str, &[(&str, u64)])] = &[
    ("Family", &[("unspec", 0), ("inet", 2), ("inet6", 23)]),
    (
        "ConnectivityLevel",
        &[
            ("unknown", 0),
            ("none", 1),
            ("local_access", 2),
            ("internet_access", 3),
            ("constrained_internet_access", 4),
            ("hidden", 5),
        ],
    ),
    ("ConnectivityCost", &[("unknown", 0), ("unrestricted", 1), ("fixed", 2), ("variable", 3)]),
    (
        "DadState",
        &[("invalid", 0), ("tentative", 1), ("duplicate", 2), ("deprecated", 3), ("preferred", 4)],
    ),
    (
        "PrefixOrigin",
        &[
            ("other", 0),
            ("manual", 1),
            ("well_known", 2),
            ("dhcp", 3),
            ("router_advertisement", 4),
            ("unchanged", 16),
        ],
    ),
    (
        "SuffixOrigin",
        &[
            ("other", 0),
            ("manual", 1),
            ("well_known", 2),
            ("dhcp", 3),
            ("link_layer_address", 4),
            ("random", 5),
            ("unchanged", 16),
        ],
    ),
    (
        "Origin",
        &[("manual", 0), ("well_known", 1), ("dhcp", 2), ("router_advertisement", 3), ("6to4", 4)],
    ),
    ("Protocol", &[("other", 1), ("local", 2), ("netmgmt", 3), ("dhcp", 19)]),
    (
        "State",
        &[
            ("unreachable", 0),
            ("incomplete", 1),
            ("probe", 2),
            ("delay", 3),
            ("stale", 4),
            ("reachable", 5),
            ("permanent", 6),
        ],
    ),
    (
        "OperStatus",
        &[
            ("up", 1),
            ("down", 2),
            ("testing", 3),
            ("unknown", 4),
            ("dormant", 5),
            ("not_present", 6),
            ("lower_layer_down", 7),
        ],
    ),
    ("AdminStatus", &[("up", 1), ("down", 2), ("testing", 3)]),
    ("MediaConnectState", &[("unknown", 0), ("connected", 1), ("disconnected", 2)]),
];

impl Cell {
    /// Whether two of them write the same member.
    pub(crate) fn overlaps(self, other: Self) -> bool {
        let of_prefix = |field: Field| field.name().starts_with("DestinationPrefix.");
        match (self, other) {
            (Self::Prefix, Self::Field(field)) | (Self::Field(field), Self::Prefix) => {
                of_prefix(field)
            }
            (one, other) => one == other,
        }
    }

    /// The member of this name of a row type.
    #[must_use]
    pub fn parse(row: RowType, name: &str) -> Option<Self> {
        if row == RowType::Forward && name.eq_ignore_ascii_case(PREFIX) {
            return Some(Self::Prefix);
        }
        Field::parse(row, name).map(Self::Field)
    }

    /// Every name that [`Cell::parse`] knows.
    pub fn names(row: RowType) -> impl Iterator<Item = &'static str> {
        let prefix = (row == RowType::Forward).then_some(PREFIX);
        prefix.into_iter().chain(Field::all(row).map(Field::name))
    }

    /// The name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Field(field) => field.name(),
            Self::Prefix => PREFIX,
        }
    }

    /// The words that may be written for its numbers.
    #[must_use]
    pub fn words(self) -> &'static [(&'static str, u64)] {
        let Self::Field(field) = self else { return &[] };
        let found = WORDS.iter().find(|entry| entry.0 == field.name());
        found.map_or(&[], |entry| entry.1)
    }

    /// Whether it holds the LUID or the index of an interface, for which an alias may be written.
    #[must_use]
    pub fn names_interface(self) -> bool {
        self.names_luid() || self.names_index()
    }

    fn names_luid(self) -> bool {
        self.name() == "InterfaceLuid"
    }

    fn names_index(self) -> bool {
        matches!(
            self.name(),
            "InterfaceIndex" | "HigherLayerInterfaceIndex" | "LowerLayerInterfaceIndex"
        )
    }

    /// Why a value as the file writes it can never be one of this member; variables may be anything.
    ///
    /// # Errors
    ///
    /// What is wanted instead.
    pub fn check(self, value: &Value) -> Result<(), String> {
        let val = match value {
            Value::Variable(_) => return Ok(()),
            Value::Number(number) => Val::Number(*number),
            Value::Text(text) => Val::Text(text.as_str().into()),
        };
        let alias = matches!(val, Val::Text(_)) && self.names_interface();
        if alias { Ok(()) } else { self.read(&val, None).map(drop) }
    }

    /// The value of the member in a row.
    #[must_use]
    pub fn get(self, row: &Row) -> Val {
        match (self, row) {
            (Self::Field(field), row) if field.row() == row.row_type() => to_val(&row.get(field)),
            (Self::Prefix, Row::Forward(row)) => {
                Val::Text(format!("{}/{}", row.destination, row.prefix_length).into())
            }
            _ => Val::Text("no such member".into()),
        }
    }

    /// Writes the member.
    ///
    /// # Errors
    ///
    /// What is wanted instead of this value.
    pub fn set(self, row: &mut Row, value: &Val, env: &Env) -> Result<(), String> {
        match (self.read(value, Some(env))?, row) {
            (Written::Prefix(prefix), Row::Forward(row)) => {
                row.destination = prefix.address.into();
                row.prefix_length = prefix.prefix_length;
                Ok(())
            }
            (Written::Field(field, value), row) if field.row() == row.row_type() => {
                row.set(field, value).map_err(|error| error.0)
            }
            _ => Err("a member of this row".to_owned()),
        }
    }

    /// Whether a row has this value in the member: addresses compare as addresses, one without a zone
    /// equals that address in any zone.
    #[must_use]
    pub fn matches(self, row: &Row, value: &Val, env: &Env) -> bool {
        match (self.read(value, Some(env)), row) {
            (Ok(Written::Prefix(prefix)), Row::Forward(row)) => {
                row.destination.ip() == Some(prefix.address)
                    && row.prefix_length == prefix.prefix_length
            }
            (Ok(Written::Field(field, value)), row) if field.row() == row.row_type() => {
                same_value(&row.get(field), &value)
            }
            // A text that no member can hold may stand for what a read of it showed.
            (Err(_), row) => self.get(row) == *value,
            _ => false,
        }
    }

    fn read(self, value: &Val, env: Option<&Env>) -> Result<Written, String> {
        let field = match self {
            Self::Field(field) => field,
            Self::Prefix => {
                let wanted = || "a prefix such as `10.0.0.0/8`".to_owned();
                let Val::Text(text) = value else { return Err(wanted()) };
                return text.parse().map(Written::Prefix).map_err(|_| wanted());
            }
        };
        let kind = field.spec().kind;
        let read = match (kind, value) {
            (FieldKind::Number(most), Val::Number(number)) if *number <= most => {
                FieldValue::Number(*number)
            }
            (FieldKind::Text, Val::Number(number)) => FieldValue::Text(number.to_string()),
            (FieldKind::Number(_), Val::Text(text)) => match self.number_of(text, env) {
                Some(number) => FieldValue::Number(number),
                None => kind.parse(text).map_err(|error| self.wanted(error.0))?,
            },
            (kind, Val::Text(text)) => kind.parse(text).map_err(|error| self.wanted(error.0))?,
            (kind, Val::Number(_)) => return Err(self.wanted(kind.wanted())),
        };
        Ok(Written::Field(field, read))
    }

    /// The number that a word or an alias stands for.
    fn number_of(self, text: &str, env: Option<&Env>) -> Option<u64> {
        if let Some(word) = self.words().iter().find(|word| word.0 == text) {
            return Some(word.1);
        }
        if !self.names_interface() {
            return None;
        }
        let interface = env?.interface_by_alias(text)?;
        let luid = self.names_luid();
        Some(if luid { interface.luid.0 } else { u64::from(interface.index) })
    }

    fn wanted(self, of_kind: String) -> String {
        let words: Vec<&str> = self.words().iter().map(|word| word.0).collect();
        match (words.is_empty(), self.names_interface()) {
            (false, _) => format!("{of_kind}, or one of {}", words.join(", ")),
            (true, true) => format!("{of_kind}, or the alias of an interface that is there"),
            (true, false) => of_kind,
        }
    }
}

enum Written {
    Field(Field, FieldValue),
    Prefix(Cidr),
}

/// The value of a member, for scripts.
#[must_use]
pub fn to_val(value: &FieldValue) -> Val {
    match value {
        FieldValue::Number(number) => Val::Number(*number),
        FieldValue::Text(text) => Val::Text(text.as_str().into()),
        other => Val::Text(other.to_string().into()),
    }
}

/// An address as a script writes it.
#[must_use]
pub fn address_of(value: &Val) -> Option<SocketAddress> {
    match value {
        Val::Text(text) => text.parse().ok(),
        Val::Number(_) => None,
    }
}

/// A LUID as a script writes it: a number, or the alias of an interface.
#[must_use]
pub fn luid_of(value: &Val, env: &Env) -> Option<Luid> {
    match value {
        Val::Number(number) => Some(Luid(*number)),
        Val::Text(text) => match env.interface_by_alias(text) {
            Some(interface) => Some(interface.luid),
            None => text.parse().ok().map(Luid),
        },
    }
}

/// An index as a script writes it: a number, or the alias of an interface.
#[must_use]
pub fn index_of(value: &Val, env: &Env) -> Option<u32> {
    match value {
        Val::Number(number) => u32::try_from(*number).ok(),
        Val::Text(text) => match env.interface_by_alias(text) {
            Some(interface) => Some(interface.index),
            None => text.parse().ok(),
        },
    }
}

/// Whether two values of one member are the same; `wanted` may leave the zone of an address out.
fn same_value(is: &FieldValue, wanted: &FieldValue) -> bool {
    match (is, wanted) {
        (FieldValue::Address(is), FieldValue::Address(wanted)) => same_address(*is, *wanted),
        (is, wanted) => is == wanted,
    }
}

/// Whether two addresses are the same; `wanted` may leave the zone out.
#[must_use]
pub fn same_address(is: SocketAddress, wanted: SocketAddress) -> bool {
    match (is, wanted) {
        (
            SocketAddress::V6 { address: is, .. },
            SocketAddress::V6 { address: wanted, scope_id: 0 },
        ) => is == wanted,
        (is, wanted) => is == wanted,
    }
}

#[cfg(test)]
mod tests {
    use netiosim_model::build::home;
    use netiosim_model::row::{ForwardRow, Row, RowType, UnicastRow};

    use super::Cell;
    use crate::format::Value;
    use crate::outcome::Val;

    fn text(text: &str) -> Val {
        Val::Text(text.into())
    }

    fn cell(row: RowType, name: &str) -> Cell {
        Cell::parse(row, name).expect("a member")
    }

    #[test]
    fn a_prefix_is_two_members_in_one() {
        let env = home();
        let mut row = Row::from(ForwardRow::default());
        let prefix = cell(RowType::Forward, "DestinationPrefix");
        prefix.set(&mut row, &text("10.0.0.0/8"), &env).expect("a prefix");
        assert_eq!(prefix.get(&row), text("10.0.0.0/8"));
        assert!(cell(RowType::Forward, "DestinationPrefix.PrefixLength").matches(
            &row,
            &Val::Number(8),
            &env
        ));
        assert!(!prefix.matches(&row, &text("10.0.0.0/9"), &env));
        assert!(prefix.set(&mut row, &text("10.0.0.0/33"), &env).is_err());
    }

    #[test]
    fn addresses_compare_as_addresses() {
        let env = home();
        let mut row = Row::from(UnicastRow::default());
        let address = cell(RowType::Unicast, "Address");
        address.set(&mut row, &text("fe80:0:0::1%7"), &env).expect("an address");
        for same in ["fe80::1", "fe80::0:1%7", "FE80::1"] {
            assert!(address.matches(&row, &text(same), &env), "{same}");
        }
        for other in ["fe80::1%8", "fe80::2", "10.0.0.1", "unspecified"] {
            assert!(!address.matches(&row, &text(other), &env), "{other}");
        }
    }

    #[test]
    fn words_and_aliases_stand_for_numbers() {
        let env = home();
        let mut row = Row::from(UnicastRow::default());
        let state = cell(RowType::Unicast, "DadState");
        state.set(&mut row, &text("preferred"), &env).expect("a word");
        assert_eq!(state.get(&row), Val::Number(4));
        assert!(state.check(&Value::from_text("preferd")).is_err());
        let luid = cell(RowType::Unicast, "InterfaceLuid");
        let alias = env.interfaces().next().expect("an interface").alias.clone();
        luid.set(&mut row, &text(&alias), &env).expect("an alias");
        assert!(luid.matches(&row, &text(&alias), &env));
        assert!(luid.set(&mut row, &text("nowhere"), &env).is_err());
    }
}
