//! Entries: commands with their results, changes of environment, and migrations.

mod decode;
mod encode;
mod environment;
mod items;
mod migration;

pub use decode::Entries;
pub use environment::{Environment, EnvironmentEntry, LoggedLimits};
pub use items::{EntryChange, EntryChanges, EntryEvent, EntryEvents};
pub use migration::MigrationEntry;

use super::StateDigest;
use crate::{
    abi::{ErrorText, RuntimeErrorKind},
    boundary::RuntimeCommandRef,
    host::CallFailure,
};

/// Kind byte of a [`TransactionEntry`].
const TRANSACTION: u8 = 1;
/// Kind byte of an [`EnvironmentEntry`].
const ENVIRONMENT: u8 = 2;
/// Kind byte of a [`MigrationEntry`].
const MIGRATION: u8 = 3;

/// Tag of an outcome.
const COMMITTED: u8 = 1;
const REJECTED: u8 = 2;
const FAILED: u8 = 3;

/// Tag of an item; an item is an event or a change.
const END: u8 = 0;
const EVENT: u8 = 1;
const CREATED: u8 = 2;
const UPDATED: u8 = 3;
const DELETED: u8 = 4;
const CREATED_AND_DELETED: u8 = 5;

/// An entry that was read from a log. It borrows the log's bytes.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Entry<'a> {
    /// A command and its result.
    Transaction(TransactionEntry<'a>),
    /// From here on another plugin file, configuration or limit decides the results.
    Environment(EnvironmentEntry<'a>),
    /// From here on another schema describes the records, which were converted to it.
    Migration(MigrationEntry<'a>),
}

impl Entry<'_> {
    /// The entry's number. Entries count from 1 without gaps.
    #[must_use]
    pub const fn number(&self) -> u64 {
        match self {
            Self::Transaction(entry) => entry.number,
            Self::Environment(entry) => entry.number,
            Self::Migration(entry) => entry.number,
        }
    }
}

/// A command and its result.
///
/// An entry that is read has [`EntryEvents`] and [`EntryChanges`]. One that is written takes
/// anything that iterates over [`EntryEvent`] and over [`EntryChange`] or
/// [`Change`](super::Change), also by reference, or over a host's own type of event. It is walked
/// once to compute the length and once to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransactionEntry<'a, E = EntryEvents<'a>, C = EntryChanges<'a>> {
    /// The entry's number. Entries count from 1 without gaps.
    pub number: u64,
    /// The command's number in the queue that it came from.
    pub ext_seq: u64,
    /// The command's reference time in microseconds.
    pub ref_ext_time_us: u64,
    /// The command's kind.
    pub command_kind: u8,
    /// The command's payload.
    pub payload: &'a [u8],
    /// The outcome.
    pub outcome: EntryOutcome<'a>,
    /// The events, in the order of their emission. Only a committed command has any.
    pub events: E,
    /// The net change of each record, in the order of [`Change`](super::Change). Only a committed
    /// command has any.
    pub changes: C,
    /// The digest of the state after the command.
    pub digest: StateDigest,
}

impl<'a, E, C> TransactionEntry<'a, E, C> {
    /// The entry of a command that the plugin accepted.
    #[must_use]
    pub const fn committed(
        number: u64,
        command: &RuntimeCommandRef<'a>,
        tx_seq: u64,
        events: E,
        changes: C,
        digest: StateDigest,
    ) -> Self {
        let outcome = EntryOutcome::Committed { tx_seq };
        Self::new(number, command, outcome, events, changes, digest)
    }

    const fn new(
        number: u64,
        command: &RuntimeCommandRef<'a>,
        outcome: EntryOutcome<'a>,
        events: E,
        changes: C,
        digest: StateDigest,
    ) -> Self {
        Self {
            number,
            ext_seq: command.ext_seq(),
            ref_ext_time_us: command.ref_ext_time_us(),
            command_kind: command.command_kind(),
            payload: command.payload(),
            outcome,
            events,
            changes,
            digest,
        }
    }
}

impl<'a> TransactionEntry<'a> {
    /// The entry of a command that changed nothing. `digest` is that of the state, as before.
    #[must_use]
    pub fn refused(
        number: u64,
        command: &RuntimeCommandRef<'a>,
        failure: CallFailure<'a>,
        digest: StateDigest,
    ) -> Self {
        let outcome = EntryOutcome::of_failure(failure);
        let (events, changes) = (EntryEvents::default(), EntryChanges::default());
        Self::new(number, command, outcome, events, changes, digest)
    }
}

/// The outcome of a logged command. The list is closed: another class would be another version of
/// the log's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryOutcome<'a> {
    /// The plugin accepted the command.
    Committed {
        /// Number of the transaction; counts the committed commands from 1.
        tx_seq: u64,
    },
    /// The plugin or the host rejected the command, which changed nothing.
    Rejected(EntryFailure<'a>),
    /// The plugin or the host failed. The command changed nothing.
    Failed(EntryFailure<'a>),
}

impl<'a> EntryOutcome<'a> {
    /// The outcome of a call that failed: kinds 2001, 2002 and 4001 are rejections.
    #[must_use]
    pub const fn of_failure(failure: CallFailure<'a>) -> Self {
        let CallFailure { kind, message: text, .. } = failure;
        let reason = EntryFailure { kind, text };
        if kind.is_rejection() { Self::Rejected(reason) } else { Self::Failed(reason) }
    }
}

/// The error of a command that changed nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryFailure<'a> {
    /// The kind of the error.
    pub kind: RuntimeErrorKind,
    /// The error's text. It need not be UTF-8, because a plugin wrote it.
    pub text: ErrorText<'a>,
}
