//! One call of a host's function, past the SDK.

use std::{ffi::c_void, ptr};

use statevec_abi::abi::{
    RecordKind, RuntimeBytesMutRef, RuntimeBytesMutVisitor, RuntimeBytesRef, RuntimeBytesVisitor,
    RuntimeCallStatus, RuntimeErrorBuf, RuntimeErrorPhase, RuntimeHostContextV1,
    RuntimeRecordKeyView, RuntimeRecordKeyVisitor,
};

use super::{
    arguments::{Arguments, CALL, Out},
    host::Function,
};
use crate::store::schema::THING;

/// Room for an out parameter, at its start or one byte further.
#[repr(C, align(8))]
struct Room<const N: usize>([u8; N]);

/// A byte that no host writes.
const UNWRITTEN: u8 = 0xC5;

impl<const N: usize> Room<N> {
    const fn new() -> Self {
        Self([UNWRITTEN; N])
    }

    fn at(&mut self, out: Out) -> *mut u8 {
        match out {
            Out::Null => ptr::null_mut(),
            Out::Aligned => self.0.as_mut_ptr(),
            Out::Misaligned => self.0[1..].as_mut_ptr(),
        }
    }

    fn written(&self, out: Out) -> &[u8] {
        if out == Out::Misaligned { &self.0[1..] } else { &self.0 }
    }
}

pub(super) fn call(
    host: RuntimeHostContextV1,
    arguments: &Arguments,
) -> (Option<u16>, Option<u64>) {
    const ERROR: usize = size_of::<RuntimeErrorBuf>();
    let (mut out, mut error) = (Room::<24>::new(), Room::<{ ERROR + 8 }>::new());
    let (flag, key) = (out.at(arguments.out), out.at(arguments.out).cast());
    let out_error = error.at(arguments.out_error).cast();
    let (ctx, kind, bytes) = (host.ctx_ptr, arguments.kind(), arguments.bytes());
    let id = arguments.id.into();
    let look = arguments.has_visitor.then_some(look as RuntimeBytesVisitor);
    let ignore = arguments.has_visitor.then_some(ignore as RuntimeBytesMutVisitor);
    let count = arguments.has_visitor.then_some(count as RuntimeRecordKeyVisitor);
    let none = ptr::null_mut();
    // SAFETY: the host's table, for the time of the call (rule 10).
    let table = unsafe { &*host.vtable };
    let status = match arguments.function {
        Function::ReadById => {
            let entry = table.with_read_typed_raw.expect("a whole table");
            // SAFETY: pointers that the host may follow are valid for the call; the host must
            // refuse all others without following them (rule 1).
            unsafe { entry(ctx, kind, id, none, look, flag, out_error) }
        }
        Function::ReadByPk => {
            let entry = table.with_read_typed_by_pk_raw.expect("a whole table");
            // SAFETY: pointers that the host may follow are valid for the call; it must refuse all
            // others without following them (rule 1).
            unsafe { entry(ctx, kind, bytes, none, look, flag, out_error) }
        }
        Function::Create => {
            let entry = table.create_typed_raw.expect("a whole table");
            // SAFETY: pointers that the host may follow are valid for the call; it must refuse all
            // others without following them (rule 1).
            unsafe { entry(ctx, kind, none, ignore, key, out_error) }
        }
        Function::Update => {
            let entry = table.update_typed_by_pk_raw.expect("a whole table");
            // SAFETY: pointers that the host may follow are valid for the call; it must refuse all
            // others without following them (rule 1).
            unsafe { entry(ctx, kind, bytes, none, ignore, flag, out_error) }
        }
        Function::Delete => {
            let entry = table.delete_by_pk_raw.expect("a whole table");
            // SAFETY: pointers that the host may follow are valid for the call; it must refuse all
            // others without following them (rule 1).
            unsafe { entry(ctx, kind, bytes, flag, out_error) }
        }
        Function::Emit => {
            let entry = table.emit_typed_event_raw.expect("a whole table");
            // SAFETY: pointers that the host may follow are valid for the call; it must refuse all
            // others without following them (rule 1).
            unsafe { entry(ctx, kind, bytes, out_error) }
        }
        Function::ForEachKey => {
            let entry = table.for_each_record_key_raw.expect("a whole table");
            // SAFETY: pointers that the host may follow are valid for the call; it must refuse all
            // others without following them (rule 1).
            unsafe { entry(ctx, kind, none, count, out_error) }
        }
        Function::Log => {
            let entry = table.debug_log.expect("a whole table");
            // SAFETY: pointers that the host may follow are valid for the call; it must refuse all
            // others without following them (rule 1).
            unsafe { entry(ctx, bytes, out_error) }
        }
    };
    let failure = match status {
        RuntimeCallStatus::Success => None,
        RuntimeCallStatus::Failure => Some(check_error(error.written(arguments.out_error))),
        other => panic!("{other:?}"),
    };
    let out = out.written(arguments.out);
    let written = match arguments.function {
        Function::Create => *out[8..].first_chunk().expect("room for a key"),
        _ => [out[0], 0, 0, 0, 0, 0, 0, 0],
    };
    (failure, (out[0] != UNWRITTEN).then(|| u64::from_le_bytes(written)))
}

/// The kind of the error that was written, if it was.
fn check_error(written: &[u8]) -> u16 {
    let (buffer, _) = written.split_first_chunk().expect("room for a buffer");
    if buffer.iter().all(|byte| *byte == UNWRITTEN) {
        return 0;
    }
    // SAFETY: every bit pattern is an error buffer: it consists of integers (rule 1).
    let buffer = unsafe {
        std::mem::transmute::<[u8; size_of::<RuntimeErrorBuf>()], RuntimeErrorBuf>(*buffer)
    };
    assert_eq!(buffer.phase, RuntimeErrorPhase::RunTx);
    assert!(std::str::from_utf8(buffer.message().as_bytes()).is_ok_and(|text| !text.is_empty()));
    assert!(buffer.message_buf[buffer.message_len..].iter().all(|byte| *byte == 0));
    buffer.kind.0
}

fn visited() {
    CALL.with_borrow_mut(|call| call.as_mut().expect("set before the command").1 += 1);
}

unsafe extern "C" fn look(_: *mut c_void, bytes: RuntimeBytesRef) {
    visited();
    assert_eq!(bytes.len, 20);
    // SAFETY: the host lends these bytes for the visit, and there are 20 (rule 4).
    assert_eq!(unsafe { *bytes.ptr }, 1);
}

unsafe extern "C" fn ignore(_: *mut c_void, bytes: RuntimeBytesMutRef) {
    visited();
    assert!([20, 13, 10].contains(&bytes.len));
}

unsafe extern "C" fn count(_: *mut c_void, key: RuntimeRecordKeyView) {
    visited();
    let kind: RecordKind = key.kind;
    assert_eq!((kind, key.sys_id), (THING, 1));
}
