//! The C functions of a [`Host`], generic over it.

use core::{ffi::c_void, fmt, ptr::NonNull};

use super::{BytesMutVisitor, BytesVisitor, Host, HostGate, KeyVisitor, gate::GateError};
use crate::{
    abi::{
        RecordKind, RuntimeBytesMutVisitor, RuntimeBytesRef, RuntimeBytesVisitor,
        RuntimeCallStatus, RuntimeErrorBuf, RuntimeErrorPhase, RuntimeHostVTableV1,
        RuntimeReadVTableV1, RuntimeRecordKeyView, RuntimeRecordKeyVisitor, SysId,
        bytes::slice_within, runtime_error_kind,
    },
    enter::{Callee, Inbound},
    error_slot::{ErrorSlot, Rejected},
    limits,
};

/// The tables of a host.
pub(super) struct Tables<H>(core::marker::PhantomData<fn(H)>);

impl<H: Host> Tables<H> {
    pub(super) const HOST: RuntimeHostVTableV1 = RuntimeHostVTableV1 {
        with_read_typed_raw: Some(read_by_id::<H>),
        with_read_typed_by_pk_raw: Some(read_by_pk::<H>),
        create_typed_raw: Some(create::<H>),
        update_typed_by_pk_raw: Some(update_by_pk::<H>),
        delete_by_pk_raw: Some(delete_by_pk::<H>),
        emit_typed_event_raw: Some(emit_event::<H>),
        for_each_record_key_raw: Some(for_each_key::<H>),
        debug_log: Some(debug_log::<H>),
    };

    pub(super) const READ: RuntimeReadVTableV1 = RuntimeReadVTableV1 {
        with_read_typed_raw: Some(read_by_id::<H>),
        with_read_typed_by_pk_raw: Some(read_by_pk::<H>),
        for_each_record_key_raw: Some(for_each_key::<H>),
    };
}

/// A call of the host that has just come in.
struct HostCall<'g, H> {
    gate: Result<&'g HostGate<H>, GateError>,
    inbound: Inbound<'g>,
}

impl<H: Host> HostCall<'_, H> {
    /// # Safety
    ///
    /// A non-null `ctx` is the address of a live [`HostGate<H>`]; `out_error` is null or valid for writes for the call.
    #[inline]
    unsafe fn new(ctx: *const c_void, out_error: *mut RuntimeErrorBuf) -> Self {
        // SAFETY: the caller's promise about `ctx` (rule 5).
        let gate = unsafe { HostGate::from_context(ctx) };
        let phase = gate.map_or(RuntimeErrorPhase::RunTx, HostGate::phase);
        // SAFETY: the caller's promise about `out_error` (rule 9).
        let inbound = unsafe { Inbound::new(Callee::Host, phase, out_error) };
        Self { gate, inbound }
    }

    #[inline]
    fn read(
        self,
        body: impl for<'e> FnOnce(&H, ErrorSlot<'e>) -> Result<(), Rejected<'e>>,
    ) -> RuntimeCallStatus {
        self.inbound.enter(|error| {
            let gate = self.gate.map_err(|reason| refused(error, reason))?;
            let answer = gate.read(|host| body(host, error));
            answer.map_err(|reason| refused(error, reason))?
        })
    }

    #[inline]
    fn write(
        self,
        body: impl for<'e> FnOnce(&mut H, ErrorSlot<'e>) -> Result<(), Rejected<'e>>,
    ) -> RuntimeCallStatus {
        self.inbound.enter(|error| {
            let gate = self.gate.map_err(|reason| refused(error, reason))?;
            let answer = gate.write(|host| body(host, error));
            answer.map_err(|reason| refused(error, reason))?
        })
    }
}

unsafe extern "C" fn read_by_id<H: Host>(
    ctx: *const c_void,
    kind: RecordKind,
    sys_id: SysId,
    visitor_ctx: *mut c_void,
    visitor: Option<RuntimeBytesVisitor>,
    out_found: *mut u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: the context came from a gate of this host, and `out_error` is the plugin's promise (rules 5 and 9).
    let call = unsafe { HostCall::<H>::new(ctx, out_error) };
    call.read(|host, error| {
        let visitor = present(visitor, "visitor", error)?;
        let out_found = out(out_found, "out_found", error)?;
        // SAFETY: the plugin's promise, for the call (rule 4).
        let visitor = unsafe { BytesVisitor::new(visitor_ctx, visitor) };
        let found = host.read_by_id(kind, sys_id, visitor, error)?;
        answer(out_found, found.into());
        Ok(())
    })
}

unsafe extern "C" fn read_by_pk<H: Host>(
    ctx: *const c_void,
    kind: RecordKind,
    pk: RuntimeBytesRef,
    visitor_ctx: *mut c_void,
    visitor: Option<RuntimeBytesVisitor>,
    out_found: *mut u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: the context came from a gate of this host, and `out_error` is the plugin's promise (rules 5 and 9).
    let call = unsafe { HostCall::<H>::new(ctx, out_error) };
    call.read(|host, error| {
        let visitor = present(visitor, "visitor", error)?;
        let out_found = out(out_found, "out_found", error)?;
        // SAFETY: the plugin's promise, for the call (rule 1).
        let pk = unsafe { key(host, kind, pk, error) }?;
        // SAFETY: the plugin's promise, for the call (rule 4).
        let visitor = unsafe { BytesVisitor::new(visitor_ctx, visitor) };
        let found = host.read_by_pk(kind, pk, visitor, error)?;
        answer(out_found, found.into());
        Ok(())
    })
}

unsafe extern "C" fn create<H: Host>(
    ctx: *mut c_void,
    kind: RecordKind,
    init_ctx: *mut c_void,
    init: Option<RuntimeBytesMutVisitor>,
    out_key: *mut RuntimeRecordKeyView,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: the context came from a gate of this host, and `out_error` is the plugin's promise (rules 5 and 9).
    let call = unsafe { HostCall::<H>::new(ctx, out_error) };
    call.write(|host, error| {
        let init = present(init, "init", error)?;
        let out_key = out(out_key, "out_key", error)?;
        // SAFETY: the plugin's promise, for the call (rule 4).
        let init = unsafe { BytesMutVisitor::new(init_ctx, init) };
        let key = host.create(kind, init, error)?;
        answer(out_key, key.into());
        Ok(())
    })
}

unsafe extern "C" fn update_by_pk<H: Host>(
    ctx: *mut c_void,
    kind: RecordKind,
    pk: RuntimeBytesRef,
    update_ctx: *mut c_void,
    update: Option<RuntimeBytesMutVisitor>,
    out_found: *mut u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: the context came from a gate of this host, and `out_error` is the plugin's promise (rules 5 and 9).
    let call = unsafe { HostCall::<H>::new(ctx, out_error) };
    call.write(|host, error| {
        let update = present(update, "update", error)?;
        let out_found = out(out_found, "out_found", error)?;
        // SAFETY: the plugin's promise, for the call (rule 1).
        let pk = unsafe { key(host, kind, pk, error) }?;
        // SAFETY: the plugin's promise, for the call (rule 4).
        let update = unsafe { BytesMutVisitor::new(update_ctx, update) };
        let found = host.update_by_pk(kind, pk, update, error)?;
        answer(out_found, found.into());
        Ok(())
    })
}

unsafe extern "C" fn delete_by_pk<H: Host>(
    ctx: *mut c_void,
    kind: RecordKind,
    pk: RuntimeBytesRef,
    out_deleted: *mut u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: the context came from a gate of this host, and `out_error` is the plugin's promise (rules 5 and 9).
    let call = unsafe { HostCall::<H>::new(ctx, out_error) };
    call.write(|host, error| {
        let out_deleted = out(out_deleted, "out_deleted", error)?;
        // SAFETY: the plugin's promise, for the call (rule 1).
        let pk = unsafe { key(host, kind, pk, error) }?;
        let deleted = host.delete_by_pk(kind, pk, error)?;
        answer(out_deleted, deleted.into());
        Ok(())
    })
}

unsafe extern "C" fn emit_event<H: Host>(
    ctx: *mut c_void,
    kind: u8,
    payload: RuntimeBytesRef,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: the context came from a gate of this host, and `out_error` is the plugin's promise (rules 5 and 9).
    let call = unsafe { HostCall::<H>::new(ctx, out_error) };
    call.write(|host, error| {
        // SAFETY: the plugin's promise, for the call (rule 1).
        let payload = unsafe { slice_within(payload, limits::EVENT_PAYLOAD) }
            .map_err(|reason| broken(error, &reason))?;
        host.emit_event(kind, payload, error)
    })
}

unsafe extern "C" fn for_each_key<H: Host>(
    ctx: *const c_void,
    kind: RecordKind,
    visitor_ctx: *mut c_void,
    visitor: Option<RuntimeRecordKeyVisitor>,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: the context came from a gate of this host, and `out_error` is the plugin's promise (rules 5 and 9).
    let call = unsafe { HostCall::<H>::new(ctx, out_error) };
    call.read(|host, error| {
        let visitor = present(visitor, "visitor", error)?;
        // SAFETY: the plugin's promise, for the call (rule 4).
        let visitor = unsafe { KeyVisitor::new(visitor_ctx, visitor) };
        host.for_each_key(kind, visitor, error)
    })
}

unsafe extern "C" fn debug_log<H: Host>(
    ctx: *mut c_void,
    message: RuntimeBytesRef,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: the context came from a gate of this host, and `out_error` is the plugin's promise (rules 5 and 9).
    let call = unsafe { HostCall::<H>::new(ctx, out_error) };
    call.write(|host, error| {
        // SAFETY: the plugin's promise, for the call (rule 1).
        let message = unsafe { slice_within(message, limits::LOG_MESSAGE) }
            .map_err(|reason| broken(error, &reason))?;
        host.debug_log(message, error)
    })
}

/// A primary key of exactly the length that the schema gives.
///
/// # Safety
///
/// A non-null pointer is valid for reads of its length for `'k`.
#[inline]
unsafe fn key<'k, 'e, H: Host>(
    host: &H,
    kind: RecordKind,
    pk: RuntimeBytesRef,
    error: ErrorSlot<'e>,
) -> Result<&'k [u8], Rejected<'e>> {
    match host.key_len(kind) {
        Some(len) if len == pk.len => {
            // SAFETY: the caller's promise (rule 1).
            unsafe { slice_within(pk, len) }.map_err(|reason| broken(error, &reason))
        }
        Some(len) => Err(wrong_key(kind, len, pk.len, error)),
        None => Err(no_key(kind, error)),
    }
}

#[cold]
fn wrong_key<'e>(
    kind: RecordKind,
    expected: usize,
    got: usize,
    error: ErrorSlot<'e>,
) -> Rejected<'e> {
    let reason =
        format_args!("primary key of {got} bytes for record kind {kind}; its key has {expected}");
    error.fail(runtime_error_kind::HOST_REJECTED, reason)
}

#[cold]
fn no_key<'e>(kind: RecordKind, error: ErrorSlot<'e>) -> Rejected<'e> {
    let reason = format_args!("the schema has no record kind {kind} with a primary key");
    error.fail(runtime_error_kind::HOST_REJECTED, reason)
}

#[inline]
fn present<'e, F>(
    function: Option<F>,
    name: &'static str,
    error: ErrorSlot<'e>,
) -> Result<F, Rejected<'e>> {
    match function {
        Some(function) => Ok(function),
        None => Err(null(name, error)),
    }
}

#[inline]
fn out<'e, T>(
    pointer: *mut T,
    name: &'static str,
    error: ErrorSlot<'e>,
) -> Result<NonNull<T>, Rejected<'e>> {
    match NonNull::new(pointer) {
        Some(pointer) => Ok(pointer),
        None => Err(null(name, error)),
    }
}

#[cold]
#[inline(never)]
fn null<'e>(name: &'static str, error: ErrorSlot<'e>) -> Rejected<'e> {
    broken(error, &format_args!("{name} is null"))
}

/// Writes an out parameter.
#[inline]
fn answer<T>(pointer: NonNull<T>, value: T) {
    // SAFETY: not null, so valid for a write; which need not be aligned (rule 9).
    unsafe { pointer.write_unaligned(value) };
}

#[cold]
fn broken<'e>(error: ErrorSlot<'e>, reason: &dyn fmt::Display) -> Rejected<'e> {
    error.fail(runtime_error_kind::ABI_CONTRACT_VIOLATION, format_args!("{reason}"))
}

#[cold]
fn refused<'e>(error: ErrorSlot<'e>, reason: GateError) -> Rejected<'e> {
    let kind = if reason.is_refusal() {
        runtime_error_kind::HOST_REJECTED
    } else {
        runtime_error_kind::ABI_CONTRACT_VIOLATION
    };
    error.fail(kind, format_args!("{reason}"))
}
