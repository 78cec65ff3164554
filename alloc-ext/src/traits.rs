//! The published object-safe traits, for plugins that allocate.
//!
//! They differ from the published ones: [`RuntimePlugin`] and [`RuntimePluginFactory`]'s products
//! are `Send`, because a runtime handle may move between threads (rule 7 of
//! [`statevec_abi::boundary::rules`]).

use alloc::{boxed::Box, string::String};

use statevec_abi::{
    abi::{RecordKey, RecordKind, SysId},
    boundary::RuntimeCommandRef,
};

use crate::{
    errors::{
        RuntimeHostError, RuntimePluginError, RuntimePluginLoadError, RuntimePluginUnloadError,
    },
    schema::{CommandDefinition, SchemaRegistry},
};

/// Makes configured plugin instances.
pub trait RuntimePluginFactory {
    /// The plugin's name, stable across versions.
    fn plugin_name(&self) -> &'static str;

    /// The plugin's schema.
    fn schema_registry(&self) -> SchemaRegistry;

    /// The commands that the plugin understands.
    fn command_definitions(&self) -> &'static [&'static CommandDefinition] {
        &[]
    }

    /// Makes an instance from a configuration text; empty when the host has none.
    ///
    /// # Errors
    ///
    /// A configuration that cannot be used (kind 1002 at the boundary).
    fn create(
        &self,
        plugin_config_text: &str,
    ) -> Result<Box<dyn RuntimePlugin>, RuntimePluginLoadError>;
}

/// Deterministic business logic behind a box: the published form of
/// [`statevec_abi::plugin::Plugin`].
pub trait RuntimePlugin: Send {
    /// The plugin's name, stable across versions.
    fn name(&self) -> &'static str;

    /// The plugin's schema.
    fn schema_registry(&self) -> SchemaRegistry;

    /// The commands that the plugin understands.
    fn command_definitions(&self) -> &'static [&'static CommandDefinition] {
        &[]
    }

    /// Runs one command.
    ///
    /// # Errors
    ///
    /// A rejection (kind 2001 at the boundary). A failed host call, passed on, becomes one, too:
    /// its text then is `phase=… kind=… message=…`.
    fn run_tx(
        &self,
        tx: &mut dyn RuntimeHostContext,
        command: &dyn RuntimeCommandEnvelope,
    ) -> Result<(), RuntimePluginError>;

    /// Checks the invariants of every committed state. The default has none.
    ///
    /// # Errors
    ///
    /// The invariant that does not hold (kind 2001 at the boundary).
    fn validate_biz_invariants(&self, _ctx: &dyn BizInvariantReadContext) -> Result<(), String> {
        Ok(())
    }

    /// Releases the instance's resources. It is called once, before the drop.
    ///
    /// # Errors
    ///
    /// A resource could not be released (kind 5001 at the boundary).
    fn on_unload(&mut self) -> Result<(), RuntimePluginUnloadError> {
        Ok(())
    }
}

/// A command, as a boxed plugin sees it.
pub trait RuntimeCommandEnvelope {
    /// The command's kind.
    fn command_kind(&self) -> u8;
    /// Sequence number in the queue that the command came from.
    fn ext_seq(&self) -> u64;
    /// Reference time given by the source, in microseconds.
    fn ref_ext_time_us(&self) -> u64;
    /// The encoded payload.
    fn payload(&self) -> &[u8];
}

impl RuntimeCommandEnvelope for RuntimeCommandRef<'_> {
    fn command_kind(&self) -> u8 {
        RuntimeCommandRef::command_kind(self)
    }

    fn ext_seq(&self) -> u64 {
        RuntimeCommandRef::ext_seq(self)
    }

    fn ref_ext_time_us(&self) -> u64 {
        RuntimeCommandRef::ref_ext_time_us(self)
    }

    fn payload(&self) -> &[u8] {
        RuntimeCommandRef::payload(self)
    }
}

/// The host calls of a boxed plugin in a transaction.
///
/// Every method fails when the host refuses; from inside a visitor reads are legal and writes do
/// not compile.
#[allow(clippy::missing_errors_doc, reason = "said once, for all methods, above")]
pub trait RuntimeHostContext {
    /// Reads a record by number: calls `f` once if it exists, and returns whether it does.
    fn with_read_typed_raw(
        &self,
        record_kind: RecordKind,
        sys_id: SysId,
        f: &mut dyn FnMut(&[u8]),
    ) -> Result<bool, RuntimeHostError>;

    /// Reads a record by primary key: calls `f` once if it exists, and returns whether it does.
    fn with_read_typed_by_pk_raw(
        &self,
        record_kind: RecordKind,
        pk: &[u8],
        f: &mut dyn FnMut(&[u8]),
    ) -> Result<bool, RuntimeHostError>;

    /// Creates a record: calls `init` once with zeroed bytes, and returns the new record's key.
    fn create_typed_raw(
        &mut self,
        record_kind: RecordKind,
        init: &mut dyn FnMut(&mut [u8]),
    ) -> Result<RecordKey, RuntimeHostError>;

    /// Updates a record by primary key: calls `f` once if it exists, and returns whether it does.
    fn update_typed_by_pk_raw(
        &mut self,
        record_kind: RecordKind,
        pk: &[u8],
        f: &mut dyn FnMut(&mut [u8]),
    ) -> Result<bool, RuntimeHostError>;

    /// Deletes a record by primary key, and returns whether there was one.
    fn delete_by_pk_raw(
        &mut self,
        record_kind: RecordKind,
        pk: &[u8],
    ) -> Result<bool, RuntimeHostError>;

    /// Emits an event.
    fn emit_typed_event_raw(
        &mut self,
        event_kind: u8,
        payload: &[u8],
    ) -> Result<(), RuntimeHostError>;

    /// Calls `f` with every key of a kind, in ascending `sys_id`.
    fn for_each_record_key_raw(
        &self,
        kind: RecordKind,
        f: &mut dyn FnMut(RecordKey),
    ) -> Result<(), RuntimeHostError>;

    /// Passes a diagnostic text to the host. The default drops it.
    fn debug_log(&mut self, _message: String) -> Result<(), RuntimeHostError> {
        Ok(())
    }
}

/// The host calls of a boxed plugin that validates its invariants: the reading part of
/// [`RuntimeHostContext`].
#[allow(
    clippy::missing_errors_doc,
    reason = "as for RuntimeHostContext: every method fails when the host refuses"
)]
pub trait BizInvariantReadContext {
    /// Reads a record by number: calls `f` once if it exists, and returns whether it does.
    fn with_read_typed_raw(
        &self,
        record_kind: RecordKind,
        sys_id: SysId,
        f: &mut dyn FnMut(&[u8]),
    ) -> Result<bool, RuntimeHostError>;

    /// Reads a record by primary key: calls `f` once if it exists, and returns whether it does.
    fn with_read_typed_by_pk_raw(
        &self,
        record_kind: RecordKind,
        pk: &[u8],
        f: &mut dyn FnMut(&[u8]),
    ) -> Result<bool, RuntimeHostError>;

    /// Calls `f` with every key of a kind, in ascending `sys_id`.
    fn for_each_record_key_raw(
        &self,
        kind: RecordKind,
        f: &mut dyn FnMut(RecordKey),
    ) -> Result<(), RuntimeHostError>;
}
