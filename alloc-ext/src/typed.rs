//! Records and events as Rust types, for the published contexts: the types are those of core's
//! derives.
//!
//! Differences to the published extension traits:
//!
//! - A record is read through its `View` and changed through its `Update`, and created as a whole
//!   value. Keys are [`Pk`]s, so that a key of another record does not compile; the record type
//!   follows from the key.
//! - A record that does not decode is an error that names it, instead of a panic in a getter.
//! - A visitor is called once. A host that calls it twice or never, or that then reports no record,
//!   is an error, instead of a panic or of no result.
//! - An event is passed as a value, and encoded on the stack.
//!
//! [`Pk`]: statevec_abi::typed::Pk

mod host;
mod read;
mod visit;

pub use host::RuntimeHostContextExt;
pub use read::InvariantReadContextExt;
