//! CreateIpForwardEntry2.

use netiosim_model::api::Call;
use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::net::{Family, NotificationType};
use netiosim_model::profile::Profile;
use netiosim_model::row::ForwardRow;
use netiosim_model::status::Status;

use super::routes::{
    absent, by_another, created, invalid, lifetimes, no_interface, no_stack, not_elevated, route,
    second, shown, site_prefix,
};
use crate::backend::Register;
use crate::bench::Bench;
use crate::check::{Check, Verdict};

const FUNCTION: Function = Function::CreateIpForwardEntry2;

pub(super) const CHECKS: &[Check] = &[
    Check::of_all("RT-08", |bench| not_elevated(bench, FUNCTION)),
    Check::of_all("RT-09", |bench| invalid(bench, FUNCTION)),
    Check::of_all("RT-10", |bench| lifetimes(bench, FUNCTION)),
    Check::of_all("RT-11", |bench| site_prefix(bench, FUNCTION)),
    Check::of_all("RT-12", |bench| no_interface(bench, FUNCTION)),
    Check::of_all("RT-13", no_routes),
    Check::of_all("RT-14", duplicate),
    Check {
        except: &[(
            Profile::Adversarial,
            "by the option route-duplicate the prefix alone may count",
        )],
        ..Check::of_all("RT-15", another_next_hop)
    },
    Check::of_all("RT-16", ignored),
    Check::new("RT-17", |bench| {
        for family in Family::ALL {
            let call = Register::new(Function::NotifyRouteChange2).family(family.number());
            let handle = bench.registered(&call.context(6))?;
            let row = route(bench, family);
            created(bench, &row)?;
            let told = bench.rows();
            let add = (6, true, NotificationType::Add.number());
            bench.equal("what is told of the new route", &told, &vec![add])?;
            bench.answers(&Call::row(FUNCTION, row), Status::ObjectAlreadyExists)?;
            let told = bench.rows();
            bench.equal("what is told of a failure", &told, &vec![])?;
            bench.cancelled(handle)?;
        }
        Ok(())
    }),
];

fn no_routes(bench: &mut Bench) -> Verdict {
    let without = Interface {
        takes_routes: false,
        ..Interface::new("Without routes", if_type::ETHERNET, 78, 78)
    };
    let luid = without.luid;
    bench.change(&Change::InterfaceAdd(Box::new(without)))?;
    for family in Family::ALL {
        let without = ForwardRow { luid, ..route(bench, family) };
        bench.answers(&Call::row(FUNCTION, without.clone()), Status::NotSupported)?;
        absent(bench, &without)?;
    }
    no_stack(bench, FUNCTION)
}

fn duplicate(bench: &mut Bench) -> Verdict {
    let second = second(bench)?;
    for family in Family::ALL {
        let row = route(bench, family);
        created(bench, &row)?;
        for again in [row.clone(), ForwardRow { metric: 99, protocol: 2, ..row.clone() }] {
            bench.answers(&Call::row(FUNCTION, again), Status::ObjectAlreadyExists)?;
        }
        let found = shown(bench, &row)?.metric;
        bench.equal("the metric", &found, &row.metric)?;
        // On another interface, or to another prefix, it is another one.
        created(bench, &ForwardRow { luid: second.0, ..row.clone() })?;
        created(bench, &ForwardRow { prefix_length: row.prefix_length + 1, ..row })?;
    }
    Ok(())
}

fn another_next_hop(bench: &mut Bench) -> Verdict {
    for family in Family::ALL {
        let row = route(bench, family);
        let other = ForwardRow { metric: 20, ..by_another(&row) };
        created(bench, &row)?;
        created(bench, &other)?;
        let metrics = (shown(bench, &row)?.metric, shown(bench, &other)?.metric);
        bench.equal("the metrics of both", &metrics, &(10, 20))?;
    }
    Ok(())
}

/// A route that is made with an age and an origin is like one that is made without.
fn ignored(bench: &mut Bench) -> Verdict {
    for family in Family::ALL {
        let plain = route(bench, family);
        created(bench, &plain)?;
        let without = shown(bench, &plain)?;
        for (n, origin) in (1..).zip([1, 2, 3, 4, 77]) {
            let prefix_length = plain.prefix_length + n;
            let row = ForwardRow { prefix_length, age: 777_777, origin, ..plain.clone() };
            created(bench, &row)?;
            let with = shown(bench, &row)?;
            bench.equal("Origin", &with.origin, &without.origin)?;
            bench.holds(with.age < 60, || format!("Age is {} at once", with.age))?;
        }
    }
    Ok(())
}
