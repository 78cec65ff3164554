//! The C functions of a host's table, generic over the [`Host`].

use core::ffi::c_void;

use super::{
    BytesMutVisitor, BytesVisitor, Host, KeyVisitor,
    call::{HostCall, bytes, key, require_function, require_out, write_out},
};
use crate::{
    abi::{
        RecordKind, RuntimeBytesMutVisitor, RuntimeBytesRef, RuntimeBytesVisitor,
        RuntimeCallStatus, RuntimeErrorBuf, RuntimeHostVTableV1, RuntimeReadVTableV1,
        RuntimeRecordKeyView, RuntimeRecordKeyVisitor, SysId,
    },
    boundary::limits,
};

/// The tables of a host.
pub(super) struct HostVTables<H>(core::marker::PhantomData<fn(H)>);

impl<H: Host> HostVTables<H> {
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

unsafe extern "C" fn read_by_id<H: Host>(
    ctx: *const c_void,
    kind: RecordKind,
    sys_id: SysId,
    visitor_ctx: *mut c_void,
    visitor: Option<RuntimeBytesVisitor>,
    out_found: *mut u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: this table stands beside contexts of a gate of `H` only, and the contract gives
    // `out_error` as null or valid for the call (rules 5 and 9).
    let call = unsafe { HostCall::<H>::reading(ctx, out_error) };
    call.read(|host, error| {
        let visitor = require_function(visitor, "visitor", error)?;
        let out_found = require_out(out_found, "out_found", error)?;
        // SAFETY: the contract lets the host call the visitor with its context during the call
        // (rule 4).
        let visitor = unsafe { BytesVisitor::new(visitor_ctx, visitor) };
        let found = host.read_by_id(kind, sys_id, visitor, error)?;
        write_out(out_found, found.into());
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
    // SAFETY: this table stands beside contexts of a gate of `H` only, and the contract gives
    // `out_error` as null or valid for the call (rules 5 and 9).
    let call = unsafe { HostCall::<H>::reading(ctx, out_error) };
    call.read(|host, error| {
        let visitor = require_function(visitor, "visitor", error)?;
        let out_found = require_out(out_found, "out_found", error)?;
        // SAFETY: the contract makes a non-null pointer valid during the call (rule 10).
        let pk = unsafe { key(host, kind, pk, error) }?;
        // SAFETY: the contract lets the host call the visitor with its context during the call
        // (rule 4).
        let visitor = unsafe { BytesVisitor::new(visitor_ctx, visitor) };
        let found = host.read_by_pk(kind, pk, visitor, error)?;
        write_out(out_found, found.into());
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
    // SAFETY: this table stands beside contexts of a gate of `H` only, and the contract gives
    // `out_error` as null or valid for the call (rules 5 and 9).
    let call = unsafe { HostCall::<H>::writing(ctx, out_error) };
    call.write(|host, error| {
        let init = require_function(init, "init", error)?;
        let out_key = require_out(out_key, "out_key", error)?;
        // SAFETY: the contract lets the host call the visitor with its context during the call
        // (rule 4).
        let init = unsafe { BytesMutVisitor::new(init_ctx, init) };
        let key = host.create(kind, init, error)?;
        write_out(out_key, key.into());
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
    // SAFETY: this table stands beside contexts of a gate of `H` only, and the contract gives
    // `out_error` as null or valid for the call (rules 5 and 9).
    let call = unsafe { HostCall::<H>::writing(ctx, out_error) };
    call.write(|host, error| {
        let update = require_function(update, "update", error)?;
        let out_found = require_out(out_found, "out_found", error)?;
        // SAFETY: the contract makes a non-null pointer valid during the call (rule 10).
        let pk = unsafe { key(host, kind, pk, error) }?;
        // SAFETY: the contract lets the host call the visitor with its context during the call
        // (rule 4).
        let update = unsafe { BytesMutVisitor::new(update_ctx, update) };
        let found = host.update_by_pk(kind, pk, update, error)?;
        write_out(out_found, found.into());
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
    // SAFETY: this table stands beside contexts of a gate of `H` only, and the contract gives
    // `out_error` as null or valid for the call (rules 5 and 9).
    let call = unsafe { HostCall::<H>::writing(ctx, out_error) };
    call.write(|host, error| {
        let out_deleted = require_out(out_deleted, "out_deleted", error)?;
        // SAFETY: the contract makes a non-null pointer valid during the call (rule 10).
        let pk = unsafe { key(host, kind, pk, error) }?;
        let deleted = host.delete_by_pk(kind, pk, error)?;
        write_out(out_deleted, deleted.into());
        Ok(())
    })
}

unsafe extern "C" fn emit_event<H: Host>(
    ctx: *mut c_void,
    kind: u8,
    payload: RuntimeBytesRef,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: this table stands beside contexts of a gate of `H` only, and the contract gives
    // `out_error` as null or valid for the call (rules 5 and 9).
    let call = unsafe { HostCall::<H>::writing(ctx, out_error) };
    call.write(|host, error| {
        // SAFETY: the contract makes a non-null pointer valid during the call (rule 10).
        let payload = unsafe { bytes(payload, limits::EVENT_PAYLOAD, error) }?;
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
    // SAFETY: this table stands beside contexts of a gate of `H` only, and the contract gives
    // `out_error` as null or valid for the call (rules 5 and 9).
    let call = unsafe { HostCall::<H>::reading(ctx, out_error) };
    call.read(|host, error| {
        let visitor = require_function(visitor, "visitor", error)?;
        // SAFETY: the contract lets the host call the visitor with its context during the call
        // (rule 4).
        let visitor = unsafe { KeyVisitor::new(visitor_ctx, visitor) };
        host.for_each_key(kind, visitor, error)
    })
}

unsafe extern "C" fn debug_log<H: Host>(
    ctx: *mut c_void,
    message: RuntimeBytesRef,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    // SAFETY: this table stands beside contexts of a gate of `H` only, and the contract gives
    // `out_error` as null or valid for the call (rules 5 and 9).
    let call = unsafe { HostCall::<H>::writing(ctx, out_error) };
    call.write(|host, error| {
        // SAFETY: the contract makes a non-null pointer valid during the call (rule 10).
        let message = unsafe { bytes(message, limits::LOG_MESSAGE, error) }?;
        host.debug_log(message, error)
    })
}
