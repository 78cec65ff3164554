//! The types of the binary contract, version 1, under their published names (ABI.md, sections 1 to
//! 3).
//!
//! The types are plain data: any bytes of the right size are a valid value, because the other side
//! wrote them. Their content is checked by [`PluginApi`](crate::host::PluginApi) in a host, and by
//! [`raw`](crate::raw) in a plugin.

mod bytes;
mod command;
mod error;
mod host;
pub(crate) mod layout;
mod plugin;
mod status;
pub(crate) mod utf8;

pub use bytes::{RuntimeBytesMutRef, RuntimeBytesRef};
pub use command::{RecordKey, RecordKind, RuntimeCommandView, RuntimeRecordKeyView, SysId};
pub use error::{ErrorText, RUNTIME_ERROR_MESSAGE_CAPACITY, RuntimeErrorBuf};
pub use host::{
    CreateFn, DebugLogFn, DeleteByPkFn, EmitEventFn, ForEachKeyFn, ReadByIdFn, ReadByPkFn,
    RuntimeBytesMutVisitor, RuntimeBytesVisitor, RuntimeHostContextV1, RuntimeHostVTableV1,
    RuntimeReadContextV1, RuntimeReadVTableV1, RuntimeRecordKeyVisitor, UpdateByPkFn,
};
pub use plugin::{
    CreateRuntimeFn, DestroyRuntimeFn, OnUnloadFn, PluginNameFn, RUNTIME_PLUGIN_ABI_VERSION_V1,
    RUNTIME_PLUGIN_ENTRY_V1_SYMBOL, RunTxFn, RuntimePluginApiV1, RuntimePluginEntryV1,
    SchemaBytesFn, ValidateBizInvariantsFn,
};
pub use status::{RuntimeCallStatus, RuntimeErrorKind, RuntimeErrorPhase, runtime_error_kind};

/// The contract as a C header: the text of `statevec_abi.h`.
pub const C_HEADER: &str = include_str!("../include/statevec_abi.h");
/// The text of `statevec_plugin.h`: how a plugin in C ends a call with success or an error.
pub const C_PLUGIN_HEADER: &str = include_str!("../include/statevec_plugin.h");
