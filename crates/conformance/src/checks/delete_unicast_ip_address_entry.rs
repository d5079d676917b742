//! DeleteUnicastIpAddressEntry.

use netiosim_model::api::Call;
use netiosim_model::function::Function;
use netiosim_model::net::{Family, NotificationType};
use netiosim_model::status::Status;

use super::create_unicast_ip_address_entry::create;
use super::get_unicast_ip_address_entry::{
    FRESH, absent_stack, fresh, gone, invalid, missing_interface, own, read,
};
use crate::backend::Register;
use crate::check::Check;

const FUNCTION: Function = Function::DeleteUnicastIpAddressEntry;

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("UD-01", |bench| {
        for family in Family::ALL {
            let row = own(bench, family)?;
            bench.session().set_elevated(false)?;
            bench.answers(&Call::row(FUNCTION, row.clone()), Status::AccessDenied)?;
            let after = own(bench, family)?;
            bench.equal("the row after the refusal", &after, &row)?;
            bench.session().set_elevated(true)?;
            bench.answers(&Call::row(FUNCTION, row), Status::Success)?;
        }
        Ok(())
    }),
    Check::of_all("UD-02", |bench| {
        for address in FRESH {
            let row = fresh(bench, address)?;
            create(bench, row)?;
        }
        invalid(bench, FUNCTION)?;
        FRESH.into_iter().try_for_each(|address| read(bench, address).map(drop))
    }),
    Check::of_all("UD-03", |bench| missing_interface(bench, FUNCTION, Status::NotFound)),
    Check::of_all("UD-04", |bench| {
        let rows = [own(bench, Family::V4)?, own(bench, Family::V6)?];
        absent_stack(bench, FUNCTION, &rows)
    }),
    Check::new("UD-05", |bench| {
        let function = Function::NotifyUnicastIpAddressChange;
        for (family, address) in Family::ALL.into_iter().zip(FRESH) {
            let (row, kept) = (fresh(bench, address)?, own(bench, family)?);
            create(bench, row.clone())?;
            bench.session().elapse(10_000)?;
            bench.heard();
            let call = Register::new(function).family(family.number()).context(6);
            let handle = bench.registered(&call)?;
            bench.answers(&Call::row(FUNCTION, row), Status::Success)?;
            gone(bench, address)?;
            let told = bench.rows();
            let delete = NotificationType::Delete.number();
            bench.equal("what is told", &told, &vec![(6, true, delete)])?;
            let after = own(bench, family)?;
            bench.equal("the other address", &after, &kept)?;
            bench.cancelled(handle)?;
        }
        Ok(())
    }),
];
