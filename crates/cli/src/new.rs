//! `netiosim new`.
