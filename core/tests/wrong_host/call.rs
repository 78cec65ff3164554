//! The host calls that a plugin can make, and which of them it is to make now.

use std::cell::Cell;

use statevec_abi::{
    abi::{RecordKind, RuntimeErrorPhase},
    typed::Record,
};

/// What the plugin keeps. Its layout is 48 bytes long.
#[derive(Debug, Clone, PartialEq, Eq, Record)]
#[record(kind = 1, len = 64, pk(id))]
pub(crate) struct Account {
    #[field(immutable)]
    pub(crate) id: u64,
    pub(crate) balance: i64,
}

pub(crate) const ACCOUNT: RecordKind = <Account as Record>::KIND;

/// An entry of the host's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    ReadById,
    ReadByPk,
    Create,
    Update,
    Delete,
    Emit,
    ForEachKey,
    Log,
}

/// A host call: an entry of one of the two tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) during: During,
    pub(crate) entry: Entry,
}

/// Which of the two tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum During {
    RunTx,
    Validate,
}

use During::{RunTx, Validate};
use Entry::{Create, Delete, Emit, ForEachKey, Log, ReadById, ReadByPk, Update};

const fn call(during: During, entry: Entry) -> Call {
    Call { during, entry }
}

/// Every entry of both tables.
pub(crate) const ALL: [Call; 11] = [
    call(RunTx, ReadById),
    call(RunTx, ReadByPk),
    call(RunTx, Create),
    call(RunTx, Update),
    call(RunTx, Delete),
    call(RunTx, Emit),
    call(RunTx, ForEachKey),
    call(RunTx, Log),
    call(Validate, ReadById),
    call(Validate, ReadByPk),
    call(Validate, ForEachKey),
];

/// The calls that lend a record.
pub(crate) const LENDING: [Call; 6] = [
    call(RunTx, ReadById),
    call(RunTx, ReadByPk),
    call(RunTx, Create),
    call(RunTx, Update),
    call(Validate, ReadById),
    call(Validate, ReadByPk),
];

/// The calls that lend a record if there is one.
pub(crate) const FINDING: [Call; 5] = [
    call(RunTx, ReadById),
    call(RunTx, ReadByPk),
    call(RunTx, Update),
    call(Validate, ReadById),
    call(Validate, ReadByPk),
];

/// The calls that show keys.
pub(crate) const WALKING: [Call; 2] = [call(RunTx, ForEachKey), call(Validate, ForEachKey)];

pub(crate) const CREATE: Call = call(RunTx, Create);
pub(crate) const DELETE: Call = call(RunTx, Delete);

impl Call {
    /// The name of the entry.
    pub(crate) const fn name(self) -> &'static str {
        match self.entry {
            ReadById => "with_read_typed_raw",
            ReadByPk => "with_read_typed_by_pk_raw",
            Create => "create_typed_raw",
            Update => "update_typed_by_pk_raw",
            Delete => "delete_by_pk_raw",
            Emit => "emit_typed_event_raw",
            ForEachKey => "for_each_record_key_raw",
            Log => "debug_log",
        }
    }

    pub(crate) const fn phase(self) -> RuntimeErrorPhase {
        match self.during {
            RunTx => RuntimeErrorPhase::RunTx,
            Validate => RuntimeErrorPhase::ValidateBizInvariants,
        }
    }
}

/// What the plugin does in its next call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Task {
    pub(crate) entry: Entry,
    pub(crate) way: Way,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// One raw call; its visitor looks at nothing.
    Raw,
    /// The same, and the visitor panics.
    Panicking,
    /// The call on records of the type [`Account`]. Keys are followed to their records.
    Typed,
    /// Twice, and the first failure is forgiven.
    ForgivingOnce,
    /// The visitor makes another call: it reads by number.
    Nested,
}

thread_local! {
    static TASK: Cell<Task> = const { Cell::new(Task { entry: Entry::Log, way: Way::Raw }) };
    static VISITS: Cell<u32> = const { Cell::new(0) };
}

/// Sets what the plugin does in its next call on this thread, and forgets earlier visits.
pub(crate) fn set_task(task: Task) {
    TASK.set(task);
    VISITS.set(0);
}

pub(crate) fn task() -> Task {
    TASK.get()
}

/// What every visitor of the plugin does.
pub(crate) fn visited() {
    VISITS.set(VISITS.get() + 1);
    assert!(TASK.get().way != Way::Panicking, "the visitor panics");
}

/// How many times a visitor of the plugin has run in the last call.
pub(crate) fn visits() -> u32 {
    VISITS.get()
}
