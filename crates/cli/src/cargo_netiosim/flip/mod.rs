//! Sources turned to their Windows side: the same lines, other words.
//!
//! What a crate is on Windows is decided by predicates (`#[cfg(windows)]`, `cfg!(unix)`, …) and by names that
//! exist there only (`std::os::windows`). [`source`] rewrites both as edits of the text, token by token, so that
//! formatting, comments and above all line numbers stay: what the compiler or a panic names is the user's line.
//! A known atom of a predicate becomes `all()` (true) or `any()` (false); what it says about features, tests,
//! architecture and anything else stays and is decided by the compiler.

mod attribute;
mod edit;
mod paths;
mod predicate;
mod remark;
mod source;
mod use_tree;
mod windows;

pub(crate) use self::attribute::is_windows_library;
pub(crate) use self::edit::Edits;
pub(crate) use self::paths::STAND_IN;
pub(crate) use self::predicate::flip_predicate;
pub(crate) use self::remark::Remark;
pub(crate) use self::source::source;
pub(crate) use self::windows::{TargetEnv, Windows};
