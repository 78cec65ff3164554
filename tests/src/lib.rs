//! Code that the tests of this package share.
//!
//! - [`inventory`]: a small plugin that exists three times (here, with the published crates, in C),
//!   and [`scenario`]: the test that each of them runs.
//! - [`beside`]: finds the shared libraries that cargo built for the tests.
//! - [`c`]: the system's C compiler.
//! - [`skipped`]: reports a test that cannot run on this machine.

use std::io::{Write as _, stderr};

pub mod beside;
pub mod c;
pub mod inventory;
pub mod scenario;

/// Reports that a test does nothing here. It writes to standard error itself, because the test
/// runner shows the prints of failed tests only.
pub fn skipped(test: &str, because: &str) {
    // A test does not fail without a standard error.
    drop(writeln!(stderr(), "skipped: {test}, because {because}"));
}

/// Compiles the plugin in the README.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
