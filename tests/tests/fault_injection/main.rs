//! Every host call of every command fails once, in every way, and no trace is left.
//!
//! Plugins run their scripts: the bank, as a library and linked in, a boxed plugin's library, and
//! the inventory, with our SDK and with the published crates. Each command is run once for each of
//! its host calls and each fault, and then without a fault: it must give what it gave in a run
//! without any.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails loudly")]

mod fault;
mod faulty;
mod full;
mod injected;
mod script;
mod validated;
