//! What the store refuses, and in which words. What a server's store refuses too, it refuses in the same words.

use core::fmt::{self, Write as _};

use super::events::NoRoom;
use crate::{
    abi::{
        RecordKind,
        runtime_error_kind::{HOST_INTERNAL_ERROR, HOST_REJECTED},
    },
    error_slot::{ErrorSlot, Rejected},
    schema::RecordDef,
};

#[cold]
pub(super) fn no_transaction<'e>(error: ErrorSlot<'e>) -> Rejected<'e> {
    let reason = format_args!("a write outside of a transaction; begin one first");
    error.fail(HOST_INTERNAL_ERROR, reason)
}

#[cold]
pub(super) fn no_record_kind<'e>(kind: RecordKind, error: ErrorSlot<'e>) -> Rejected<'e> {
    error.fail(HOST_REJECTED, format_args!("the schema has no record kind {kind}"))
}

#[cold]
pub(super) fn no_event_kind<'e>(kind: u8, error: ErrorSlot<'e>) -> Rejected<'e> {
    error.fail(HOST_REJECTED, format_args!("the schema has no event kind {kind}"))
}

#[cold]
pub(super) fn records_full<'e>(
    record: &RecordDef<'_>,
    records: usize,
    error: ErrorSlot<'e>,
) -> Rejected<'e> {
    let name = record.name;
    let reason = format_args!(
        "no room for another {name}: the store is full with {records} records (RECORDS)"
    );
    error.fail(HOST_REJECTED, reason)
}

#[cold]
pub(super) fn changes_full<'e>(
    record: &RecordDef<'_>,
    changes: usize,
    error: ErrorSlot<'e>,
) -> Rejected<'e> {
    let name = record.name;
    let reason = format_args!(
        "no room to change another {name}: the transaction is full with {changes} changed records (CHANGES)"
    );
    error.fail(HOST_REJECTED, reason)
}

#[cold]
pub(super) fn events_full<'e>(
    payload: usize,
    no_room: &NoRoom,
    error: ErrorSlot<'e>,
) -> Rejected<'e> {
    let NoRoom { capacity, left } = no_room;
    let reason = format_args!(
        "no room for an event of {payload} bytes: {left} of {capacity} bytes are left (EVENT_BYTES)"
    );
    error.fail(HOST_REJECTED, reason)
}

#[cold]
pub(super) fn exists<'e>(record: &RecordDef<'_>, key: &[u8], error: ErrorSlot<'e>) -> Rejected<'e> {
    let (name, key) = (record.name, Hex(key));
    error.fail(HOST_REJECTED, format_args!("{name} with primary key {key} exists already"))
}

#[cold]
pub(super) fn frozen<'e>(
    record: &RecordDef<'_>,
    (role, field): (&str, &str),
    key: &[u8],
    error: ErrorSlot<'e>,
) -> Rejected<'e> {
    let (name, key) = (record.name, Hex(key));
    error.fail(
        HOST_REJECTED,
        format_args!("update of {name} changes its {role} field {field}; primary key {key}"),
    )
}

/// Bytes as `0x` and two digits each.
struct Hex<'b>(&'b [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("0x")?;
        for byte in self.0 {
            for digit in [byte >> 4, byte & 15] {
                f.write_char(char::from(digit + if digit < 10 { b'0' } else { b'a' - 10 }))?;
            }
        }
        Ok(())
    }
}
