//! Unicast addresses: MIB_UNICASTIPADDRESS_ROW (facts 6.1 to 6.6).
//!
//! Chosen, as the pages are silent:
//!
//! * Both origins Unchanged in Create make the address Manual; UC-23 says only that it is accepted.
//! * An interface that is there without the family of the address answers Create with
//!   ERROR_NOT_FOUND. (Observed: published clients meet 1168 while the IP interface of a new adapter
//!   is not there yet. Get of such an address is UE-04.)
//! * The Teredo pseudo-interface has its addresses from its client alone: Create, Set and Delete on it
//!   answer ERROR_NOT_SUPPORTED or STATUS_NOT_SUPPORTED. ERROR_ACCESS_DENIED would not do for drivers,
//!   whose access nobody checks (UC-02).
//! * Set for drivers refuses none of the values that only the user-mode page calls invalid (US-03); a
//!   value that makes no sense leaves its member as it was, and a pair of lifetimes of which the
//!   preferred one is longer leaves both.
//! * An address whose ValidLifetime is 0 is made, and expires at once.

use std::net::IpAddr;

use super::address::{self, Keys, is_bound, is_unicast};
use super::{Answer, Ask, Checks, Class, Output};
use crate::aside::Aside;
use crate::change::{AddressEdit, Change};
use crate::function::Function;
use crate::interface::if_type;
use crate::net::{Family, Luid};
use crate::profile::OptionId;
use crate::row::{Row, UnicastRow};
use crate::status::Status;
use crate::table::{AddressKey, DadState, PrefixOrigin, SuffixOrigin, UnicastAddress, lifetime_ms};

/// The illegal prefix length that stands for the full length (ST-10, C-11).
const FULL_LENGTH: u8 = 255;

/// Get, Create, Set, Delete and Initialize.
pub(super) fn row(ask: &mut Ask<'_>, function: Function, row: Option<&Row>) -> Answer {
    let row = match row {
        Some(Row::Unicast(row)) => Some(&**row),
        _ => None,
    };
    let answer = match function {
        Function::InitializeUnicastIpAddressEntry => Ok(initialize(row)),
        Function::GetUnicastIpAddressEntry => get(ask, row),
        Function::CreateUnicastIpAddressEntry => create(ask, row),
        Function::SetUnicastIpAddressEntry => set(ask, row),
        Function::DeleteUnicastIpAddressEntry => delete(ask, row),
        _ => Err(Status::InvalidParameter),
    };
    answer.unwrap_or_else(Answer::fail)
}

/// GetUnicastIpAddressTable (UT-01 to UT-06): by interface and address.
pub(super) fn table(ask: &mut Ask<'_>, family: u16, pointer: bool) -> Answer {
    address::table(ask, family, pointer, |env, families| {
        let wanted = env.addresses().filter(|address| families.contains(&address.family()));
        wanted.map(|address| env.unicast_row(address).into()).collect()
    })
}

/// InitializeUnicastIpAddressEntry (UI-01 to UI-04); a NULL Row is left alone.
fn initialize(row: Option<&UnicastRow>) -> Answer {
    let fresh = UnicastRow {
        prefix_origin: PrefixOrigin::Unchanged.number(),
        suffix_origin: SuffixOrigin::Unchanged.number(),
        valid_lifetime: u32::MAX,
        preferred_lifetime: u32::MAX,
        on_link_prefix_length: FULL_LENGTH,
        ..UnicastRow::default()
    };
    Answer::output(row.map_or(Output::Nothing, |_| Output::Row(fresh.into())))
}

/// GetUnicastIpAddressEntry (UE-01 to UE-08).
fn get(ask: &mut Ask<'_>, row: Option<&UnicastRow>) -> Result<Answer, Status> {
    let (mut checks, env) = (Checks::default(), ask.env);
    let key = look(ask, &mut checks, Function::GetUnicastIpAddressEntry, row);
    let found = key.and_then(|key| env.address_table().get(key));
    checks.require(Class::Row, found.is_some(), Status::NotFound);
    ask.verdict(checks)?;
    let address = found.ok_or(Status::NotFound)?;
    Ok(Answer::output(Output::Row(env.unicast_row(address).into())))
}

/// CreateUnicastIpAddressEntry (UC-01 to UC-23).
fn create(ask: &mut Ask<'_>, row: Option<&UnicastRow>) -> Result<Answer, Status> {
    let (mut checks, env) = (Checks::default(), ask.env);
    let key = look(ask, &mut checks, Function::CreateUnicastIpAddressEntry, row);
    let values = row.map(Values::of);
    let agree = values.as_ref().is_none_or(Values::all_agree);
    checks.require(Class::Values, agree, Status::InvalidParameter);
    if let Some(key) = key {
        let loopback = env.interface(key.0).is_some_and(|i| i.if_type == if_type::LOOPBACK);
        let place = loopback || !key.1.is_loopback();
        checks.require(Class::Values, place, Status::InvalidParameter); // UC-15
        changeable(ask, &mut checks, key.0);
        checks.require(Class::Interface, is_bound(env, key), Status::NotFound);
        let taken = is_taken(ask, key);
        checks.require(Class::Row, !taken, Status::ObjectAlreadyExists);
    }
    ask.verdict(checks)?;

    let (Some(row), Some((luid, address)), Some(values)) = (row, key, values) else {
        return Err(Status::InvalidParameter);
    };
    // UC-13, UC-14: the one case in which DadState counts.
    let optimistic = row.dad_state == DadState::Preferred.number()
        && !ask.kernel()
        && env.windows().is_10()
        && ask.pick(OptionId::CreatePreferred) == "honoured";
    let origins = match values.origins {
        Some((PrefixOrigin::Unchanged, SuffixOrigin::Unchanged)) | None => {
            (PrefixOrigin::Manual, SuffixOrigin::Manual)
        }
        Some(origins) => origins,
    };
    let address = UnicastAddress {
        luid,
        address,
        prefix_length: values.prefix_length.unwrap_or(Family::of(address).bits()),
        prefix_origin: origins.0,
        suffix_origin: origins.1,
        valid_ms: lifetime_ms(row.valid_lifetime),
        preferred_ms: lifetime_ms(row.preferred_lifetime),
        skip_as_source: row.skip_as_source,
        dad: DadState::Tentative,
        dad_ms: None,
        persistent: false,
        learnt: false,
        created_ms: Aside::default(),
    };
    Ok(Answer::change(Change::AddressAdd { address, optimistic }))
}

/// SetUnicastIpAddressEntry (US-01 to US-07). Unchanged origins stay what they are.
fn set(ask: &mut Ask<'_>, row: Option<&UnicastRow>) -> Result<Answer, Status> {
    let mut checks = Checks::default();
    let key = look(ask, &mut checks, Function::SetUnicastIpAddressEntry, row);
    let values = row.map(Values::of);
    let agree = ask.kernel() || values.as_ref().is_none_or(Values::all_agree);
    checks.require(Class::Values, agree, Status::InvalidParameter);
    present(ask, &mut checks, key);
    ask.verdict(checks)?;

    let (Some(row), Some(key), Some(values)) = (row, key, values) else {
        return Err(Status::InvalidParameter);
    };
    let prefix_origin = PrefixOrigin::from_number(row.prefix_origin);
    let suffix_origin = SuffixOrigin::from_number(row.suffix_origin);
    let edit = AddressEdit {
        prefix_length: values.prefix_length,
        prefix_origin: prefix_origin.filter(|origin| *origin != PrefixOrigin::Unchanged),
        suffix_origin: suffix_origin.filter(|origin| *origin != SuffixOrigin::Unchanged),
        valid_s: values.lifetimes.map(|(valid_s, _)| valid_s),
        preferred_s: values.lifetimes.map(|(_, preferred_s)| preferred_s),
        skip_as_source: Some(row.skip_as_source),
    };
    Ok(Answer::change(Change::AddressSet { key, edit }))
}

/// DeleteUnicastIpAddressEntry (UD-01 to UD-05). OnLinkPrefixLength and all else but the keys is
/// ignored (observed: published clients leave it unset).
fn delete(ask: &mut Ask<'_>, row: Option<&UnicastRow>) -> Result<Answer, Status> {
    let mut checks = Checks::default();
    let key = look(ask, &mut checks, Function::DeleteUnicastIpAddressEntry, row);
    present(ask, &mut checks, key);
    ask.verdict(checks)?;
    let (luid, address) = key.ok_or(Status::InvalidParameter)?;
    Ok(Answer::change(Change::AddressRemove { luid, address }))
}

fn look(
    ask: &mut Ask<'_>,
    checks: &mut Checks,
    function: Function,
    row: Option<&UnicastRow>,
) -> Option<AddressKey> {
    let keys = row.map(|row| Keys { address: row.address, luid: row.luid, index: row.index });
    address::look(ask, checks, function, keys, is_unicast)
}

/// The address is there, on an interface whose addresses a program may change.
fn present(ask: &mut Ask<'_>, checks: &mut Checks, key: Option<AddressKey>) {
    let Some(key) = key else { return };
    changeable(ask, checks, key.0);
    if ask.env.address_table().get(key).is_none() {
        let missing = ask.missing_row();
        checks.require(Class::Row, false, missing);
    }
}

fn changeable(ask: &Ask<'_>, checks: &mut Checks, luid: Luid) {
    let teredo = ask.env.interface(luid).is_some_and(crate::interface::Interface::is_teredo);
    checks.require(Class::Interface, !teredo, Status::NotSupported);
}

/// Whether an address is there already: on this interface, or by the option `duplicate-address` on
/// any (UC-12). A link-local IPv6 address is another one in another zone (derived: RFC 4007).
fn is_taken(ask: &mut Ask<'_>, key: AddressKey) -> bool {
    let addresses = ask.env.address_table();
    if addresses.get(key).is_some() {
        return true;
    }
    let zoned = matches!(key.1, IpAddr::V6(address) if address.is_unicast_link_local());
    let elsewhere = !zoned && addresses.holders(key.1).next().is_some();
    elsewhere && ask.pick(OptionId::DuplicateAddress) == "machine"
}

/// The values of a row as far as they make sense: those that Create checks in both flavours and Set
/// in the user's (UC-04 to UC-08, US-03).
struct Values {
    /// ValidLifetime and PreferredLifetime, unless the second is longer (UC-04).
    lifetimes: Option<(u32, u32)>,
    /// The origins, unless one is no origin or only one is Unchanged (UC-05, UC-06).
    origins: Option<(PrefixOrigin, SuffixOrigin)>,
    /// OnLinkPrefixLength, where 255 stands for the full length (UC-07, UC-08); `None` too if the
    /// address has no family.
    prefix_length: Option<u8>,
}

impl Values {
    fn of(row: &UnicastRow) -> Self {
        let (valid, preferred) = (row.valid_lifetime, row.preferred_lifetime);
        let prefix_origin = PrefixOrigin::from_number(row.prefix_origin);
        let suffix_origin = SuffixOrigin::from_number(row.suffix_origin);
        let both_or_none = |(prefix, suffix): &(PrefixOrigin, SuffixOrigin)| {
            (*prefix == PrefixOrigin::Unchanged) == (*suffix == SuffixOrigin::Unchanged)
        };
        Self {
            lifetimes: (valid >= preferred).then_some((valid, preferred)),
            origins: prefix_origin.zip(suffix_origin).filter(both_or_none),
            prefix_length: row.address.family().and_then(|family| {
                match row.on_link_prefix_length {
                    FULL_LENGTH => Some(family.bits()),
                    length => (length <= family.bits()).then_some(length),
                }
            }),
        }
    }

    fn all_agree(&self) -> bool {
        self.lifetimes.is_some() && self.origins.is_some() && self.prefix_length.is_some()
    }
}
