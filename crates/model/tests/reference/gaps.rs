//! Where the crate is known to do something else than the documents' words, and the reference
//! therefore looks away. Each is `false` once the crate does it right.

/// Under `initial-unspec` `once` a change of IPv6 may be told before the one initial notification.
pub(crate) const CHANGE_BEFORE_THE_ONE_INITIAL: bool = false;
/// A module may be unloaded unnoticed while its registration is being cancelled.
pub(crate) const UNLOADED_DURING_CANCEL: bool = false;
/// A port that merges with a pending notification of another type is lost.
pub(crate) const MERGED_PORT_IS_LOST: bool = false;
/// A sender that waited and could go on may be put back into a circle by another sender.
pub(crate) const CIRCLE_CLOSED_BY_A_SEND: bool = false;
/// An actor of a circle that the end of a process dissolved counts as deadlocked for ever.
pub(crate) const DEADLOCKED_FOR_EVER: bool = false;
/// A fault of a cancel leaves the registration live whatever the option `failed-cancel` says.
pub(crate) const FAULTED_CANCEL_STAYS_LIVE: bool = false;
/// After a failed cancel under `failed-cancel` `gone` the dead registration keeps what was pending
/// and, without a running callback, its place.
pub(crate) const GONE_IS_NOT_CLEARED: bool = false;
