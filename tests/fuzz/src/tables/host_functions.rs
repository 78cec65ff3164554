//! Functions that answer as the input says.

use std::{cell::RefCell, ffi::c_void, ptr};

use statevec_abi::abi::{
    RecordKind, RuntimeBytesMutRef, RuntimeBytesMutVisitor, RuntimeBytesRef, RuntimeBytesVisitor,
    RuntimeCallStatus, RuntimeErrorBuf, RuntimeRecordKeyView, RuntimeRecordKeyVisitor, SysId,
};

use super::host::{Running, keys};

/// The call that a context belongs to.
fn running<'c>(ctx: *const c_void) -> &'c RefCell<Running<'c>> {
    // SAFETY: `run` made the context of such a cell, which outlives the call (rule 10).
    unsafe { &*ctx.cast() }
}

fn status(ctx: *const c_void) -> RuntimeCallStatus {
    RuntimeCallStatus(running(ctx).borrow().call.answer.status.number())
}

fn flag(ctx: *const c_void, out: *mut u8) {
    if let Some(flag) = running(ctx).borrow().call.answer.flag {
        // SAFETY: the caller's out parameter is live (rule 9).
        unsafe { out.write(flag) };
    }
}

fn lend_each(ctx: *const c_void, lend: impl Fn(*mut u8, usize)) {
    let visits = running(ctx).borrow().call.answer.visits.clone();
    for lent in visits.into_iter().take(4) {
        let mut this = running(ctx).borrow_mut();
        let memory = if lent.is_null { ptr::null_mut() } else { this.memory.as_mut_ptr() };
        drop(this);
        lend(memory, lent.len());
    }
}

fn lend_for_reading(ctx: *const c_void, to: *mut c_void, visitor: Option<RuntimeBytesVisitor>) {
    let visitor = visitor.expect("the SDK passes a visitor");
    // SAFETY: the plugin passed this visitor with this context; bytes that it may read are valid
    // for the call (rule 4).
    lend_each(ctx, |ptr, len| unsafe { visitor(to, RuntimeBytesRef { ptr, len }) });
}

fn lend_for_writing(ctx: *const c_void, to: *mut c_void, visitor: Option<RuntimeBytesMutVisitor>) {
    let visitor = visitor.expect("the SDK passes a visitor");
    // SAFETY: the plugin passed this visitor with this context; bytes that it may write are valid
    // and unshared for the call (rule 4).
    lend_each(ctx, |ptr, len| unsafe { visitor(to, RuntimeBytesMutRef { ptr, len }) });
}

pub(super) unsafe extern "C" fn read_by_id(
    ctx: *const c_void,
    _: RecordKind,
    _: SysId,
    visitor_ctx: *mut c_void,
    visitor: Option<RuntimeBytesVisitor>,
    out_found: *mut u8,
    _: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    lend_for_reading(ctx, visitor_ctx, visitor);
    flag(ctx, out_found);
    status(ctx)
}

pub(super) unsafe extern "C" fn read_by_pk(
    ctx: *const c_void,
    _: RecordKind,
    _: RuntimeBytesRef,
    visitor_ctx: *mut c_void,
    visitor: Option<RuntimeBytesVisitor>,
    out_found: *mut u8,
    _: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    lend_for_reading(ctx, visitor_ctx, visitor);
    flag(ctx, out_found);
    status(ctx)
}

pub(super) unsafe extern "C" fn create(
    ctx: *mut c_void,
    kind: RecordKind,
    init_ctx: *mut c_void,
    init: Option<RuntimeBytesMutVisitor>,
    out_key: *mut RuntimeRecordKeyView,
    _: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    lend_for_writing(ctx, init_ctx, init);
    let created = running(ctx).borrow().call.answer.created;
    if let Some(difference) = created {
        let key = RuntimeRecordKeyView { kind: kind ^ difference, sys_id: 5 };
        // SAFETY: the caller's out parameter is live (rule 9).
        unsafe { out_key.write(key) };
    }
    status(ctx)
}

pub(super) unsafe extern "C" fn update(
    ctx: *mut c_void,
    _: RecordKind,
    _: RuntimeBytesRef,
    update_ctx: *mut c_void,
    update: Option<RuntimeBytesMutVisitor>,
    out_found: *mut u8,
    _: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    lend_for_writing(ctx, update_ctx, update);
    flag(ctx, out_found);
    status(ctx)
}

pub(super) unsafe extern "C" fn delete(
    ctx: *mut c_void,
    _: RecordKind,
    _: RuntimeBytesRef,
    out_deleted: *mut u8,
    _: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    flag(ctx, out_deleted);
    status(ctx)
}

pub(super) unsafe extern "C" fn emit(
    ctx: *mut c_void,
    _: u8,
    _: RuntimeBytesRef,
    _: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    status(ctx)
}

pub(super) unsafe extern "C" fn for_each_key(
    ctx: *const c_void,
    _: RecordKind,
    visitor_ctx: *mut c_void,
    visitor: Option<RuntimeRecordKeyVisitor>,
    _: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let visitor = visitor.expect("the SDK passes a visitor");
    for key in keys(running(ctx).borrow().call) {
        // SAFETY: the plugin passed this visitor with this context (rule 4).
        unsafe { visitor(visitor_ctx, key.into()) };
    }
    status(ctx)
}

pub(super) unsafe extern "C" fn log(
    ctx: *mut c_void,
    _: RuntimeBytesRef,
    _: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    status(ctx)
}
