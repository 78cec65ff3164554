//! The part that all functions of a host share: entering the host, and checking the plugin's
//! arguments.

use core::{ffi::c_void, ptr::NonNull};

use super::{
    Host, HostGate,
    gate::{GateError, LentHost, ReadHost},
    refusal::no_keyed_record_kind,
};
use crate::{
    abi::{
        RecordKind, RuntimeBytesRef, RuntimeCallStatus, RuntimeErrorBuf, RuntimeErrorPhase,
        runtime_error_kind,
    },
    boundary::{
        BytesError, ErrorSlot, ErrorWritten, TxResult,
        bytes::slice_within,
        enter::{BoundaryCall, Side},
        fail,
    },
};

/// A call of the host that has just begun.
pub(super) struct HostCall<'g, H> {
    gate: Option<&'g HostGate<H>>,
    boundary_call: BoundaryCall<'g>,
}

impl<H: Host> HostCall<'_, H> {
    /// A call of a function that stands in both tables. The gate tells its phase.
    ///
    /// # Safety
    ///
    /// A non-null `ctx` is the address of a live [`HostGate<H>`]; `out_error` is null or valid for
    /// writes for the call.
    #[inline]
    pub(super) unsafe fn reading(ctx: *const c_void, out_error: *mut RuntimeErrorBuf) -> Self {
        // SAFETY: null or the address of a live gate of this type, by this function's contract
        // (rule 5).
        let gate = unsafe { HostGate::<H>::from_context(ctx) };
        let phase = gate.map_or(RuntimeErrorPhase::RunTx, HostGate::phase);
        // SAFETY: null or valid for writes until the call returns, by this function's contract
        // (rule 9).
        let boundary_call = unsafe { BoundaryCall::new(Side::Host, phase, out_error) };
        Self { gate, boundary_call }
    }

    /// A call of a function that stands only in the table for transactions.
    ///
    /// # Safety
    ///
    /// As [`reading`](Self::reading).
    #[inline]
    pub(super) unsafe fn writing(ctx: *const c_void, out_error: *mut RuntimeErrorBuf) -> Self {
        // SAFETY: null or the address of a live gate of this type, by this function's contract
        // (rule 5).
        let gate = unsafe { HostGate::from_context(ctx) };
        // SAFETY: null or valid for writes until the call returns, by this function's contract
        // (rule 9).
        let boundary_call =
            unsafe { BoundaryCall::new(Side::Host, RuntimeErrorPhase::RunTx, out_error) };
        Self { gate, boundary_call }
    }

    #[inline]
    pub(super) fn read(
        self,
        body: impl for<'e> FnOnce(&H, ErrorSlot<'e>) -> TxResult<'e>,
    ) -> RuntimeCallStatus {
        self.boundary_call.enter(|error| body(begin_read(self.gate, error)?.get(), error))
    }

    #[inline]
    pub(super) fn write(
        self,
        body: impl for<'e> FnOnce(&mut H, ErrorSlot<'e>) -> TxResult<'e>,
    ) -> RuntimeCallStatus {
        self.boundary_call.enter(|error| body(begin_write(self.gate, error)?.get(), error))
    }
}

// Firmware has few bytes of flash, so there the two functions below stand once for all calls.
// Elsewhere calls are faster with their code in place.

#[cfg_attr(target_os = "none", inline(never))]
#[cfg_attr(not(target_os = "none"), inline)]
fn begin_read<'g, 'e, H: Host>(
    gate: Option<&'g HostGate<H>>,
    error: ErrorSlot<'e>,
) -> TxResult<'e, ReadHost<'g, H>> {
    let host = gate.ok_or(GateError::Null).and_then(HostGate::begin_read);
    host.map_err(|reason| refused(error, reason))
}

#[cfg_attr(target_os = "none", inline(never))]
#[cfg_attr(not(target_os = "none"), inline)]
fn begin_write<'g, 'e, H: Host>(
    gate: Option<&'g HostGate<H>>,
    error: ErrorSlot<'e>,
) -> TxResult<'e, LentHost<'g, H>> {
    let host = gate.ok_or(GateError::Null).and_then(HostGate::begin_write);
    host.map_err(|reason| refused(error, reason))
}

/// A primary key of exactly the length that the schema gives.
///
/// # Safety
///
/// A non-null pointer is valid for reads of its length for `'k`.
#[inline]
pub(super) unsafe fn key<'k, 'e, H: Host>(
    host: &H,
    kind: RecordKind,
    pk: RuntimeBytesRef,
    error: ErrorSlot<'e>,
) -> TxResult<'e, &'k [u8]> {
    match host.key_len(kind) {
        Some(len) if len == pk.len => {
            // SAFETY: a non-null pointer is valid for reads of its length, by this function's
            // contract (rule 10).
            unsafe { bytes(pk, len, error) }
        }
        Some(len) => Err(wrong_key(kind, len, pk.len, error)),
        None => Err(no_keyed_record_kind(kind, error)),
    }
}

/// Foreign bytes of at most `limit`.
///
/// # Safety
///
/// A non-null pointer is valid for reads of its length for `'b`.
#[inline]
pub(super) unsafe fn bytes<'b, 'e>(
    bytes: RuntimeBytesRef,
    limit: usize,
    error: ErrorSlot<'e>,
) -> TxResult<'e, &'b [u8]> {
    // SAFETY: a non-null pointer is valid for reads of its length, by this function's contract
    // (rule 10).
    match unsafe { slice_within(bytes, limit) } {
        Ok(bytes) => Ok(bytes),
        Err(_) => Err(bad_bytes(bytes.len, limit, error)),
    }
}

/// Builds the error for bytes that failed the check. The reason is recomputed so that the hot path
/// need not carry it.
#[cold]
#[inline(never)]
fn bad_bytes<'e>(len: usize, limit: usize, error: ErrorSlot<'e>) -> ErrorWritten<'e> {
    error.fail_with(runtime_error_kind::ABI_CONTRACT_VIOLATION, &BytesError::of(len, limit))
}

#[cold]
#[inline(never)]
fn wrong_key<'e>(
    kind: RecordKind,
    expected: usize,
    got: usize,
    error: ErrorSlot<'e>,
) -> ErrorWritten<'e> {
    fail!(
        error,
        runtime_error_kind::HOST_REJECTED,
        "bad key length",
        "primary key of {got} bytes for record kind {kind}; its key has {expected}"
    )
}

#[inline]
pub(super) fn require_function<'e, F>(
    function: Option<F>,
    name: &'static str,
    error: ErrorSlot<'e>,
) -> TxResult<'e, F> {
    match function {
        Some(function) => Ok(function),
        None => Err(null(name, error)),
    }
}

#[inline]
pub(super) fn require_out<'e, T>(
    pointer: *mut T,
    name: &'static str,
    error: ErrorSlot<'e>,
) -> TxResult<'e, NonNull<T>> {
    match NonNull::new(pointer) {
        Some(pointer) => Ok(pointer),
        None => Err(null(name, error)),
    }
}

#[cold]
#[inline(never)]
fn null<'e>(name: &'static str, error: ErrorSlot<'e>) -> ErrorWritten<'e> {
    let kind = runtime_error_kind::ABI_CONTRACT_VIOLATION;
    fail!(error, kind, "null argument", "{name} is null")
}

/// Writes an out parameter.
#[inline]
pub(super) fn write_out<T>(pointer: NonNull<T>, value: T) {
    // SAFETY: not null, so valid for a write, which may be unaligned (rule 9).
    unsafe { pointer.write_unaligned(value) };
}

#[cold]
fn refused<'e>(error: ErrorSlot<'e>, reason: GateError) -> ErrorWritten<'e> {
    let kind = if reason.is_refusal() {
        runtime_error_kind::HOST_REJECTED
    } else {
        runtime_error_kind::ABI_CONTRACT_VIOLATION
    };
    error.fail(kind, reason.text())
}
