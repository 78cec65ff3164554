//! Adds results to the batch.

use std::collections::TryReserveError;

use statevec_abi::{
    boundary::RuntimeCommandRef,
    txlog::{EntryChange, EntryEvent, EntryOutcome, TransactionEntry},
};

use crate::{
    Transaction,
    txlog::{Batch, LogError, LogPosition},
};

/// Why the result of a command was not recorded.
pub(super) enum RecordError {
    Log(LogError),
    Memory(TryReserveError),
}

/// Adds the entry of a transaction that is about to be committed.
pub(super) fn record_committed(
    batch: &mut Batch,
    position: &mut LogPosition,
    command: &RuntimeCommandRef<'_>,
    tx_seq: u64,
    transaction: &mut Transaction<'_>,
) -> Result<(), RecordError> {
    let mut next = after(position, command);
    next.tx_seq = tx_seq;
    let changes = transaction.changes().map_err(RecordError::Memory)?;
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
    batch.push(&entry, next).map_err(RecordError::Log)?;
    *position = next;
    Ok(())
}

/// Adds an entry that changes nothing.
pub(super) fn push_failure(
    batch: &mut Batch,
    position: &mut LogPosition,
    command: &RuntimeCommandRef<'_>,
    outcome: EntryOutcome<'_>,
) -> Result<(), LogError> {
    let next = after(position, command);
    let entry = TransactionEntry {
        number: next.entry,
        ext_seq: command.ext_seq(),
        ref_ext_time_us: command.ref_ext_time_us(),
        command_kind: command.command_kind(),
        payload: command.payload(),
        outcome,
        events: [],
        changes: [] as [EntryChange<'_>; 0],
        digest: next.digest,
    };
    batch.push(&entry, next)?;
    *position = next;
    Ok(())
}

fn after(position: &LogPosition, command: &RuntimeCommandRef<'_>) -> LogPosition {
    let mut next = *position;
    next.entry += 1;
    next.ext_seq = Some(command.ext_seq());
    next
}
