//! Searches that know nothing of parts and of steps that are taken once: whole worlds, copied and compared.
#![allow(dead_code, reason = "each test uses some of it")]

pub(crate) mod corpus;
pub(crate) mod observed;
pub(crate) mod opinion;
pub(crate) mod whole;
