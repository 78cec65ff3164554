#![doc = include_str!("../README.md")]

#[cfg(feature = "bench")]
pub mod bench;
pub mod c_header;
#[cfg(feature = "check")]
pub mod check;
pub mod checkpoint;
pub mod crate_folder;
pub mod durable;
pub mod engine;
pub mod evolution;
pub mod foreign_text;
pub mod guide;
pub mod harness;
pub mod json;
pub mod json_schema;
pub mod limits_file;
pub mod loader;
pub mod replay;
pub mod storage;
pub mod store;
pub mod text_file;
pub mod txlog;
pub mod typed;

pub use engine::{
    Engine, EngineError, EngineFailure, GuardedEngine, LimitedStore, Outcome, PluginFailure,
};
pub use loader::{LoadError, LoadOptions, LoadedPlugin, Sha256};
pub use store::{
    EmittedEvent, Events, Store, StoreError, StoreLayer, StoreLimits, StoredRecord, Transaction,
};
