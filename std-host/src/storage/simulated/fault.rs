//! The calls that fail, and their failures.

use std::{collections::BTreeMap, io};

use super::Crash;

/// A call of the storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(
    missing_docs,
    reason = "each is the method of the same name; `WriteSynced` is that of `SyncedWrites`"
)]
#[non_exhaustive]
pub enum Operation {
    CreateDir,
    List,
    Create,
    Open,
    OpenSynced,
    Rename,
    Remove,
    SyncDir,
    Len,
    ReadAt,
    WriteAt,
    WriteSynced,
    SyncData,
    SetLen,
    Allocate,
    TryLock,
    SharedWord,
}

impl Operation {
    /// Returns true if the call changes anything on the disk.
    #[must_use]
    pub const fn is_change(self) -> bool {
        match self {
            Self::CreateDir
            | Self::Create
            | Self::Rename
            | Self::Remove
            | Self::SyncDir
            | Self::WriteAt
            | Self::WriteSynced
            | Self::SyncData
            | Self::SetLen
            | Self::Allocate => true,
            Self::List
            | Self::Open
            | Self::OpenSynced
            | Self::Len
            | Self::ReadAt
            | Self::TryLock
            | Self::SharedWord => false,
        }
    }
}

/// The failure of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// An input/output error. A write may have written some of its bytes. A sync has made some of
    /// them stable, and forgets the others.
    Io,
    /// There is no room. A write may have written some of its bytes.
    Full,
    /// A read or write is shorter than asked for; other calls succeed.
    Short,
    /// The machine or the process ends during the call, which may have done some of its work.
    Crash(Crash),
}

impl Fault {
    /// The error of a call that failed without a crash.
    pub(super) fn error(self) -> io::Error {
        match self {
            Self::Full => io::Error::new(io::ErrorKind::StorageFull, "simulated disk is full"),
            _ => io::Error::other("simulated input/output error"),
        }
    }
}

/// Counts calls, and decides which of them fail.
#[derive(Debug, Clone, Default)]
pub(super) struct Faults {
    calls: u64,
    changes: u64,
    by_operation: BTreeMap<Operation, u64>,
    at_call: Vec<(u64, Fault)>,
    at_change: Vec<(u64, Fault)>,
    last_failed: Option<Operation>,
    /// True if some reads and writes are shorter than asked for.
    pub(super) short: bool,
}

impl Faults {
    pub(super) fn calls(&self) -> u64 {
        self.calls
    }

    pub(super) fn changes(&self) -> u64 {
        self.changes
    }

    pub(super) fn count_of(&self, operation: Operation) -> u64 {
        self.by_operation.get(&operation).copied().unwrap_or_default()
    }

    pub(super) fn last_failed(&self) -> Option<Operation> {
        self.last_failed
    }

    pub(super) fn fail_call(&mut self, number: u64, fault: Fault) {
        self.at_call.push((number, fault));
    }

    pub(super) fn fail_change(&mut self, number: u64, fault: Fault) {
        self.at_change.push((number, fault));
    }

    pub(super) fn clear(&mut self) {
        self.at_call.clear();
        self.at_change.clear();
        self.last_failed = None;
    }

    /// Counts a call; returns how it fails.
    pub(super) fn count(&mut self, operation: Operation) -> Option<Fault> {
        let mut fault = take(&mut self.at_call, self.calls);
        self.calls += 1;
        *self.by_operation.entry(operation).or_default() += 1;
        if operation.is_change() {
            fault = fault.or(take(&mut self.at_change, self.changes));
            self.changes += 1;
        }
        if fault.is_some() {
            self.last_failed = Some(operation);
        }
        fault
    }
}

fn take(planned: &mut Vec<(u64, Fault)>, number: u64) -> Option<Fault> {
    let position = planned.iter().position(|(at, _)| *at == number)?;
    Some(planned.swap_remove(position).1)
}
