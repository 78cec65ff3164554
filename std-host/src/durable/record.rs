//! Makes the entry of a command, and appends it to a batch or a file.

use std::collections::TryReserveError;

use embedded_io::Write;
use statevec_abi::{
    boundary::RuntimeCommandRef,
    txlog::{EncodeError, EntryChange, EntryEvent, EntryOutcome, LogWriter, TransactionEntry},
};

use crate::{
    Transaction,
    txlog::{Batch, LogError, LogPosition},
};

/// The result of a command that was not recorded.
#[derive(Debug)]
pub(super) enum NotRecorded<E> {
    /// The entry could not be appended.
    Append(E),
    /// There was no memory to list the changes.
    Memory(TryReserveError),
}

/// Takes entries, one after another.
pub(super) trait AppendEntry {
    type Error;

    /// Appends an entry; `after` is the position behind it.
    fn append<'a, E, C>(
        &mut self,
        entry: &TransactionEntry<'a, E, C>,
        after: LogPosition,
    ) -> Result<(), Self::Error>
    where
        E: IntoIterator<Item = EntryEvent<'a>> + Clone,
        C: IntoIterator<Item: Into<EntryChange<'a>>> + Clone;
}

impl AppendEntry for Batch {
    type Error = LogError;

    fn append<'a, E, C>(
        &mut self,
        entry: &TransactionEntry<'a, E, C>,
        after: LogPosition,
    ) -> Result<(), LogError>
    where
        E: IntoIterator<Item = EntryEvent<'a>> + Clone,
        C: IntoIterator<Item: Into<EntryChange<'a>>> + Clone,
    {
        self.push(entry, after)
    }
}

impl<W: Write> AppendEntry for LogWriter<W> {
    type Error = EncodeError<W::Error>;

    fn append<'a, E, C>(
        &mut self,
        entry: &TransactionEntry<'a, E, C>,
        _after: LogPosition,
    ) -> Result<(), Self::Error>
    where
        E: IntoIterator<Item = EntryEvent<'a>> + Clone,
        C: IntoIterator<Item: Into<EntryChange<'a>>> + Clone,
    {
        self.write(entry)
    }
}

/// Adds the entry of a transaction that is about to be committed.
pub(super) fn record_committed<L: AppendEntry>(
    log: &mut L,
    position: &mut LogPosition,
    command: &RuntimeCommandRef<'_>,
    tx_seq: u64,
    transaction: &mut Transaction<'_>,
) -> Result<(), NotRecorded<L::Error>> {
    let mut next = after(position, command);
    next.tx_seq = tx_seq;
    let changes = transaction.changes().map_err(NotRecorded::Memory)?;
    for change in changes.clone() {
        next.digest.apply(&change);
    }
    let events = changes.events();
    let entry = TransactionEntry {
        number: next.entry,
        ext_seq: command.ext_seq(),
        ref_ext_time_us: command.ref_ext_time_us(),
        command_kind: command.command_kind(),
        payload: command.payload(),
        outcome: EntryOutcome::Committed { tx_seq },
        events: events.map(|event| EntryEvent { kind: event.kind, payload: event.payload }),
        changes,
        digest: next.digest,
    };
    log.append(&entry, next).map_err(NotRecorded::Append)?;
    *position = next;
    Ok(())
}

/// Adds the entry of a command that changed nothing.
pub(super) fn record_unchanged<L: AppendEntry>(
    log: &mut L,
    position: &mut LogPosition,
    command: &RuntimeCommandRef<'_>,
    outcome: EntryOutcome<'_>,
) -> Result<(), L::Error> {
    let next = after(position, command);
    let entry = TransactionEntry {
        number: next.entry,
        ext_seq: command.ext_seq(),
        ref_ext_time_us: command.ref_ext_time_us(),
        command_kind: command.command_kind(),
        payload: command.payload(),
        outcome,
        events: [] as [EntryEvent<'_>; 0],
        changes: [] as [EntryChange<'_>; 0],
        digest: next.digest,
    };
    log.append(&entry, next)?;
    *position = next;
    Ok(())
}

fn after(position: &LogPosition, command: &RuntimeCommandRef<'_>) -> LogPosition {
    let mut next = *position;
    next.entry += 1;
    next.ext_seq = Some(command.ext_seq());
    next
}
