//! A stack that goes through a history.

use std::sync::{Arc, Mutex, PoisonError};

use netiosim_model::api::{Call, Memory, Output};
use netiosim_model::build::home;
use netiosim_model::choose::First;
use netiosim_model::function::Function;
use netiosim_model::ids::TableId;
use netiosim_model::notification::Notification;
use netiosim_model::profile::Profile;
use netiosim_sim::{Mode, OnDeadlock, RawCallback, RawKind, RawRequest, Stack, StackRef};

use super::{Op, Register, TAG, Transcript};

type Seen = Arc<Mutex<Transcript>>;

pub(super) fn play<'a>(
    mode: Mode,
    profile: Profile,
    seed: u64,
    history: impl Iterator<Item = &'a Op>,
) -> Transcript {
    let stack = Stack::builder()
        .mode(mode)
        .profile(profile)
        .seed(seed)
        .env(home())
        .chooser(Box::new(First::default()))
        .on_deadlock(OnDeadlock::Error)
        .announce(false)
        .report_leaks(false)
        .tag(TAG)
        .build();
    stack.record(false);
    let seen = Seen::default();
    for op in history {
        let answer = answer(&stack, op, &seen);
        stack.run_until_idle();
        let answer = format!("{} ms: {answer}", stack.now_ms());
        seen.lock().unwrap_or_else(PoisonError::into_inner).answers.push(answer);
    }
    let _ = stack.take_findings();
    drop(stack);
    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    std::mem::take(&mut seen)
}

fn answer(stack: &StackRef, op: &Op, seen: &Seen) -> String {
    match op {
        Op::Register(register) => notify(stack, *register, seen),
        Op::Cancel(handle) => stack.cancel_mib_change_notify2(*handle).to_string(),
        Op::Port { pointer } => {
            let mut port = 0;
            let code = stack.get_teredo_port(pointer.then_some(&mut port));
            format!("{code} {:?}", (code == 0).then_some(port))
        }
        Op::Call(call) => {
            let reply = stack.call(call);
            let rows = match reply.output {
                Output::Table(table) => rows(stack, table),
                _ => String::new(),
            };
            format!("{} {rows}", reply.code)
        }
        Op::Change(change) => format!("{:?}", stack.change(change)),
        Op::Elapse(ms) => {
            stack.advance_ms(*ms);
            String::new()
        }
        Op::NsiDown(down) => {
            stack.set_nsi_down(*down);
            String::new()
        }
        Op::NsiRestart => {
            stack.nsi_restart();
            String::new()
        }
        Op::Fault(fault) => {
            stack.fault(fault.clone()).keep();
            String::new()
        }
    }
}

fn notify(stack: &StackRef, register: Register, seen: &Seen) -> String {
    let seen = seen.clone();
    let callback = RawCallback::new(move |delivery| {
        let told = match delivery.due.notification {
            Notification::StableTable { table: Some(table) } => rows(&delivery.stack, table),
            other => format!("{other:?}"),
        };
        let of = (delivery.due.context, delivery.due.family);
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.told.entry(of).or_default().push(told);
    });
    let family = register.family;
    let kind = match register.function {
        Function::NotifyTeredoPortChange => RawKind::TeredoPort,
        Function::NotifyIpInterfaceChange => RawKind::IpInterface(family),
        Function::NotifyUnicastIpAddressChange => RawKind::UnicastAddress(family),
        Function::NotifyRouteChange2 => RawKind::Route(family),
        Function::NotifyStableUnicastIpAddressTable => RawKind::StableTable(family),
        _ => RawKind::ConnectivityHint,
    };
    let name = format!("r{}", register.number);
    let request = RawRequest {
        callback: register.callback.then(|| callback.clone()),
        context: register.number as u64,
        initial: register.initial,
        handle_pointer: register.handle_pointer,
        table_pointer: register.table_pointer,
        ..RawRequest::new(kind, name, callback.clone())
    };
    let registered = stack.register(request, &mut |_| {});
    let rows = registered.table.map(|table| rows(stack, table)).unwrap_or_default();
    format!("{} {} {rows}", registered.code, registered.handle.0)
}

/// The rows of a table, which is freed.
fn rows(stack: &StackRef, table: TableId) -> String {
    let rows = stack.table_rows(table).expect("it was handed out");
    let _ = stack.call(&Call::Free(Memory::Table(table)));
    format!("{rows:?}")
}
