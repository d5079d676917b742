//! The checks can fail: each of these backends is wrong in one place, and a named check says so.

#[path = "wrong/session.rs"]
mod session;

use std::collections::BTreeSet;

use netiosim_conformance::{Matrix, Outcome, Selection, backends};
use netiosim_model::function::Function;
use netiosim_model::profile::Profile;
use netiosim_model::status::Status;

use crate::session::Broken;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    InitialHasThePort,
    InitialWithoutBeingAsked,
    NoInitial,
    InitialTwice,
    /// Of NotifyTeredoPortChange.
    EventLost,
    EventDoubled,
    EventsSwapped,
    TypeIsNoType,
    ContextAltered,
    ContextTruncated,
    DeliveryAfterCancel,
    CancelEndsNothing,
    CancelEndsEverything,
    CancelRefused,
    NullCancelAccepted,
    GarbageCancelEndsTheLast,
    NullCallbackAccepted,
    NullCallbackIsInvalidHandle,
    HandleKeptOnFailure,
    NoHandle,
    OneHandleForAll,
    PortOfNullAccepted,
    PortIsStatic,
    PortIsStale,
    PortWrittenOnFailure,
    StoppedIsNotSupported,
    WithoutIpv6IsNotReady,
    EveryChangeIsAPort,
    SurvivesAReboot,
    FaultsAreHidden,
    FamilyIgnored,
    FamiliesSwapped,
    OtherFamiliesAccepted,
    Ipv6Refused,
    InitialHasARow,
    RowIsMissing,
    DeletesAreChanges,
    AddsAreDeletes,
    HintInitialMissing,
    HintOfEveryRestart,
    RouteInitialMissing,
    AddressSurvivesAReboot,
    CallbacksOverlap,
    CancelDoesNotWait,
    AnyIrqlWillDo,
    AnybodyMayDelete,
    LuidIgnored,
    /// A function answers one code where another is right.
    Code(Function, Status, Status),
    TableWithoutItsLast(Function),
    NothingWritten(Function),
}

const ALL: &[(Wrong, &str)] = &[
    (Wrong::InitialHasThePort, "TP-07"),
    (Wrong::InitialWithoutBeingAsked, "TP-08"),
    (Wrong::NoInitial, "TP-06"),
    (Wrong::InitialTwice, "TP-09"),
    (Wrong::EventLost, "TP-11"),
    (Wrong::EventDoubled, "TP-27"),
    (Wrong::EventsSwapped, "TP-09"),
    (Wrong::TypeIsNoType, "TP-12"),
    (Wrong::ContextAltered, "TP-10"),
    (Wrong::ContextTruncated, "TP-10"),
    (Wrong::DeliveryAfterCancel, "CX-08"),
    (Wrong::CancelEndsNothing, "CX-03"),
    (Wrong::CancelEndsEverything, "CX-12"),
    (Wrong::CancelRefused, "TP-02"),
    (Wrong::NullCancelAccepted, "CX-01"),
    (Wrong::GarbageCancelEndsTheLast, "CX-14"),
    (Wrong::NullCallbackAccepted, "TP-04"),
    (Wrong::NullCallbackIsInvalidHandle, "TP-05"),
    (Wrong::HandleKeptOnFailure, "TP-03"),
    (Wrong::NoHandle, "TP-01"),
    (Wrong::OneHandleForAll, "TP-27"),
    (Wrong::PortOfNullAccepted, "GT-04"),
    (Wrong::PortIsStatic, "GT-10"),
    (Wrong::PortIsStale, "GT-09"),
    (Wrong::PortWrittenOnFailure, "GT-13"),
    (Wrong::StoppedIsNotSupported, "GT-06"),
    (Wrong::WithoutIpv6IsNotReady, "GT-08"),
    (Wrong::EveryChangeIsAPort, "TP-36"),
    (Wrong::SurvivesAReboot, "TP-21"),
    (Wrong::FaultsAreHidden, "TP-18"),
    (Wrong::FamilyIgnored, "NI-01"),
    (Wrong::FamiliesSwapped, "NI-02"),
    (Wrong::OtherFamiliesAccepted, "NI-04"),
    (Wrong::Ipv6Refused, "NU-01"),
    (Wrong::InitialHasARow, "NI-09"),
    (Wrong::RowIsMissing, "NI-11"),
    (Wrong::DeletesAreChanges, "NI-30"),
    (Wrong::AddsAreDeletes, "NI-30"),
    (Wrong::HintInitialMissing, "NH-03"),
    (Wrong::HintOfEveryRestart, "NH-04"),
    (Wrong::RouteInitialMissing, "NR-04"),
    (Wrong::AddressSurvivesAReboot, "NU-10"),
    (Wrong::CallbacksOverlap, "TP-13"),
    (Wrong::CancelDoesNotWait, "CX-09"),
    (Wrong::AnyIrqlWillDo, "GT-11"),
    (Wrong::AnybodyMayDelete, "UD-01"),
    (Wrong::LuidIgnored, "IE-08"),
    (Wrong::Code(Function::GetIpInterfaceEntry, Status::FileNotFound, Status::NotFound), "IE-05"),
    (
        Wrong::Code(Function::GetIpInterfaceEntry, Status::InvalidParameter, Status::NotFound),
        "IE-03",
    ),
    (
        Wrong::Code(Function::GetUnicastIpAddressEntry, Status::NotFound, Status::FileNotFound),
        "UE-04",
    ),
    (
        Wrong::Code(
            Function::CreateUnicastIpAddressEntry,
            Status::ObjectAlreadyExists,
            Status::InvalidParameter,
        ),
        "UC-12",
    ),
    (
        Wrong::Code(Function::CreateIpForwardEntry2, Status::InvalidParameter, Status::Success),
        "RT-10",
    ),
    (Wrong::Code(Function::GetBestRoute2, Status::NotSupported, Status::NotFound), "BR-06"),
    (Wrong::Code(Function::GetAdaptersAddresses, Status::BufferOverflow, Status::Success), "AD-03"),
    (
        Wrong::Code(
            Function::ConvertInterfaceNameToLuidA,
            Status::BufferOverflow,
            Status::InvalidName,
        ),
        "CV-11",
    ),
    (Wrong::TableWithoutItsLast(Function::GetIfTable2), "FT-04"),
    (Wrong::TableWithoutItsLast(Function::GetIpForwardTable2), "RT-07"),
    (Wrong::NothingWritten(Function::GetIpInterfaceEntry), "IE-10"),
    (Wrong::NothingWritten(Function::InitializeUnicastIpAddressEntry), "UI-01"),
];

fn failed(wrong: Wrong) -> (BTreeSet<&'static str>, usize) {
    let selection = Selection { profiles: vec![Profile::Documented], ..Selection::default() };
    let matrix = Matrix::run(&[&Broken(wrong)], &selection);
    let run = matrix.results.iter().filter(|cell| cell.result != Outcome::NotApplicable);
    let ids: BTreeSet<&str> = run.map(|cell| cell.id).collect();
    (matrix.failed().map(|cell| cell.id).collect(), ids.len())
}

#[test]
fn each_is_caught_by_its_check() {
    assert!(ALL.len() >= 40);
    // Half of them on a thread of its own.
    let (one, other) = ALL.split_at(ALL.len() / 2);
    let missed = std::thread::scope(|scope| {
        let other = scope.spawn(|| missed(other));
        let mut all = missed(one);
        all.extend(other.join().expect("no panic"));
        all
    });
    assert!(missed.is_empty(), "{missed:#?}");
}

/// What is wrong with these, as far as checks are.
fn missed(all: &[(Wrong, &str)]) -> Vec<String> {
    let mut missed = Vec::new();
    for (wrong, id) in all {
        let (failed, ids) = failed(*wrong);
        if !failed.contains(id) {
            missed.push(format!("{wrong:?}: {id} does not fail, {failed:?} do"));
        }
        // At most one check of ten, besides the one that is named.
        let most = ids / 10 + 1;
        if failed.len() > most {
            missed.push(format!("{wrong:?} is no small change: {failed:?} fail of {ids}"));
        }
    }
    missed
}

#[test]
fn no_check_fails_over_the_right_one() {
    let selection = Selection { profiles: vec![Profile::Documented], ..Selection::default() };
    let matrix = Matrix::run(&[&backends::Model], &selection);
    assert_eq!(matrix.failed().count(), 0);
}
