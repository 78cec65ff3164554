//! A plugin's table, checked.

use core::{ffi::c_void, ptr};

use crate::{
    abi::{
        CreateRuntimeFn, DestroyRuntimeFn, OnUnloadFn, PluginNameFn, RUNTIME_PLUGIN_ABI_VERSION_V1,
        RunTxFn, RuntimeBytesRef, RuntimeCallStatus, RuntimeErrorBuf, RuntimeHostContextV1,
        RuntimePluginApiV1, RuntimeReadContextV1, SchemaBytesFn, ValidateBizInvariantsFn,
    },
    boundary::{BytesError, RuntimeCommandRef, bytes::slice_within, limits},
    plugin::StaticPlugin,
};

/// A plugin's table, known to be of this version and without null entries: the proof that
/// [`check`](Self::check) has looked.
#[derive(Debug, Clone, Copy)]
pub struct PluginApi {
    plugin_name: PluginNameFn,
    schema_bytes: SchemaBytesFn,
    create_runtime: CreateRuntimeFn,
    destroy_runtime: DestroyRuntimeFn,
    run_tx: RunTxFn,
    validate_biz_invariants: ValidateBizInvariantsFn,
    on_unload: OnUnloadFn,
}

/// Why a table cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror_no_std::Error)]
#[non_exhaustive]
pub enum TableError {
    /// The plugin was built for another version of the contract.
    #[error(
        "plugin has ABI version {found}; this host speaks version {RUNTIME_PLUGIN_ABI_VERSION_V1}"
    )]
    AbiVersion {
        /// The version in the table.
        found: u32,
    },
    /// A function is missing.
    #[error("{entry} is null in the plugin's table")]
    NullEntry {
        /// Name of the entry.
        entry: &'static str,
    },
}

impl core::error::Error for TableError {}

impl PluginApi {
    /// Checks a foreign table: the version first, and nothing else if it is another one.
    ///
    /// # Errors
    ///
    /// What is wrong with the table.
    ///
    /// # Safety
    ///
    /// Every non-null entry is a function of its type that keeps the contract, for as long as the
    /// result and its copies are used.
    pub const unsafe fn check(table: &RuntimePluginApiV1) -> Result<Self, TableError> {
        if table.abi_version != RUNTIME_PLUGIN_ABI_VERSION_V1 {
            return Err(TableError::AbiVersion { found: table.abi_version });
        }
        macro_rules! entry {
            ($entry:ident) => {
                match table.$entry {
                    Some(function) => function,
                    None => return Err(TableError::NullEntry { entry: stringify!($entry) }),
                }
            };
        }
        Ok(Self {
            plugin_name: entry!(plugin_name),
            schema_bytes: entry!(schema_bytes),
            create_runtime: entry!(create_runtime),
            destroy_runtime: entry!(destroy_runtime),
            run_tx: entry!(run_tx),
            validate_biz_invariants: entry!(validate_biz_invariants),
            on_unload: entry!(on_unload),
        })
    }

    /// The table of a plugin that is linked in.
    ///
    /// # Errors
    ///
    /// As [`check`](Self::check).
    pub const fn of_static(plugin: &StaticPlugin) -> Result<Self, TableError> {
        // SAFETY: who made the descriptor made its functions, or promised for them, for as long as
        // the program runs (rule 10).
        unsafe { Self::check(plugin.api()) }
    }

    /// The plugin's name, as bytes: that it is text nobody has checked.
    ///
    /// # Errors
    ///
    /// A null pointer with a length, or a name above [`limits::PLUGIN_NAME`].
    pub fn plugin_name(&self) -> Result<&[u8], BytesError> {
        // SAFETY: `check` was promised a function of this type (rule 10).
        let bytes = unsafe { (self.plugin_name)() };
        self.text(bytes, limits::PLUGIN_NAME)
    }

    /// The plugin's schema JSON, as bytes: that it is text, and what it says, nobody has checked.
    ///
    /// # Errors
    ///
    /// A null pointer with a length, or a schema above [`limits::SCHEMA`].
    pub fn schema_bytes(&self) -> Result<&[u8], BytesError> {
        // SAFETY: `check` was promised a function of this type (rule 10).
        let bytes = unsafe { (self.schema_bytes)() };
        self.text(bytes, limits::SCHEMA)
    }

    fn text(&self, bytes: RuntimeBytesRef, limit: usize) -> Result<&[u8], BytesError> {
        // SAFETY: such bytes live as long as the plugin's code, and that as long as `self`
        // (rule 6).
        unsafe { slice_within(bytes, limit) }
    }

    /// `create_runtime`, raw: null when the plugin left the handle unwritten.
    pub(super) fn create_runtime(
        &self,
        config: &str,
        out_error: *mut RuntimeErrorBuf,
    ) -> (RuntimeCallStatus, *mut c_void) {
        let mut runtime = ptr::null_mut();
        let config = RuntimeBytesRef::from_slice(config.as_bytes());
        // SAFETY: a function of this type; the pointers are live for the call (rules 1 and 9).
        let status = unsafe { (self.create_runtime)(config, &raw mut runtime, out_error) };
        (status, runtime)
    }

    /// # Safety
    ///
    /// `runtime` was made by this table, and is not used again.
    pub(super) unsafe fn destroy_runtime(&self, runtime: *mut c_void) {
        // SAFETY: the caller's promise (rule 7).
        unsafe { (self.destroy_runtime)(runtime) };
    }

    /// # Safety
    ///
    /// `runtime` was made by this table and lives; `host` is good for the call; `out_error` is
    /// valid for writes.
    #[inline]
    pub(super) unsafe fn run_tx(
        &self,
        runtime: *mut c_void,
        host: RuntimeHostContextV1,
        command: &RuntimeCommandRef<'_>,
        out_error: *mut RuntimeErrorBuf,
    ) -> RuntimeCallStatus {
        // SAFETY: the caller's promise (rules 7 and 9).
        unsafe { (self.run_tx)(runtime, host, command.view(), out_error) }
    }

    /// # Safety
    ///
    /// As [`run_tx`](Self::run_tx).
    pub(super) unsafe fn validate_biz_invariants(
        &self,
        runtime: *mut c_void,
        host: RuntimeReadContextV1,
        out_error: *mut RuntimeErrorBuf,
    ) -> RuntimeCallStatus {
        // SAFETY: the caller's promise (rules 7 and 9).
        unsafe { (self.validate_biz_invariants)(runtime, host, out_error) }
    }

    /// # Safety
    ///
    /// As [`run_tx`](Self::run_tx).
    pub(super) unsafe fn on_unload(
        &self,
        runtime: *mut c_void,
        out_error: *mut RuntimeErrorBuf,
    ) -> RuntimeCallStatus {
        // SAFETY: the caller's promise (rules 7 and 9).
        unsafe { (self.on_unload)(runtime, out_error) }
    }
}
