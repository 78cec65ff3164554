//! What a host does wrong.

use core::{ffi::c_void, ptr};
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
};

use statevec_abi::{
    abi::{
        RUNTIME_ERROR_MESSAGE_CAPACITY, RecordKind, RuntimeBytesMutRef, RuntimeBytesMutVisitor,
        RuntimeBytesRef, RuntimeBytesVisitor, RuntimeCallStatus, RuntimeErrorBuf, RuntimeErrorKind,
        RuntimeErrorPhase, RuntimeRecordKeyView, RuntimeRecordKeyVisitor, SysId,
    },
    boundary::write_runtime_error,
};

/// What the host does in every call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Script {
    pub(crate) visits: &'static [Lent],
    /// Whether visitors get null where the plugin's own context belongs.
    pub(crate) forgets_context: bool,
    /// The keys that it shows in a walk: kind and number.
    pub(crate) keys: &'static [(RecordKind, SysId)],
    /// Whether a call that is made from inside a visitor calls that visitor again.
    pub(crate) revisits: bool,
    /// What it writes where 0 or 1 belongs; `None` if nothing.
    pub(crate) flag: Option<u8>,
    /// Whether it writes that as a C `int`.
    pub(crate) wide_flag: bool,
    /// The kind in the key of what it created; `None` if it writes no key.
    pub(crate) created: Option<RecordKind>,
    pub(crate) report: Report,
    pub(crate) status: u32,
    /// What it does from the next call on.
    pub(crate) then: Option<&'static Self>,
}

/// What a visitor is called with.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Lent {
    /// So many bytes, all of them 0.
    Bytes(usize),
    /// Null, and a length.
    Null(usize),
    /// Bytes that are there, and a length that cannot be believed.
    Unbelievable(usize),
}

/// What is written into the error buffer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Report {
    Nothing,
    Text(u16, &'static str),
    /// A length, and a text all of whose bytes are the same.
    Filled(u16, usize, u8),
    /// A length and nothing else.
    LengthOnly(usize),
}

/// The size of the plugin's record.
pub(crate) const WHOLE: usize = 48;

/// What a host should do.
pub(crate) const HONEST: Script = Script {
    visits: &[Lent::Bytes(WHOLE)],
    forgets_context: false,
    keys: &[(1, 1)],
    revisits: false,
    flag: Some(1),
    wide_flag: false,
    created: Some(1),
    report: Report::Nothing,
    status: 0,
    then: None,
};

/// A visitor and its context.
#[derive(Clone, Copy)]
enum Visitor {
    Bytes(*mut c_void, RuntimeBytesVisitor),
    Key(*mut c_void, RuntimeRecordKeyVisitor),
}

thread_local! {
    static SCRIPT: Cell<Script> = const { Cell::new(HONEST) };
    /// The scripts that are followed one call each, after the one above.
    static LATER: RefCell<VecDeque<Script>> = const { RefCell::new(VecDeque::new()) };
    /// The phase that the host writes into its errors.
    static PHASE: Cell<RuntimeErrorPhase> = const { Cell::new(RuntimeErrorPhase::RunTx) };
    /// The visitor that is running.
    static RUNNING: Cell<Option<Visitor>> = const { Cell::new(None) };
    /// What the last visitor left in the bytes that it was lent for writing.
    static LEFT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Sets what the hosts on this thread do: in the calls of `lead`, one script each, and from then
/// on.
pub(crate) fn follow(lead: &[Script], script: Script, phase: RuntimeErrorPhase) {
    let mut scripts: VecDeque<_> = lead.iter().copied().chain([script]).collect();
    SCRIPT.set(scripts.pop_front().unwrap_or(script));
    LATER.replace(scripts);
    PHASE.set(phase);
}

/// What the last visitor left in the bytes that it was lent for writing.
pub(crate) fn left() -> Vec<u8> {
    LEFT.take()
}

/// Ends a call as the script says.
pub(crate) fn answer(out_flag: *mut u8, out_error: *mut RuntimeErrorBuf) -> RuntimeCallStatus {
    let script = SCRIPT.get();
    let then = LATER.with_borrow_mut(VecDeque::pop_front).or_else(|| script.then.copied());
    SCRIPT.set(then.unwrap_or(script));
    if let Some(flag) = script.flag.filter(|_| !out_flag.is_null()) {
        if script.wide_flag {
            // SAFETY: the plugin's flag is live, and has room behind it: that is what is tested
            // (rule 9).
            unsafe { out_flag.cast::<u32>().write_unaligned(flag.into()) };
        } else {
            // SAFETY: the plugin's flag is live (rule 9).
            unsafe { out_flag.write(flag) };
        }
    }
    let write = |kind, text: &str| {
        let (phase, kind) = (PHASE.get(), RuntimeErrorKind(kind));
        // SAFETY: the plugin's buffer is live (rule 9).
        unsafe { write_runtime_error(out_error, phase, kind, text) };
    };
    // SAFETY: the plugin's buffer is live, and any bytes are a buffer (rules 1 and 9).
    let mut buffer = unsafe { out_error.read() };
    match script.report {
        Report::Nothing => return RuntimeCallStatus(script.status),
        Report::Text(kind, text) => {
            write(kind, text);
            return RuntimeCallStatus(script.status);
        }
        Report::Filled(kind, len, byte) => {
            (buffer.phase, buffer.kind) = (PHASE.get(), RuntimeErrorKind(kind));
            buffer.message_len = len;
            buffer.message_buf = [byte; RUNTIME_ERROR_MESSAGE_CAPACITY];
        }
        Report::LengthOnly(len) => buffer.message_len = len,
    }
    // SAFETY: the plugin's buffer is live (rule 9).
    unsafe { out_error.write(buffer) };
    RuntimeCallStatus(script.status)
}

/// Lends a record for reading as the script says.
pub(crate) fn lend(ctx: *mut c_void, visitor: Option<RuntimeBytesVisitor>) {
    revisit();
    let (ctx, visitor) = (passed_on(ctx), visitor.unwrap());
    for lent in SCRIPT.get().visits {
        let mut record = Vec::new();
        let bytes = lent.prepare(&mut record);
        let bytes = RuntimeBytesRef { ptr: bytes.ptr, len: bytes.len };
        let outer = RUNNING.replace(Some(Visitor::Bytes(ctx, visitor)));
        // SAFETY: the visitor that the plugin passed, with its own context or none (rule 4).
        unsafe { visitor(ctx, bytes) };
        RUNNING.set(outer);
    }
}

/// Lends a record for writing as the script says.
pub(crate) fn lend_mut(ctx: *mut c_void, visitor: Option<RuntimeBytesMutVisitor>) {
    revisit();
    for lent in SCRIPT.get().visits {
        let mut record = Vec::new();
        let bytes = lent.prepare(&mut record);
        // SAFETY: the visitor that the plugin passed, with its own context or none (rule 4).
        unsafe { visitor.unwrap()(passed_on(ctx), bytes) };
        LEFT.replace(record);
    }
}

/// Shows keys as the script says.
pub(crate) fn walk(ctx: *mut c_void, visitor: Option<RuntimeRecordKeyVisitor>) {
    let (ctx, visitor) = (passed_on(ctx), visitor.unwrap());
    for &(kind, sys_id) in SCRIPT.get().keys {
        let outer = RUNNING.replace(Some(Visitor::Key(ctx, visitor)));
        // SAFETY: the visitor that the plugin passed, with its own context or none (rule 4).
        unsafe { visitor(ctx, RuntimeRecordKeyView { kind, sys_id }) };
        RUNNING.set(outer);
    }
}

/// Calls the visitor that this call is made from again.
fn revisit() {
    match RUNNING.get().filter(|_| SCRIPT.get().revisits) {
        None => {}
        Some(Visitor::Bytes(ctx, visitor)) => {
            // SAFETY: the visitor and its context, while it is called (rule 4).
            unsafe { visitor(ctx, RuntimeBytesRef::from_slice(&[0; WHOLE])) };
        }
        Some(Visitor::Key(ctx, visitor)) => {
            // SAFETY: the visitor and its context, while it is called (rule 4).
            unsafe { visitor(ctx, RuntimeRecordKeyView { kind: 1, sys_id: 9 }) };
        }
    }
}

/// Writes the key of what was created as the script says.
pub(crate) fn write_key(out_key: *mut RuntimeRecordKeyView) {
    if let Some(kind) = SCRIPT.get().created {
        // SAFETY: the plugin's key is live (rule 9).
        unsafe { out_key.write(RuntimeRecordKeyView { kind, sys_id: 1 }) };
    }
}

fn passed_on(ctx: *mut c_void) -> *mut c_void {
    if SCRIPT.get().forgets_context { ptr::null_mut() } else { ctx }
}

impl Lent {
    /// What a visitor is called with.
    fn prepare(self, record: &mut Vec<u8>) -> RuntimeBytesMutRef {
        record.resize(WHOLE, 0);
        match self {
            Self::Bytes(len) => {
                record.resize(len, 0);
                RuntimeBytesMutRef::from_slice(record)
            }
            Self::Null(len) => RuntimeBytesMutRef { ptr: ptr::null_mut(), len },
            Self::Unbelievable(len) => RuntimeBytesMutRef { ptr: record.as_mut_ptr(), len },
        }
    }
}
