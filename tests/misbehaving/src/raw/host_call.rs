//! Host calls, legal or with one argument wrong: `update with kind 99`.

mod entry;
mod visitor;

use std::{ffi::c_void, ptr};

use statevec_abi::{
    abi::{
        RecordKind, RuntimeBytesRef, RuntimeCallStatus, RuntimeErrorBuf, RuntimeHostContextV1,
        RuntimeHostVTableV1, RuntimeReadContextV1,
    },
    boundary::RuntimeCommandRef,
};

pub(super) use entry::Entry;
pub(super) use visitor::Visitors;

use super::outcome;
use crate::schema::{ACCOUNT, NOTE, REPORT, key, report};

/// A host as a plugin sees it: a context, and functions, of which a validation has but three.
#[derive(Clone, Copy)]
pub(super) struct Host {
    ctx: *mut c_void,
    table: RuntimeHostVTableV1,
}

/// The arguments of one host call. An entry takes those that it has parameters for.
#[derive(Clone, Copy)]
pub(super) struct Args {
    ctx: *mut c_void,
    kind: RecordKind,
    /// A key, a payload or a text.
    bytes: RuntimeBytesRef,
    visitors: Option<Visitors>,
    out: Place,
    error: Place,
}

/// The place of an out parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Aligned,
    Misaligned,
    Null,
}

/// Makes one host call with one wrong argument, and returns its result as text. `None` if `call` is
/// unknown.
pub(super) fn wrong(host: &Host, call: &str) -> Option<String> {
    let (entry, wrong) = call.split_once(" with ")?;
    let entry = Entry::named(entry)?;
    let (legal, long) = (key(1), vec![0; MOST + 1]);
    let args = Args::legal(host, entry, &legal);
    let bytes = |len| RuntimeBytesRef { len, ..RuntimeBytesRef::from_slice(&long) };
    let args = match wrong {
        "nothing wrong" => args,
        "null context" => Args { ctx: ptr::null_mut(), ..args },
        "null visitor" => Args { visitors: None, ..args },
        "null out parameter" => Args { out: Place::Null, ..args },
        "misaligned out parameters" => {
            Args { out: Place::Misaligned, error: Place::Misaligned, ..args }
        }
        "null bytes" => Args { bytes: RuntimeBytesRef { ptr: ptr::null(), len: 8 }, ..args },
        "bytes that are not UTF-8" => {
            Args { bytes: RuntimeBytesRef::from_slice(b"\xFF\xFE\xC0\x80\xED\xA0\x80!"), ..args }
        }
        "kind 99 and null out_error" => Args { kind: 99, error: Place::Null, ..args },
        wrong => match wrong.split_once(' ')? {
            ("kind", kind) => Args { kind: kind.parse().ok()?, ..args },
            // A length is within the memory, or above all limits: then the host must not read the
            // bytes.
            ("len", "usize::MAX") => Args { bytes: bytes(usize::MAX), ..args },
            ("len", len) => {
                Args { bytes: bytes(len.parse().ok().filter(|&len| len <= MOST + 1)?), ..args }
            }
            _ => return None,
        },
    };
    Some(host.call(entry, &args))
}

/// The longest bytes that any call takes.
const MOST: usize = statevec_abi::boundary::limits::EVENT_PAYLOAD;

impl Args {
    /// Arguments without a fault. `key` is the key of a record that exists.
    pub(super) fn legal(host: &Host, entry: Entry, key: &[u8]) -> Self {
        let kind = if entry == Entry::Emit { REPORT } else { ACCOUNT };
        let visitors = Some(Visitors::IDLE);
        let bytes = RuntimeBytesRef::from_slice(key);
        Self { ctx: host.ctx, kind, bytes, visitors, out: Place::Aligned, error: Place::Aligned }
    }

    pub(super) fn visited_by(self, visitors: Visitors) -> Self {
        Self { visitors: Some(visitors), ..self }
    }
}

impl Host {
    /// # Safety
    ///
    /// The context is a live host's, whose table can be read.
    pub(super) unsafe fn of_transaction(context: RuntimeHostContextV1) -> Self {
        // SAFETY: the caller promised a live host whose table can be read (rule 10).
        Self { ctx: context.ctx_ptr, table: unsafe { *context.vtable } }
    }

    /// # Safety
    ///
    /// As [`of_transaction`](Self::of_transaction).
    pub(super) unsafe fn of_validation(context: RuntimeReadContextV1) -> Self {
        // SAFETY: the caller promised a live host whose table can be read (rule 10).
        let table = unsafe { &*context.vtable };
        let table = RuntimeHostVTableV1 {
            with_read_typed_raw: table.with_read_typed_raw,
            with_read_typed_by_pk_raw: table.with_read_typed_by_pk_raw,
            for_each_record_key_raw: table.for_each_record_key_raw,
            create_typed_raw: None,
            update_typed_by_pk_raw: None,
            delete_by_pk_raw: None,
            emit_typed_event_raw: None,
            debug_log: None,
        };
        Self { ctx: context.ctx_ptr, table }
    }

    /// Makes every call with legal arguments, and returns the results as text.
    pub(super) fn every_call(&self) -> String {
        let mut answers: Vec<(String, Vec<&str>)> = Vec::new();
        for entry in Entry::ALL {
            let answer = self.call(entry, &Args::legal(self, entry, &key(1)));
            match answers.iter_mut().find(|(seen, _)| *seen == answer) {
                Some((_, entries)) => entries.push(entry.name()),
                None => answers.push((answer, vec![entry.name()])),
            }
        }
        let lines: Vec<_> = answers
            .iter()
            .map(|(answer, entries)| format!("{}: {answer}", entries.join(" ")))
            .collect();
        lines.join("\n")
    }

    /// Makes one call, and returns its result: `ok`, or kind and text.
    pub(super) fn call(&self, entry: Entry, args: &Args) -> String {
        let mut error = Slot::new(RuntimeErrorBuf::RESET, args.error);
        let mut flag = Slot::new(UNWRITTEN, args.out);
        let mut key = Slot::new(
            statevec_abi::abi::RuntimeRecordKeyView { kind: UNWRITTEN, sys_id: 0 },
            args.out,
        );
        let Some(status) = entry.make(&self.table, args, flag.place(), key.place(), error.place())
        else {
            return "null entry".into();
        };
        let written = flag.value() != UNWRITTEN || key.value().kind != UNWRITTEN;
        let expected =
            status == RuntimeCallStatus::Success && entry.answers() && args.out != Place::Null;
        match (written, expected) {
            (true, false) => "wrote an answer, and failed".into(),
            (false, true) => "succeeded, and wrote no answer".into(),
            _ if status == RuntimeCallStatus::Failure && args.error == Place::Null => {
                "failed".into()
            }
            _ => outcome(status, &error.value()),
        }
    }

    /// The correct behaviour of a plugin.
    pub(super) fn create_account(
        &self,
        id: u64,
        out_error: *mut RuntimeErrorBuf,
    ) -> RuntimeCallStatus {
        let Some(create) = self.table.create_typed_raw else { return RuntimeCallStatus::Failure };
        let mut created = statevec_abi::abi::RuntimeRecordKeyView { kind: 0, sys_id: 0 };
        let mut id = id;
        let ctx = (&raw mut id).cast();
        // SAFETY: a live host, and pointers that live for the call (rule 10).
        unsafe {
            create(self.ctx, ACCOUNT, ctx, Some(visitor::set_id), &raw mut created, out_error)
        }
    }

    /// Creates, updates, deletes and emits. The host must undo all of it when the command fails.
    pub(super) fn leave_something_to_undo(&self) {
        for kind in [ACCOUNT, NOTE] {
            let args = Args { kind, ..Args::legal(self, Entry::Create, &[]) };
            self.call(Entry::Create, &args);
        }
        let first = key(1);
        let spoil = Args::legal(self, Entry::Update, &first).visited_by(Visitors::SPOIL);
        self.call(Entry::Update, &spoil);
        self.call(Entry::Delete, &Args::legal(self, Entry::Delete, &first));
        self.call(Entry::Emit, &Args::legal(self, Entry::Emit, &first));
    }

    /// Commits with a report, or fails with the host's error.
    pub(super) fn report(&self, text: &str, out_error: *mut RuntimeErrorBuf) -> RuntimeCallStatus {
        let Some(emit) = self.table.emit_typed_event_raw else { return RuntimeCallStatus::Failure };
        let payload = report(text);
        let payload = RuntimeBytesRef::from_slice(&payload);
        // SAFETY: a live host, and pointers that live for the call (rule 10).
        unsafe { emit(self.ctx, REPORT, payload, out_error) }
    }

    /// Runs a command of an instance on this host.
    pub(super) fn run(&self, runtime: *mut c_void, command: &RuntimeCommandRef<'_>) -> String {
        let context = RuntimeHostContextV1 { ctx_ptr: self.ctx, vtable: &raw const self.table };
        let mut error = RuntimeErrorBuf::RESET;
        // SAFETY: a live instance and a live host (rule 10).
        let status = unsafe { super::run_tx(runtime, context, command.view(), &raw mut error) };
        outcome(status, &error)
    }
}

/// The value of a flag or a kind that was not written.
const UNWRITTEN: u8 = 9;

/// Room for an out parameter, one byte off when it is to be misaligned.
struct Slot<T> {
    room: [T; 2],
    place: Place,
}

impl<T: Copy> Slot<T> {
    fn new(value: T, place: Place) -> Self {
        let mut slot = Self { room: [value; 2], place };
        if place == Place::Misaligned {
            // SAFETY: the place lies within the room, which lives (rule 9).
            unsafe { slot.place().write_unaligned(value) };
        }
        slot
    }

    fn place(&mut self) -> *mut T {
        match self.place {
            Place::Aligned => self.room.as_mut_ptr(),
            Place::Misaligned => self.room.as_mut_ptr().wrapping_byte_add(1),
            Place::Null => ptr::null_mut(),
        }
    }

    fn value(&mut self) -> T {
        match self.place {
            // SAFETY: within the room, and written by `new` (rule 9).
            Place::Misaligned => unsafe { self.place().read_unaligned() },
            Place::Aligned | Place::Null => self.room[0],
        }
    }
}
