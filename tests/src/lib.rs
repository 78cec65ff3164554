//! Code that the tests of this package share.
//!
//! - [`inventory`]: a small plugin that exists three times (here, with the published crates, in C),
//!   and [`scenario`]: what each of them is put through.
//! - [`beside`]: where cargo puts the shared libraries that the tests load.
//! - [`c`]: the system's C compiler.
//! - [`skipped`]: how a test says that it cannot be had here.

use std::io::{Write as _, stderr};

pub mod beside;
pub mod c;
pub mod inventory;
pub mod scenario;

/// Says that a test does nothing here. Written to the terminal itself, because what a test prints
/// is shown only if it fails.
pub fn skipped(test: &str, because: &str) {
    // A test does not fail for want of a terminal.
    drop(writeln!(stderr(), "skipped: {test}, because {because}"));
}

/// The plugin in the README compiles as it stands there.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
