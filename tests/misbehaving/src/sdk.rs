//! Plugins as an author writes them.

pub(crate) mod panicking;
pub(crate) mod reentrant;
