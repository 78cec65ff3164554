//! Refusals that every store has in common, each with its kind and its text.
//!
//! Two hosts that hold the same records refuse with the same bytes, so the texts stand once. A
//! store adds its own for its limits.

use core::fmt::{self, Write as _};

use crate::{
    abi::{
        RecordKind,
        runtime_error_kind::{HOST_INTERNAL_ERROR, HOST_REJECTED, SCHEMA_MISMATCH},
    },
    boundary::{ErrorSlot, ErrorWritten},
};

/// A write outside of a transaction (kind 4002).
#[cold]
pub fn no_transaction<'e>(error: ErrorSlot<'e>) -> ErrorWritten<'e> {
    let reason = format_args!("a write outside of a transaction; begin one first");
    error.fail(HOST_INTERNAL_ERROR, reason)
}

/// A record kind that the schema does not have (kind 1001).
///
/// The plugin and its schema disagree, and no command can mend that. So this and the next two are
/// failures: as rejections they would pass for answers of the business logic.
#[cold]
pub fn no_record_kind<'e>(kind: RecordKind, error: ErrorSlot<'e>) -> ErrorWritten<'e> {
    let reason = format_args!(
        "the schema has no record kind {kind}: add the record to records: […] of schema!"
    );
    error.fail(SCHEMA_MISMATCH, reason)
}

/// A primary key of a record kind that the schema does not have, or has without a key (kind 1001).
#[cold]
#[inline(never)]
pub fn no_keyed_record_kind<'e>(kind: RecordKind, error: ErrorSlot<'e>) -> ErrorWritten<'e> {
    let reason = format_args!(
        "the schema has no record kind {kind} with a primary key: add the record to records: […] \
         of schema!, with pk(…)"
    );
    error.fail(SCHEMA_MISMATCH, reason)
}

/// An event kind that the schema does not have (kind 1001).
#[cold]
pub fn no_event_kind<'e>(kind: u8, error: ErrorSlot<'e>) -> ErrorWritten<'e> {
    let reason = format_args!(
        "the schema has no event kind {kind}: add the event to events: […] of schema!"
    );
    error.fail(SCHEMA_MISMATCH, reason)
}

/// A new record with the primary key of another one (kind 4001).
#[cold]
pub fn duplicate_key<'e>(record: &str, key: &[u8], error: ErrorSlot<'e>) -> ErrorWritten<'e> {
    let key = Hex(key);
    error.fail(HOST_REJECTED, format_args!("{record} with primary key {key} exists already"))
}

/// An update that changes a key field or an immutable field (kind 4001). `role` is what the field
/// is: `primary key` or `immutable`.
#[cold]
pub fn frozen_field<'e>(
    record: &str,
    (role, field): (&str, &str),
    key: &[u8],
    error: ErrorSlot<'e>,
) -> ErrorWritten<'e> {
    let key = Hex(key);
    error.fail(
        HOST_REJECTED,
        format_args!("update of {record} changes its {role} field {field}; primary key {key}"),
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
