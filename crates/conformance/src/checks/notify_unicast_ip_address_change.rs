//! NotifyUnicastIpAddressChange.

use std::net::IpAddr;

use netiosim_model::api::Call;
use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::net::{Family, NotificationType};
use netiosim_model::row::{Row, UnicastRow};
use netiosim_model::status::Status;
use netiosim_model::table::{DadState, UnicastAddress};

use super::{callbacks, rows};
use crate::backend::{Act, Did, Register};
use crate::bench::Bench;
use crate::check::{Check, Stop};

const FUNCTION: Function = Function::NotifyUnicastIpAddressChange;

pub(super) const CHECKS: &[Check] = &[
    Check::new("NU-01", |bench| rows::families(bench, FUNCTION)),
    Check::new("NU-02", |bench| {
        let six = IpAddr::from([0xFE80, 0, 0, 0, 0, 0, 7, 7]);
        let both = [(Family::V4, change(bench, FOUR)), (Family::V6, change(bench, six))];
        rows::filters(bench, FUNCTION, &both)
    }),
    Check::new("NU-03", |bench| rows::variable(bench, FUNCTION)),
    Check::new("NU-04", |bench| rows::initial(bench, FUNCTION)),
    Check::new("NU-05", |bench| rows::silent(bench, FUNCTION)),
    Check::new("NU-06", |bench| {
        let change = change(bench, FOUR);
        let (keys, full) = callbacks::looked(bench, callbacks::registration(FUNCTION), &change)?;
        let (luid, index) = bench.adapter();
        let expected = UnicastRow { address: FOUR.into(), luid, index, ..UnicastRow::default() };
        bench.equal("the keys of the row", &keys, &Row::from(expected))?;
        let length = match full {
            Row::Unicast(row) => u32::from(row.on_link_prefix_length),
            other => return Err(Stop::Fails(format!("the Get function left {other:?}"))),
        };
        bench.equal("the prefix length, of the rest", &length, &24)
    }),
    Check::new("NU-07", |bench| callbacks::row_freed(bench, FUNCTION)),
    Check::new("NU-08", |bench| callbacks::serialized(bench, FUNCTION)),
    Check::new("NU-09", |bench| callbacks::cancels_itself(bench, FUNCTION)),
    Check::new("NU-10", |bench| rows::reboot(bench, FUNCTION)),
    Check::new("NU-11", |bench| {
        bench.registered(&callbacks::registration(FUNCTION))?;
        let (luid, _) = bench.adapter();
        let change = change(bench, FOUR);
        bench.change(&change)?;
        let added = kinds(bench);
        bench.equal("types when an address is added", &added, &vec![ADD])?;
        bench.session().elapse(10_000)?;
        let preferred = kinds(bench);
        bench.equal("types when its DadState changes", &preferred, &vec![PARAMETER])?;
        bench.change(&Change::AddressRemove { luid, address: FOUR })?;
        let removed = kinds(bench);
        bench.equal("types when it is removed", &removed, &vec![DELETE])
    }),
    Check::new("NU-12", |bench| {
        let change = change(bench, FOUR);
        bench.change(&change)?;
        bench.heard();
        bench.registered(&callbacks::registration(FUNCTION).act(Act::Look))?;
        bench.session().elapse(10_000)?;
        let did = bench.did();
        let preferred = match &did[..] {
            [Did::Looked { full: Some(Row::Unicast(row)), .. }] => row.dad_state,
            _ => return Err(Stop::Fails(format!("{did:?} when detection ends"))),
        };
        bench.equal(
            "the DadState that the callback reads",
            &preferred,
            &DadState::Preferred.number(),
        )
    }),
    Check::new("NU-13", |bench| {
        let change = change(bench, FOUR);
        bench.change(&change)?;
        bench.heard();
        for (context, family) in [(1, 2), (2, 0), (3, 23), (4, 2)] {
            bench.registered(&Register::new(FUNCTION).context(context).family(family))?;
        }
        let (luid, index) = bench.adapter();
        let row = UnicastRow { address: FOUR.into(), luid, index, ..UnicastRow::default() };
        let call = Call::row(Function::DeleteUnicastIpAddressEntry, row);
        bench.answers(&call, Status::Success)?;
        let mut told: Vec<(u64, i32)> = bench.rows().iter().map(|row| (row.0, row.2)).collect();
        told.sort_unstable();
        bench.equal("who is told of the end", &told, &vec![(1, DELETE), (2, DELETE), (4, DELETE)])
    }),
    Check::new("NU-14", |bench| callbacks::below_dispatch(bench, FUNCTION)),
    Check::new("NU-15", |bench| rows::context(bench, FUNCTION)),
];

const FOUR: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 7, 7, 7));
const PARAMETER: i32 = NotificationType::Parameter.number();
const ADD: i32 = NotificationType::Add.number();
const DELETE: i32 = NotificationType::Delete.number();

/// An address appears on the adapter.
fn change(bench: &Bench, address: IpAddr) -> Change {
    let (luid, _) = bench.adapter();
    Change::AddressAdd { address: UnicastAddress::new(luid, address, 24), optimistic: false }
}

fn kinds(bench: &mut Bench) -> Vec<i32> {
    bench.rows().iter().map(|row| row.2).collect()
}
