//! A plugin instance as its host holds it: makes its calls, and checks the status that each
//! returns.

use core::{
    ffi::c_void,
    fmt,
    marker::PhantomData,
    ops::Deref,
    pin::Pin,
    ptr::{self, NonNull},
};

use super::{
    Host, HostGate, PluginApi,
    call_status::{check_end, check_status, expect_nothing, not_created, violation},
    thunks::HostVTables,
};
use crate::{
    abi::{
        ErrorText, RuntimeCallStatus, RuntimeErrorBuf, RuntimeErrorKind, RuntimeErrorPhase,
        RuntimeHostContextV1, RuntimeHostVTableV1, RuntimeReadContextV1, RuntimeReadVTableV1,
    },
    boundary::{RuntimeCommandRef, fail},
};

/// A plugin instance. Its drop calls `on_unload` and destroys it.
///
/// `G` holds the instance's [`HostGate`] in place: `Pin<&mut HostGate<H>>` without an allocator,
/// `Pin<Arc<HostGate<H>>>` with one. It may move between threads, and is used by one at a time
/// (rule 7).
///
/// ```
/// use core::pin::pin;
/// use statevec_abi::{
///     abi::RuntimeErrorBuf,
///     fixed_store::{FixedMemory, FixedStore, record_size},
///     host::{HostGate, PluginApi, PluginRuntime},
///     prelude::*,
/// };
///
/// # #[derive(Record)]
/// # #[record(kind = 1, len = 64, pk(name))]
/// # struct Counter { #[field(immutable)] name: u64, value: u64 }
/// # #[derive(Command)]
/// # #[command(kind = 1)]
/// # struct Add { name: u64, amount: u64 }
/// # schema! { const SCHEMA = { version: "1.0", records: [Counter], commands: [Add] }; }
/// # struct Counters;
/// # impl Plugin for Counters {
/// #     fn name() -> &'static str { "counters" }
/// #     fn schema() -> &'static str { SCHEMA.json }
/// #     fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> { Ok(Self) }
/// #     fn run_tx<'tx>(
/// #         &self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>,
/// #     ) -> TxResult<'tx> {
/// #         dispatch!(tx, match command {
/// #             Add(add) => tx.update_or_create(&Counter { name: add.name, value: 0 }, |counter| {
/// #                 counter.set_value(counter.value().saturating_add(add.amount));
/// #             }),
/// #         }, schema = SCHEMA)
/// #     }
/// # }
/// # fn main() -> Result<(), Box<dyn core::error::Error>> {
/// let mut memory: FixedMemory<8, { record_size(SCHEMA.def) }, 0> = FixedMemory::new();
/// let mut store = FixedStore::new(SCHEMA.def, &mut memory)?;
///
/// let api = PluginApi::of_static(&static_plugin!(Counters, slots = 1))?;
/// let (gate, mut error) = (pin!(HostGate::new()), RuntimeErrorBuf::RESET);
/// let mut runtime = match PluginRuntime::create(api, "", gate, &mut error) {
///     Ok(runtime) => runtime,
///     Err(failure) => panic!("{failure}"),
/// };
///
/// let mut payload = [0; 16];
/// let len = Add { name: 7, amount: 5 }.encode(&mut payload)?;
/// let command = RuntimeCommandRef::new(Add::KIND, 1, 0, &payload[..len]);
/// let mut transaction = store.begin();
/// match runtime.run_tx(transaction.host(), &command) {
///     Ok(()) => transaction.commit(),
///     // The transaction is rolled back when it is dropped.
///     Err(failure) => panic!("{failure}"),
/// }
/// assert_eq!(store.len(1), 1);
/// # Ok(())
/// # }
/// ```
pub struct PluginRuntime<H: Host, G: Deref<Target = HostGate<H>>> {
    api: PluginApi,
    runtime: NonNull<c_void>,
    gate: Pin<G>,
    unloaded: bool,
    host: PhantomData<fn(&mut H)>,
}

// SAFETY: the contract lets an instance move between threads. Table and flag are plain data, and
// `G` is `Send` (rule 7).
unsafe impl<H: Host, G: Deref<Target = HostGate<H>> + Send> Send for PluginRuntime<H, G> {}

/// The failure of a call of a plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallFailure<'e> {
    /// The part of the plugin's life that failed, as the plugin wrote it.
    pub phase: RuntimeErrorPhase,
    /// The kind of the error, as the plugin wrote it.
    pub kind: RuntimeErrorKind,
    /// The reason.
    pub message: ErrorText<'e>,
}

impl fmt::Display for CallFailure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind.name() {
            Some(name) => write!(f, "{name} ({}): {}", self.kind.0, self.message),
            None => write!(f, "error {}: {}", self.kind.0, self.message),
        }
    }
}

impl core::error::Error for CallFailure<'_> {}

impl<H: Host, G: Deref<Target = HostGate<H>>> PluginRuntime<H, G> {
    /// Creates an instance, with a gate of its own.
    ///
    /// # Errors
    ///
    /// Another runtime has the gate, or the plugin failed. `error` holds the reason.
    pub fn create<'e>(
        api: PluginApi,
        config: &str,
        gate: Pin<G>,
        error: &'e mut RuntimeErrorBuf,
    ) -> Result<Self, CallFailure<'e>> {
        let phase = RuntimeErrorPhase::Create;
        if !gate.acquire() {
            return Err(violation(error, phase, |error, kind| {
                fail!(
                    error,
                    kind,
                    "gate is taken",
                    "the host gate belongs to another runtime; give each its own"
                )
            }));
        }
        expect_nothing(error);
        let (status, runtime) = api.create_runtime(config, error);
        match NonNull::new(runtime) {
            Some(runtime) if status == RuntimeCallStatus::Success => {
                Ok(Self { api, runtime, gate, unloaded: false, host: PhantomData })
            }
            _ => {
                gate.release();
                Err(not_created(status, phase, error))
            }
        }
    }

    /// Runs one command on a host. After a failure the host's owner rolls back; this function does
    /// not.
    ///
    /// # Errors
    ///
    /// The plugin's rejection or failure.
    #[inline]
    pub fn run_tx(
        &mut self,
        host: &mut H,
        command: &RuntimeCommandRef<'_>,
    ) -> Result<(), CallFailure<'_>> {
        let vtable: *const RuntimeHostVTableV1 = const { &HostVTables::<H>::HOST };
        let out_error = ptr::from_mut(expect_nothing(self.error()));
        host.begin_call();
        let status = self.gate.as_ref().open(host, |ctx_ptr| {
            let context = RuntimeHostContextV1 { ctx_ptr, vtable };
            // SAFETY: `create` got the handle from this table, and only `drop` destroys it. The
            // gate stays pinned as long as `self` (rules 5 and 7).
            unsafe { self.api.run_tx(self.runtime.as_ptr(), context, command, out_error) }
        });
        let phase = RuntimeErrorPhase::RunTx;
        check_end(host, status, "run_tx", phase, self.error())
    }

    /// Lets the plugin check its invariants on a host's state.
    ///
    /// # Errors
    ///
    /// The invariant that does not hold, or the plugin's failure.
    pub fn validate_biz_invariants(&mut self, host: &H) -> Result<(), CallFailure<'_>> {
        let vtable: *const RuntimeReadVTableV1 = const { &HostVTables::<H>::READ };
        let out_error = ptr::from_mut(expect_nothing(self.error()));
        host.begin_call();
        let status = self.gate.as_ref().open_for_reading(host, |ctx_ptr| {
            let context = RuntimeReadContextV1 { ctx_ptr, vtable };
            // SAFETY: `create` got the handle from this table, and only `drop` destroys it. The
            // gate stays pinned as long as `self` (rules 5 and 7).
            unsafe { self.api.validate_biz_invariants(self.runtime.as_ptr(), context, out_error) }
        });
        let phase = RuntimeErrorPhase::ValidateBizInvariants;
        check_end(host, status, "validate_biz_invariants", phase, self.error())
    }

    /// Calls the plugin's `on_unload`. Dropping the runtime does so, too, but drops the failure.
    ///
    /// # Errors
    ///
    /// The plugin's failure. The drop of the runtime destroys the instance all the same.
    pub fn unload(&mut self) -> Result<(), CallFailure<'_>> {
        if self.unloaded {
            return Ok(());
        }
        self.unloaded = true;
        let out_error = ptr::from_mut(expect_nothing(self.error()));
        // SAFETY: `create` got the handle from this table, and only `drop` destroys it. The buffer
        // is this runtime's (rules 7 and 9).
        let status = unsafe { self.api.on_unload(self.runtime.as_ptr(), out_error) };
        check_status(status, "on_unload", RuntimeErrorPhase::Unload, self.error())
    }

    /// The error buffer.
    #[inline]
    fn error(&mut self) -> &mut RuntimeErrorBuf {
        // SAFETY: this runtime acquired the gate and is borrowed mutably, so no other reference to
        // the buffer exists (rules 7 and 9).
        unsafe { &mut *self.gate.error() }
    }
}

impl<H: Host, G: Deref<Target = HostGate<H>>> Drop for PluginRuntime<H, G> {
    fn drop(&mut self) {
        // A drop cannot report the failure; a host that needs it calls `unload` first.
        let _ = self.unload();
        // SAFETY: `create` got the handle from this table, and it is not used after this drop
        // (rule 7).
        unsafe { self.api.destroy_runtime(self.runtime.as_ptr()) };
        self.gate.release();
    }
}

impl<H: Host, G: Deref<Target = HostGate<H>>> fmt::Debug for PluginRuntime<H, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PluginRuntime").field("runtime", &self.runtime).finish_non_exhaustive()
    }
}
