//! A host's table, and a host whose functions return the answers of the input.

use std::{cell::RefCell, ffi::c_void, ptr};

use arbitrary::Arbitrary;
use statevec_abi::{
    abi::{
        RecordKey, RecordKind, RuntimeErrorBuf, RuntimeHostContextV1, RuntimeHostVTableV1,
        RuntimeReadContextV1, RuntimeReadVTableV1, SysId,
    },
    raw::{HostCallError, HostErrorBuffer, HostTable, ReadTable},
};

use super::expected::{Outcome, expected};
use super::host_functions;

/// Address of the table.
#[derive(Debug, Arbitrary)]
pub(super) enum Place {
    Null,
    /// A misaligned address, which must not be read.
    Misaligned(u64),
    Ours,
}

/// A call, and the host's reaction.
#[derive(Debug, Arbitrary)]
pub(super) struct Call {
    pub(super) function: Function,
    /// Through the table for validating, where that has the function.
    pub(super) through_read_table: bool,
    /// One bit for each entry that is null, in the table's order.
    null: u8,
    pub(super) kind: RecordKind,
    pub(super) answer: Answer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Arbitrary)]
pub(super) enum Function {
    ReadById,
    ReadByPk,
    Create,
    Update,
    Delete,
    Emit,
    ForEachKey,
    Log,
}

#[derive(Debug, Clone, Arbitrary)]
pub(super) struct Answer {
    pub(super) status: Status,
    /// Written to `out_found` or `out_deleted`; `None` writes nothing.
    pub(super) flag: Option<u8>,
    /// Written to `out_key`; `None` writes nothing.
    pub(super) created: Option<u8>,
    pub(super) visits: Vec<LentBytes>,
}

#[derive(Debug, Clone, Copy, Arbitrary)]
pub(super) enum Status {
    Success,
    Failure,
    Any(u32),
}

/// The bytes that a visitor gets.
#[derive(Debug, Clone, Copy, Arbitrary)]
pub(super) struct LentBytes {
    pub(super) is_null: bool,
    pub(super) len: Len,
}

#[derive(Debug, Clone, Copy, Arbitrary)]
pub(super) enum Len {
    Few(u8),
    AboveLimit(u8),
    Most(u8),
}

impl Function {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::ReadById => "with_read_typed_raw",
            Self::ReadByPk => "with_read_typed_by_pk_raw",
            Self::Create => "create_typed_raw",
            Self::Update => "update_typed_by_pk_raw",
            Self::Delete => "delete_by_pk_raw",
            Self::Emit => "emit_typed_event_raw",
            Self::ForEachKey => "for_each_record_key_raw",
            Self::Log => "debug_log",
        }
    }
}

impl Call {
    /// Returns true if it goes through the table for validating.
    pub(super) fn is_read(&self) -> bool {
        let reads = [Function::ReadById, Function::ReadByPk, Function::ForEachKey];
        self.through_read_table && reads.contains(&self.function)
    }

    pub(super) fn has_entry(&self) -> bool {
        !self.is_null(self.function)
    }

    fn is_null(&self, function: Function) -> bool {
        self.null & (1 << function as u8) != 0
    }

    fn entry<F>(&self, function: Function, entry: F) -> Option<F> {
        (!self.is_null(function)).then_some(entry)
    }
}

/// Makes the call, and compares its outcome with the expected one.
pub(super) fn check(place: &Place, call: &Call) {
    let host = RuntimeHostVTableV1 {
        with_read_typed_raw: call.entry(Function::ReadById, host_functions::read_by_id as _),
        with_read_typed_by_pk_raw: call.entry(Function::ReadByPk, host_functions::read_by_pk as _),
        create_typed_raw: call.entry(Function::Create, host_functions::create as _),
        update_typed_by_pk_raw: call.entry(Function::Update, host_functions::update as _),
        delete_by_pk_raw: call.entry(Function::Delete, host_functions::delete as _),
        emit_typed_event_raw: call.entry(Function::Emit, host_functions::emit as _),
        for_each_record_key_raw: call
            .entry(Function::ForEachKey, host_functions::for_each_key as _),
        debug_log: call.entry(Function::Log, host_functions::log as _),
    };
    let read = RuntimeReadVTableV1 {
        with_read_typed_raw: host.with_read_typed_raw,
        with_read_typed_by_pk_raw: host.with_read_typed_by_pk_raw,
        for_each_record_key_raw: host.for_each_record_key_raw,
    };
    let host = Running { call, memory: vec![0; 256] }.run(place, &host, &read);
    assert_eq!(host, expected(place, call), "{call:?} at {place:?}");
}

/// A host in the middle of a call; `ctx_ptr` points to a cell with it.
pub(super) struct Running<'i> {
    pub(super) call: &'i Call,
    pub(super) memory: Vec<u8>,
}

impl Running<'_> {
    fn run(self, place: &Place, host: &RuntimeHostVTableV1, read: &RuntimeReadVTableV1) -> Outcome {
        let call = self.call;
        let this = RefCell::new(self);
        let ctx_ptr = (&raw const this).cast::<c_void>().cast_mut();
        let host = RuntimeHostContextV1 { ctx_ptr, vtable: at(place, host) };
        let read = RuntimeReadContextV1 { ctx_ptr, vtable: at(place, read) };
        // SAFETY: null, misaligned, or a table of ours, which takes this context (rule 10).
        let mut host = unsafe { HostTable::from_raw(host) };
        // SAFETY: null, misaligned, or a table of this target, which takes this context (rule 10).
        let read = unsafe { ReadTable::from_raw(read) };
        let read = if call.is_read() { read } else { host.read() };

        let mut buffer = RuntimeErrorBuf::RESET;
        let error_buffer = &mut HostErrorBuffer::new(&mut buffer);
        let seen = |data: &[u8]| data.len();
        let write = |data: &mut [u8]| {
            data.fill(0xEE);
            data.len()
        };
        let pk = [1, 2, 3];
        match call.function {
            Function::ReadById => found(read.read_by_id(error_buffer, call.kind, 7, seen)),
            Function::ReadByPk => found(read.read_by_pk(error_buffer, call.kind, &pk, seen)),
            Function::Update => found(host.update_by_pk(error_buffer, call.kind, &pk, write)),
            Function::Create => {
                let created = host.create(error_buffer, call.kind, write);
                plain(created, |(key, len)| Outcome::Created(key, len))
            }
            Function::Delete => {
                plain(host.delete_by_pk(error_buffer, call.kind, &pk), Outcome::Flag)
            }
            Function::Emit => plain(host.emit_event(error_buffer, 1, &pk), |()| Outcome::Done),
            Function::Log => plain(host.debug_log(error_buffer, "text"), |()| Outcome::Done),
            Function::ForEachKey => {
                let mut keys = Vec::new();
                let answer = read.for_each_key(error_buffer, call.kind, |key| keys.push(key));
                plain(answer, |()| Outcome::Keys(keys))
            }
        }
    }
}

fn at<T>(place: &Place, table: &T) -> *const T {
    match place {
        Place::Null => ptr::null(),
        Place::Misaligned(address) => ptr::without_provenance((*address as usize) | 1),
        Place::Ours => table,
    }
}

fn found(answer: Result<Option<usize>, HostCallError>) -> Outcome {
    plain(answer, Outcome::Found)
}

fn plain<T>(answer: Result<T, HostCallError>, outcome: impl FnOnce(T) -> Outcome) -> Outcome {
    match answer {
        Ok(answer) => outcome(answer),
        Err(HostCallError::Reported { call }) => Outcome::Reported(call),
        Err(HostCallError::Contract(violation)) => Outcome::Violation(violation),
        Err(HostCallError::Refused(error)) => panic!("these visitors take any bytes: {error}"),
    }
}

impl Status {
    pub(super) const fn number(self) -> u32 {
        match self {
            Self::Success => 0,
            Self::Failure => 1,
            Self::Any(status) => status,
        }
    }
}

impl LentBytes {
    pub(super) fn len(self) -> usize {
        match self.len {
            Len::Few(len) => len.into(),
            Len::AboveLimit(more) => statevec_abi::boundary::limits::RECORD + 1 + usize::from(more),
            Len::Most(less) => usize::MAX - usize::from(less),
        }
    }
}

/// The keys that a walk shows: as many as there are visits.
pub(super) fn keys(call: &Call) -> impl Iterator<Item = RecordKey> {
    let kind = call.kind;
    call.answer.visits.iter().map(move |lent| RecordKey { kind, sys_id: lent.len() as SysId })
}
