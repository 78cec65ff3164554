//! A host for StateVec plugins.

pub mod engine;
pub mod json;
pub mod loader;
pub mod store;

pub use engine::{Engine, Outcome};
pub use loader::{LoadError, LoadedPlugin};
pub use store::{Store, Transaction};
