//! The bodies of a plugin's seven functions: each checks its arguments, and runs the plugin's part,
//! which is a closure.
//!
//! The thunks of [`Plugin`](super::Plugin) and the published helper functions of
//! `statevec-abi-alloc` call them.

use core::{ffi::c_void, ptr::NonNull};

use super::{read_context::ReadContext, tx::Tx};
use crate::{
    abi::{
        RuntimeBytesRef, RuntimeCallStatus, RuntimeCommandView, RuntimeErrorBuf, RuntimeErrorPhase,
        RuntimeHostContextV1, RuntimeReadContextV1,
        runtime_error_kind::{ABI_CONTRACT_VIOLATION, CONFIG_ERROR, PLUGIN_INTERNAL_ERROR},
        utf8,
    },
    boundary::{
        BytesError, ErrorSlot, ErrorWritten, RuntimeCommandRef, TxResult,
        bytes::slice_within,
        enter::{BoundaryCall, Side, report},
        fail, limits,
        panic::{Panic, catch},
    },
    raw::{Claim, HostTable, Instance, InstanceError, InstanceStorage, ReadTable},
};

/// `plugin_name` and `schema_bytes`: the bytes of a text. Empty when the closure panics, because
/// these functions cannot report an error.
pub fn plugin_bytes_v1(text: impl FnOnce() -> &'static str) -> RuntimeBytesRef {
    match catch(text) {
        Ok(text) => RuntimeBytesRef::from_slice(text.as_bytes()),
        Err(_panic) => RuntimeBytesRef::empty(),
    }
}

/// `create_runtime`: checks the arguments, makes an instance, and stores it.
///
/// # Safety
///
/// `config` points to bytes valid for the call; `out_runtime` and `out_error` are null or valid for
/// writes for the call.
pub unsafe fn create_runtime_v1<P, S: InstanceStorage<P>>(
    config: RuntimeBytesRef,
    out_runtime: *mut *mut c_void,
    out_error: *mut RuntimeErrorBuf,
    create: impl for<'c> FnOnce(&str, ErrorSlot<'c>) -> TxResult<'c, P>,
) -> RuntimeCallStatus {
    // SAFETY: null or valid for writes until this function returns, by its contract (rule 9).
    let call = unsafe { BoundaryCall::new(Side::Plugin, RuntimeErrorPhase::Create, out_error) };
    call.enter(|error| {
        let out_runtime = NonNull::new(out_runtime).ok_or_else(|| {
            fail!(error, ABI_CONTRACT_VIOLATION, "null argument", "out_runtime is null")
        })?;
        let config = match config.len {
            0 => "",
            // SAFETY: a non-null pointer is valid for the call, by this function's contract
            // (rule 10).
            _ => unsafe { config_text(config, error) }?,
        };
        let plugin = create(config, error)?;
        let stored = S::store(plugin);
        let runtime = stored.map_err(|full| error.fail_with(CONFIG_ERROR, &full))?;
        // SAFETY: not null, so valid for a write, which may be unaligned (rule 9).
        unsafe { out_runtime.write_unaligned(runtime.as_ptr().cast()) };
        Ok(())
    })
}

/// Checks a configuration that is not empty.
///
/// # Safety
///
/// A non-null pointer is valid for reads of its length for `'t`.
#[cold]
#[cfg_attr(not(target_os = "none"), inline(never))]
unsafe fn config_text<'t, 'c>(
    config: RuntimeBytesRef,
    error: ErrorSlot<'c>,
) -> TxResult<'c, &'t str> {
    // SAFETY: a non-null pointer is valid for reads of its length, by this function's contract
    // (rule 10).
    let config = unsafe { slice_within(config, limits::CONFIG) }
        .map_err(|reason| error.fail_with(ABI_CONTRACT_VIOLATION, &reason))?;
    utf8::text(config).map_err(|reason| {
        fail!(error, CONFIG_ERROR, "config not UTF-8", "plugin config is not valid UTF-8: {reason}")
    })
}

/// `destroy_runtime`: drops an instance. It ignores null, and an instance in the middle of a call,
/// which still uses it.
///
/// # Safety
///
/// `runtime` is null, or was made by [`create_runtime_v1`] with the same `P` and `S` and not
/// destroyed since.
pub unsafe fn destroy_runtime_v1<P, S: InstanceStorage<P>>(runtime: *mut c_void) {
    let Some(instance) = NonNull::new(runtime.cast::<Instance<P>>()) else { return };
    // SAFETY: not null, so a live instance, by this function's contract. The reference ends before
    // the instance is removed (rule 10).
    if unsafe { instance.as_ref() }.is_busy() {
        return;
    }
    // A panic of the plugin's destructor is caught; this function cannot report it (rule 2).
    let _ = catch(|| {
        // SAFETY: `create_runtime_v1` stored it in `S`; it is idle, and the handle is not used
        // again (rule 7).
        unsafe { S::remove(instance) };
    });
}

/// `run_tx`: checks the arguments, claims the instance, and runs one command.
///
/// # Safety
///
/// `runtime` is null or a live instance made with this `P`; `host` is as [`HostTable::from_raw`]
/// says, and the command's payload valid, for the call; `out_error` is null or valid for writes for
/// the call.
#[inline]
pub unsafe fn run_tx_v1<P>(
    runtime: *mut c_void,
    host: RuntimeHostContextV1,
    command: &mut RuntimeCommandView,
    out_error: *mut RuntimeErrorBuf,
    run: impl for<'tx> FnOnce(&P, &mut Tx<'tx>, &RuntimeCommandRef<'_>) -> TxResult<'tx>,
) -> RuntimeCallStatus {
    let len = command.payload.len;
    // SAFETY: a non-null payload is valid for the call, by this function's contract (rule 10).
    let Ok(command) = (unsafe { RuntimeCommandRef::check(command) }) else {
        // SAFETY: null or valid for writes for the call, by this function's contract (rule 9).
        return bad_payload(
            unsafe { ErrorSlot::from_raw(out_error, RuntimeErrorPhase::RunTx) },
            len,
        );
    };
    let instance = match NonNull::new(runtime.cast::<Instance<P>>()) {
        // SAFETY: not null, so a live instance of this `P`, by this function's contract (rule 10).
        Some(instance) if unsafe { Instance::begin(instance.as_ptr()) } => instance,
        // SAFETY: both pointers are null or valid, by this function's contract, which is the same
        // (rules 9 and 10).
        _ => return unsafe { refused::<P>(runtime, out_error) },
    };
    // SAFETY: `begin` has just returned true, and this is the only `lend` of the call. The
    // transaction holds the results and is dropped when the call ends (rule 3).
    let (error_buffer, plugin) = unsafe { Instance::lend(instance) };
    // SAFETY: the context is valid for the call, by this function's contract (rule 10).
    let table = unsafe { HostTable::from_raw(host) };
    // SAFETY: null or valid for writes for the call, by this function's contract (rule 9).
    let error = unsafe { ErrorSlot::from_raw(out_error, RuntimeErrorPhase::RunTx) };
    let mut tx = Tx::new(table, error_buffer, error);
    // After the run, buffer and slot are read back from the transaction: no callee-saved register
    // holds them across it.
    match catch(|| run(plugin, &mut tx, command)) {
        Ok(result) => {
            // SAFETY: the transaction still has the buffer of `lend`, because its state cannot be
            // exchanged (rule 3).
            unsafe { Instance::<P>::end(tx.error_buffer_address(), false) };
            match result {
                Ok(()) => {
                    tx.error().reset();
                    RuntimeCallStatus::Success
                }
                Err(_written) => RuntimeCallStatus::Failure,
            }
        }
        // SAFETY: the transaction still has the buffer of `lend`, because its state cannot be
        // exchanged (rule 3).
        Err(panic) => unsafe { panicked::<P>(&tx, panic) },
    }
}

#[cold]
#[inline(never)]
fn bad_payload(error: ErrorSlot<'_>, len: usize) -> RuntimeCallStatus {
    let reason = BytesError::of(len, limits::COMMAND_PAYLOAD);
    let _written = error.fail_with(ABI_CONTRACT_VIOLATION, &reason);
    RuntimeCallStatus::Failure
}

/// Fails a call whose instance is null, busy or quarantined.
///
/// # Safety
///
/// `runtime` is null or a live instance made with this `P`; `out_error` is null or valid for writes
/// for the call.
#[cold]
#[inline(never)]
unsafe fn refused<P>(runtime: *mut c_void, out_error: *mut RuntimeErrorBuf) -> RuntimeCallStatus {
    // SAFETY: null or valid for writes for the call, by this function's contract (rule 9).
    let error = unsafe { ErrorSlot::from_raw(out_error, RuntimeErrorPhase::RunTx) };
    // SAFETY: null or a live instance of this `P`, by this function's contract (rule 10).
    if let Ok(claim) = unsafe { claim::<P>(runtime, error) } {
        // Unreachable: the instance was not idle before, and one thread at a time uses it (rule 7).
        claim.release();
    }
    RuntimeCallStatus::Failure
}

/// Quarantines the instance and reports the panic.
///
/// # Safety
///
/// `tx` has the buffer that [`Instance::lend`] gave out for a `P`, and the call is over.
#[cold]
#[inline(never)]
unsafe fn panicked<P>(tx: &Tx<'_>, panic: Panic) -> RuntimeCallStatus {
    // SAFETY: the transaction has that buffer, by this function's contract (rule 3).
    unsafe { Instance::<P>::end(tx.error_buffer_address(), true) };
    report(Side::Plugin, tx.error(), panic)
}

/// `validate_biz_invariants`: claims the instance, and runs its validation.
///
/// # Safety
///
/// `runtime` is null or a live instance made with this `P`; `host` is as [`ReadTable::from_raw`]
/// says for the call; `out_error` is null or valid for writes for the call.
pub unsafe fn validate_v1<P>(
    runtime: *mut c_void,
    host: RuntimeReadContextV1,
    out_error: *mut RuntimeErrorBuf,
    validate: impl for<'c> FnOnce(&P, &mut ReadContext<'c>) -> TxResult<'c>,
) -> RuntimeCallStatus {
    let phase = RuntimeErrorPhase::ValidateBizInvariants;
    // SAFETY: null or valid for writes until this function returns, by its contract (rule 9).
    let call = unsafe { BoundaryCall::new(Side::Plugin, phase, out_error) };
    call.enter(|error| {
        // SAFETY: null or a live instance of this `P`, by this function's contract (rule 10).
        let claim = unsafe { claim::<P>(runtime, error) }?;
        // SAFETY: the only call for this claim. The context holds the buffer and is dropped before
        // the claim (rule 3).
        let error_buffer = unsafe { claim.error_buffer() };
        // SAFETY: the context is valid for the call, by this function's contract (rule 10).
        let table = unsafe { ReadTable::from_raw(host) };
        let result = validate(claim.plugin(), &mut ReadContext::new(table, error_buffer, error));
        claim.release();
        result
    })
}

/// `on_unload`: claims the instance for its last call before it is destroyed.
///
/// # Safety
///
/// `runtime` is null or a live instance made with this `P`; `out_error` is null or valid for writes
/// for the call.
pub unsafe fn on_unload_v1<P>(
    runtime: *mut c_void,
    out_error: *mut RuntimeErrorBuf,
    unload: impl for<'c> FnOnce(&mut P, ErrorSlot<'c>) -> TxResult<'c>,
) -> RuntimeCallStatus {
    // SAFETY: null or valid for writes until this function returns, by its contract (rule 9).
    let call = unsafe { BoundaryCall::new(Side::Plugin, RuntimeErrorPhase::Unload, out_error) };
    call.enter(|error| {
        // SAFETY: null or a live instance of this `P`, by this function's contract (rule 10).
        let mut claim = unsafe { claim::<P>(runtime, error) }?;
        let result = unload(claim.plugin_mut(), error);
        claim.release();
        result
    })
}

/// # Safety
///
/// As [`Instance::from_handle`].
#[inline]
unsafe fn claim<'i, 'c, P>(
    runtime: *mut c_void,
    error: ErrorSlot<'c>,
) -> TxResult<'c, Claim<'i, P>> {
    // SAFETY: null or a live instance of this `P`, by this function's contract (rule 10).
    let instance = unsafe { Instance::from_handle(runtime) };
    instance.and_then(Instance::claim).map_err(|reason| unusable(error, reason))
}

#[cold]
fn unusable<'c>(error: ErrorSlot<'c>, reason: InstanceError) -> ErrorWritten<'c> {
    let kind = if reason.is_quarantine() { PLUGIN_INTERNAL_ERROR } else { ABI_CONTRACT_VIOLATION };
    error.fail(kind, reason.text())
}
