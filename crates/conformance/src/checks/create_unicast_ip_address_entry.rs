//! CreateUnicastIpAddressEntry. What comes after a success is in `new_address`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use netiosim_model::api::Call;
use netiosim_model::function::Function;
use netiosim_model::net::{Family, Luid};
use netiosim_model::profile::Profile;
use netiosim_model::row::UnicastRow;
use netiosim_model::status::{Flavour, Status};
use netiosim_model::windows::Windows;

use super::get_unicast_ip_address_entry::{
    FRESH, absent_stack, fresh, gone, invalid, keyed, missing_interface, own, read,
};
use crate::bench::Bench;
use crate::check::{Check, Stop, Verdict};

const FUNCTION: Function = Function::CreateUnicastIpAddressEntry;

/// IpPrefixOriginUnchanged and IpSuffixOriginUnchanged.
const UNCHANGED: u32 = 16;
/// The numbers of NL_DAD_STATE that the checks speak of.
pub(super) const TENTATIVE: u32 = 1;
pub(super) const PREFERRED: u32 = 4;

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("UC-01", |bench| {
        for address in FRESH {
            let call = Call::row(FUNCTION, fresh(bench, address)?);
            bench.session().set_elevated(false)?;
            bench.answers(&call, Status::AccessDenied)?;
            gone(bench, address)?;
            bench.session().set_elevated(true)?;
            bench.answers(&call, Status::Success)?;
            read(bench, address)?;
        }
        Ok(())
    }),
    Check::of_all("UC-02", |bench| {
        bench.session().set_elevated(false)?;
        for address in FRESH {
            let row = fresh(bench, address)?;
            create(bench, row)?;
            read(bench, address)?;
        }
        Ok(())
    }),
    Check::of_all("UC-03", |bench| invalid(bench, FUNCTION)),
    Check::of_all("UC-04", |bench| {
        let fine = |row: &UnicastRow| {
            [(3600, 3600), (20, 10), (u32::MAX, 3600)].map(
                |(valid_lifetime, preferred_lifetime)| UnicastRow {
                    valid_lifetime,
                    preferred_lifetime,
                    ..row.clone()
                },
            )
        };
        refuses(bench, bad_lifetimes, |row| fine(row).into())
    }),
    Check::of_all("UC-05", |bench| {
        refuses(bench, half_unchanged, |row| {
            let both =
                UnicastRow { prefix_origin: UNCHANGED, suffix_origin: UNCHANGED, ..row.clone() };
            vec![both, UnicastRow { prefix_origin: 1, suffix_origin: 1, ..row.clone() }]
        })
    }),
    Check::of_all("UC-06", |bench| {
        refuses(bench, bad_origins, |row| {
            let prefixes = (0..=4).map(|prefix_origin| UnicastRow {
                prefix_origin,
                suffix_origin: 1,
                ..row.clone()
            });
            let suffixes = (0..=5).map(|suffix_origin| UnicastRow {
                prefix_origin: 1,
                suffix_origin,
                ..row.clone()
            });
            prefixes.chain(suffixes).collect()
        })
    }),
    Check::of_all("UC-07", |bench| {
        refuses(bench, bad_lengths, |row| {
            let full = row.address.family().map_or(0, Family::bits);
            let lengths = [full, full - 1, 24];
            lengths.map(|length| UnicastRow { on_link_prefix_length: length, ..row.clone() }).into()
        })
    }),
    Check::of_all("UC-08", |bench| {
        for (address, full) in FRESH.into_iter().zip([32, 128]) {
            let row = UnicastRow { on_link_prefix_length: 255, ..fresh(bench, address)? };
            create(bench, row)?;
            let length = read(bench, address)?.on_link_prefix_length;
            bench.equal("OnLinkPrefixLength", &length, &full)?;
        }
        Ok(())
    }),
    Check::of_all("UC-09", |bench| missing_interface(bench, FUNCTION, Status::NotFound)),
    Check::of_all("UC-10", |bench| missing_interface(bench, FUNCTION, Status::NotFound)),
    Check::of_all("UC-11", |bench| {
        let rows = [fresh(bench, FRESH[0])?, fresh(bench, FRESH[1])?];
        absent_stack(bench, FUNCTION, &rows)
    }),
    Check::of_all("UC-12", |bench| {
        for (family, address) in Family::ALL.into_iter().zip(FRESH) {
            let row = fresh(bench, address)?;
            create(bench, row.clone())?;
            let before = read(bench, address)?;
            let other =
                UnicastRow { on_link_prefix_length: 20, skip_as_source: true, ..row.clone() };
            let there = UnicastRow { address: own(bench, family)?.address, ..row.clone() };
            for row in [row, other, there] {
                bench.answers(&Call::row(FUNCTION, row), Status::ObjectAlreadyExists)?;
            }
            let after = read(bench, address)?;
            bench.equal("the row that was there", &after, &before)?;
        }
        Ok(())
    }),
    Check::of_all("UC-13", ignored),
    Check {
        except: &[(Profile::Adversarial, "by the option create-preferred it may be ignored")],
        ..Check::of_all("UC-14", |bench| {
            for (windows, expected) in [
                (Windows::V8_1, TENTATIVE),
                (Windows::V10_1507, PREFERRED),
                (Windows::V11_24H2, PREFERRED),
            ] {
                bench.session().install(windows)?;
                for address in FRESH {
                    let row = UnicastRow { dad_state: PREFERRED, ..fresh(bench, address)? };
                    create(bench, row)?;
                    let state = read(bench, address)?.dad_state;
                    bench.equal(&format!("DadState on {windows}"), &state, &expected)?;
                }
            }
            Ok(())
        })
    },
    Check::of_all("UC-15", |bench| {
        let loopback = loopback(bench)?;
        for address in [
            IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V4(Ipv4Addr::new(127, 7, 7, 7)),
            IpAddr::V6(Ipv6Addr::LOCALHOST),
        ] {
            let row = fresh(bench, address)?;
            let code = bench.call(&Call::row(FUNCTION, row))?.code;
            bench.holds(code != 0, || format!("the adapter gets {address}"))?;
            gone(bench, address)?;
        }
        let address = IpAddr::V4(Ipv4Addr::new(127, 7, 7, 7));
        let row = UnicastRow { luid: loopback, ..fresh(bench, address)? };
        create(bench, row)?;
        bench.filled(Function::GetUnicastIpAddressEntry, keyed(address, loopback, 0)).map(drop)
    }),
    Check::of_all("UC-23", |bench| {
        let (_, index) = bench.adapter();
        for (address, full) in FRESH.into_iter().zip([32, 128]) {
            let by_luid = fresh(bench, address)?;
            let by_index = UnicastRow { luid: Luid::UNSPECIFIED, index, ..by_luid.clone() };
            for row in [by_luid, by_index] {
                create(bench, row.clone())?;
                let made = read(bench, address)?;
                let lifetimes = (made.valid_lifetime, made.preferred_lifetime);
                bench.equal("the lifetimes", &lifetimes, &(u32::MAX, u32::MAX))?;
                bench.equal("the prefix length", &made.on_link_prefix_length, &full)?;
                delete(bench, row)?;
            }
        }
        Ok(())
    }),
];

/// Creates an address.
pub(super) fn create(bench: &mut Bench, row: UnicastRow) -> Verdict {
    bench.answers(&Call::row(FUNCTION, row), Status::Success)
}

fn delete(bench: &mut Bench, row: UnicastRow) -> Verdict {
    bench.answers(&Call::row(Function::DeleteUnicastIpAddressEntry, row), Status::Success)
}

/// What is made of a good row.
pub(super) type Variants = fn(&UnicastRow) -> Vec<UnicastRow>;

/// The variants of the first kind are invalid and make no address, those of the second do.
fn refuses(
    bench: &mut Bench,
    bad: Variants,
    good: impl Fn(&UnicastRow) -> Vec<UnicastRow>,
) -> Verdict {
    for address in FRESH {
        let row = fresh(bench, address)?;
        for row in bad(&row) {
            bench.answers(&Call::row(FUNCTION, row), Status::InvalidParameter)?;
            gone(bench, address)?;
        }
        for row in good(&row) {
            create(bench, row.clone())?;
            read(bench, address)?;
            delete(bench, row)?;
        }
    }
    Ok(())
}

/// With a preferred lifetime that is longer than the valid one.
pub(super) fn bad_lifetimes(row: &UnicastRow) -> Vec<UnicastRow> {
    let pairs = [(10, 11), (0, 1), (u32::MAX - 1, u32::MAX), (3600, u32::MAX)];
    let variant = |(valid_lifetime, preferred_lifetime)| UnicastRow {
        valid_lifetime,
        preferred_lifetime,
        ..row.clone()
    };
    pairs.map(variant).into()
}

/// With one origin that is Unchanged and one that is not.
pub(super) fn half_unchanged(row: &UnicastRow) -> Vec<UnicastRow> {
    origins(row, &[(UNCHANGED, 1), (1, UNCHANGED), (UNCHANGED, 0), (0, UNCHANGED)])
}

/// With an origin that is none.
pub(super) fn bad_origins(row: &UnicastRow) -> Vec<UnicastRow> {
    origins(
        row,
        &[(5, 1), (15, 1), (17, 1), (u32::MAX, 1), (1, 6), (1, 15), (1, 17), (1, u32::MAX)],
    )
}

fn origins(row: &UnicastRow, pairs: &[(u32, u32)]) -> Vec<UnicastRow> {
    let variant = |(prefix_origin, suffix_origin): &(u32, u32)| UnicastRow {
        prefix_origin: *prefix_origin,
        suffix_origin: *suffix_origin,
        ..row.clone()
    };
    pairs.iter().map(variant).collect()
}

/// With a prefix that is longer than the address; 255 is not among them.
pub(super) fn bad_lengths(row: &UnicastRow) -> Vec<UnicastRow> {
    let full = row.address.family().map_or(0, Family::bits);
    let lengths = [full + 1, full + 2, 200, 254];
    lengths.map(|length| UnicastRow { on_link_prefix_length: length, ..row.clone() }).into()
}

/// LUID of the loopback interface, the one with 127.0.0.1.
fn loopback(bench: &mut Bench) -> Result<Luid, Stop> {
    let rows = bench.table::<UnicastRow>(Function::GetUnicastIpAddressTable, 2)?;
    let own = |row: &&UnicastRow| row.address.ip() == Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let found = rows.iter().find(own).map(|row| row.luid);
    found.ok_or_else(|| Stop::Fails("nobody has 127.0.0.1".to_owned()))
}

/// What the stack assigns is what it assigns, whatever the row says. (DadState Preferred is another
/// matter in user mode: UC-14.)
fn ignored(bench: &mut Bench) -> Verdict {
    let stamp = 0x0123_4567;
    let kernel = bench.flavour() == Flavour::Kernel;
    let states = [0, 1, 2, 3, 77, PREFERRED];
    for address in FRESH {
        let row = fresh(bench, address)?;
        create(bench, row.clone())?;
        let plain = UnicastRow { creation_time_stamp: 0, ..read(bench, address)? };
        delete(bench, row.clone())?;
        for dad_state in states.into_iter().filter(|state| kernel || *state != PREFERRED) {
            let row = UnicastRow {
                dad_state,
                scope_id: 0x0ABC,
                creation_time_stamp: stamp,
                ..row.clone()
            };
            create(bench, row.clone())?;
            let made = read(bench, address)?;
            bench.holds(made.creation_time_stamp != stamp, || "the stamp is kept".to_owned())?;
            let made = UnicastRow { creation_time_stamp: 0, ..made };
            bench.equal("the row but for its stamp", &made, &plain)?;
            delete(bench, row)?;
        }
    }
    Ok(())
}
