//! Plugins as an author writes them.

pub(crate) mod boxed;
pub(crate) mod panicking;
pub(crate) mod reentrant;
pub(crate) mod thrown;
