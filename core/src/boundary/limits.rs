//! The limits of foreign lengths (rule 1), in bytes.
//!
//! They are generous. A wrong length then becomes an error text instead of a wild slice or an
//! endless copy. Primary keys have no limit here: their length must equal the schema's
//! ([`Host::key_len`](crate::host::Host::key_len)).

/// A plugin's name.
pub const PLUGIN_NAME: usize = 1 << 10;
/// A plugin's schema JSON.
pub const SCHEMA: usize = 16 << 20;
/// The configuration text that reaches `create_runtime`.
pub const CONFIG: usize = 16 << 20;
/// A command's payload.
pub const COMMAND_PAYLOAD: usize = 16 << 20;
/// An event's payload.
pub const EVENT_PAYLOAD: usize = 16 << 20;
/// A record lent to a visitor.
pub const RECORD: usize = 16 << 20;
/// One diagnostic text passed to `debug_log`.
pub const LOG_MESSAGE: usize = 64 << 10;
