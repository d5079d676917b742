//! SetUnicastIpAddressEntry.

use netiosim_model::api::Call;
use netiosim_model::function::Function;
use netiosim_model::net::Family;
use netiosim_model::row::UnicastRow;
use netiosim_model::status::Status;

use super::create_unicast_ip_address_entry::{
    Variants, bad_lengths, bad_lifetimes, bad_origins, create, half_unchanged,
};
use super::get_unicast_ip_address_entry::{
    FRESH, absent_stack, fresh, invalid, missing_interface, own, read,
};
use crate::bench::Bench;
use crate::check::{Check, Verdict};

const FUNCTION: Function = Function::SetUnicastIpAddressEntry;

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("US-01", |bench| {
        for family in Family::ALL {
            let before = own(bench, family)?;
            let row = UnicastRow { skip_as_source: !before.skip_as_source, ..before.clone() };
            bench.session().set_elevated(false)?;
            bench.answers(&Call::row(FUNCTION, row.clone()), Status::AccessDenied)?;
            let after = own(bench, family)?;
            bench.equal("the row after the refusal", &after, &before)?;
            bench.session().set_elevated(true)?;
            set(bench, row.clone())?;
            let after = own(bench, family)?;
            bench.equal("SkipAsSource", &after.skip_as_source, &row.skip_as_source)?;
        }
        Ok(())
    }),
    Check::of_all("US-02", |bench| {
        for address in FRESH {
            let row = fresh(bench, address)?;
            create(bench, row)?;
        }
        invalid(bench, FUNCTION)
    }),
    Check::of_all("US-03", |bench| {
        let kinds: [Variants; 4] = [bad_lifetimes, half_unchanged, bad_origins, bad_lengths];
        for family in Family::ALL {
            let before = own(bench, family)?;
            for row in kinds.iter().flat_map(|variants| variants(&before)) {
                bench.answers(&Call::row(FUNCTION, row), Status::InvalidParameter)?;
                let after = own(bench, family)?;
                bench.equal("the row after the refusal", &after, &before)?;
            }
            set(bench, before)?;
        }
        Ok(())
    }),
    Check::of_all("US-04", |bench| missing_interface(bench, FUNCTION, Status::NotFound)),
    Check::of_all("US-05", |bench| {
        let rows = [own(bench, Family::V4)?, own(bench, Family::V6)?];
        absent_stack(bench, FUNCTION, &rows)
    }),
    Check::of_all("US-06", |bench| {
        for family in Family::ALL {
            let before = own(bench, family)?;
            for dad_state in [0, 1, 2, 3, 4, 77] {
                let garbage = UnicastRow {
                    dad_state,
                    scope_id: 0x0ABC,
                    creation_time_stamp: 0x0123_4567,
                    ..before.clone()
                };
                for skip_as_source in [!before.skip_as_source, before.skip_as_source] {
                    set(bench, UnicastRow { skip_as_source, ..garbage.clone() })?;
                    let after = own(bench, family)?;
                    let expected = UnicastRow { skip_as_source, ..before.clone() };
                    bench.equal("the row", &after, &expected)?;
                }
            }
        }
        Ok(())
    }),
    Check::of_all("US-07", |bench| {
        for (address, full) in FRESH.into_iter().zip([32, 128]) {
            let row = UnicastRow { on_link_prefix_length: 8, ..fresh(bench, address)? };
            create(bench, row.clone())?;
            for (given, stored) in [(255, full), (24, 24), (16, 16), (255, full)] {
                set(bench, UnicastRow { on_link_prefix_length: given, ..row.clone() })?;
                let length = read(bench, address)?.on_link_prefix_length;
                bench.equal(&format!("{given} as it is stored"), &length, &stored)?;
            }
        }
        Ok(())
    }),
];

fn set(bench: &mut Bench, row: UnicastRow) -> Verdict {
    bench.answers(&Call::row(FUNCTION, row), Status::Success)
}
