//! Refusals that every store has in common, each with its kind and its text.
//!
//! Two hosts that hold the same records refuse with the same bytes, so the texts stand once. A
//! store adds its own for its limits.

use core::fmt::{self, Display as _, Write as _};

use crate::{
    abi::{
        RecordKind,
        runtime_error_kind::{HOST_INTERNAL_ERROR, HOST_REJECTED, SCHEMA_MISMATCH},
        utf8,
    },
    boundary::{ErrorSlot, ErrorWritten, fail, text_writer::Decimal},
    schema::FieldType,
};

/// A write outside of a transaction (kind 4002).
#[cold]
pub fn no_transaction<'e>(error: ErrorSlot<'e>) -> ErrorWritten<'e> {
    fail!(
        error,
        HOST_INTERNAL_ERROR,
        "no transaction",
        "a write outside of a transaction; begin one first"
    )
}

/// A record kind that the schema does not have (kind 1001).
///
/// The plugin and its schema disagree, and no command can correct that. So this and the next two
/// are failures: a rejection would look like an answer of the business logic.
#[cold]
pub fn no_record_kind<'e>(kind: RecordKind, error: ErrorSlot<'e>) -> ErrorWritten<'e> {
    fail!(
        error,
        SCHEMA_MISMATCH,
        "unknown record",
        "the schema has no record kind {kind}: add the record to records: […] of schema!"
    )
}

/// A primary key of a record kind that the schema does not have, or has without a key (kind 1001).
#[cold]
#[inline(never)]
pub fn no_keyed_record_kind<'e>(kind: RecordKind, error: ErrorSlot<'e>) -> ErrorWritten<'e> {
    fail!(
        error,
        SCHEMA_MISMATCH,
        "record without key",
        "the schema has no record kind {kind} with a primary key: add the record to records: […] \
         of schema!, with pk(…)"
    )
}

/// An event kind that the schema does not have (kind 1001).
#[cold]
pub fn no_event_kind<'e>(kind: u8, error: ErrorSlot<'e>) -> ErrorWritten<'e> {
    fail!(
        error,
        SCHEMA_MISMATCH,
        "unknown event",
        "the schema has no event kind {kind}: add the event to events: […] of schema!"
    )
}

/// A new record with the primary key of another one (kind 4001).
#[cold]
pub fn duplicate_key<'e, 'k>(
    record: &str,
    fields: impl Iterator<Item = KeyField<'k>> + Clone,
    key: &[u8],
    error: ErrorSlot<'e>,
) -> ErrorWritten<'e> {
    let key = Key { fields, bytes: key };
    fail!(error, HOST_REJECTED, "key exists", "{record}{key} exists already")
}

/// An update that changes a key field or an immutable field (kind 4001). `role` is `primary key` or
/// `immutable`.
#[cold]
pub fn frozen_field<'e, 'k>(
    record: &str,
    (role, field): (&str, &str),
    fields: impl Iterator<Item = KeyField<'k>> + Clone,
    key: &[u8],
    error: ErrorSlot<'e>,
) -> ErrorWritten<'e> {
    let key = Key { fields, bytes: key };
    fail!(
        error,
        HOST_REJECTED,
        "immutable field",
        "update of {record}{key} changes its {role} field {field}"
    )
}

/// A field of a primary key.
#[derive(Debug, Clone, Copy)]
pub struct KeyField<'k> {
    /// Its name.
    pub name: &'k str,
    /// Its type.
    pub ty: FieldType,
    /// Its bytes in the encoded key.
    pub len: usize,
}

/// A key with its fields decoded: ` (site 7, name "a")`.
struct Key<'b, F> {
    fields: F,
    bytes: &'b [u8],
}

impl<'k, F: Iterator<Item = KeyField<'k>> + Clone> fmt::Display for Key<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut rest, mut before) = (self.bytes, " (");
        for field in self.fields.clone() {
            let (part, behind) = rest.split_at_checked(field.len).unwrap_or((rest, &[]));
            f.write_str(before)?;
            f.write_str(field.name)?;
            f.write_str(" ")?;
            write_value(f, field.ty, part)?;
            (rest, before) = (behind, ", ");
        }
        f.write_str(")")
    }
}

/// Writes one field of a key. Integers are big-endian there, signed ones with the sign bit flipped.
fn write_value(f: &mut fmt::Formatter<'_>, ty: FieldType, bytes: &[u8]) -> fmt::Result {
    if let FieldType::FixedBytes = ty {
        return write_bytes(f, bytes);
    }
    let mut number = bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    match ty {
        FieldType::Bool => return f.write_str(if number == 0 { "false" } else { "true" }),
        FieldType::I32 | FieldType::I64 => {
            // The value is the number above that of zero, which has the sign bit alone.
            let zero = if let FieldType::I32 = ty { 1 << 31 } else { 1 << 63 };
            if number < zero {
                f.write_str("-")?;
            }
            number = number.abs_diff(zero);
        }
        _ => {}
    }
    Decimal(number).fmt(f)
}

/// Writes bytes without their padding: in quotes if they are plain text, else in hexadecimal.
fn write_bytes(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    let mut bytes = bytes;
    while let [start @ .., 0] = bytes {
        bytes = start;
    }
    let is_plain = |byte: &u8| !matches!(byte, 0..=0x1f | 0x7f | b'"' | b'\\');
    match utf8::text(bytes) {
        Ok(text) if bytes.iter().all(is_plain) => {
            f.write_str("\"")?;
            f.write_str(text)?;
            f.write_str("\"")
        }
        _ => {
            f.write_str("0x")?;
            for byte in bytes {
                for digit in [byte >> 4, byte & 15] {
                    let letter = if digit < 10 { b'0' } else { b'a' - 10 };
                    f.write_char(char::from(digit + letter))?;
                }
            }
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::{string::ToString as _, vec::Vec};

    use super::{FieldType, Key, KeyField};

    fn shown(fields: &[(&'static str, FieldType, &[u8])]) -> std::string::String {
        let bytes: Vec<u8> = fields.iter().flat_map(|(_, _, bytes)| bytes.to_vec()).collect();
        let fields = fields.iter();
        let fields = fields.map(|&(name, ty, bytes)| KeyField { name, ty, len: bytes.len() });
        Key { fields, bytes: &bytes }.to_string()
    }

    #[test]
    fn key_of_every_encoding_is_decoded() {
        use FieldType::*;
        assert_eq!(
            shown(&[("site", U16, &[0, 7]), ("name", FixedBytes, b"a\0\0")]),
            r#" (site 7, name "a")"#
        );
        for (ty, bytes, text) in [
            (Bool, &[1][..], "true"),
            (EnumU8, &[3], "3"),
            (U32, &[0xff; 4], "4294967295"),
            (U64, &[0xff; 8], "18446744073709551615"),
            (I32, &[0; 4], "-2147483648"),
            (I32, &[0x7f, 0xff, 0xff, 0xff], "-1"),
            (I32, &[0x80, 0, 0, 5], "5"),
            (I64, &[0; 8], "-9223372036854775808"),
            (I64, &[0xff; 8], "9223372036854775807"),
            (FixedBytes, "größe".as_bytes(), "\"größe\""),
            (FixedBytes, b"\0\0", "\"\""),
            (FixedBytes, b"a\"b\0", "0x612262"),
            (FixedBytes, b"a\nb", "0x610a62"),
            (FixedBytes, &[0xff, 0], "0xff"),
        ] {
            assert_eq!(shown(&[("k", ty, bytes)]), std::format!(" (k {text})"), "{ty:?}");
        }
    }

    #[test]
    fn key_that_is_too_short_is_shown_as_far_as_it_goes() {
        let field = |name| KeyField { name, ty: FieldType::U16, len: 2 };
        let fields = [field("a"), field("b")];
        let key = Key { fields: fields.iter().copied(), bytes: &[0, 1, 2] };
        assert_eq!(key.to_string(), " (a 1, b 2)");
    }
}
