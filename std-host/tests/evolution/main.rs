//! Changes of schemas, and migrations from one to the next.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod build;
mod compare;
mod random;
mod rules;
