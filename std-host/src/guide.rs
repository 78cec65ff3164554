#![doc = include_str!("../docs/guide.md")]
//!
//! The pages are the modules of this one: [`plugin`], [`determinism`], [`schema`], [`host`], [`c`].

#[doc = include_str!("../docs/plugin.md")]
pub mod plugin {}
#[doc = include_str!("../docs/determinism.md")]
pub mod determinism {}
#[doc = include_str!("../docs/schema.md")]
pub mod schema {}
#[doc = include_str!("../docs/host.md")]
pub mod host {}
#[doc = include_str!("../docs/c.md")]
pub mod c {}
