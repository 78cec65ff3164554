//! The limit of a line of input.

use statevec_abi_alloc::schema::{
    CommandDefinition, FieldType, PayloadFieldDefinition, RecordDefinition, SchemaRegistry,
};

/// Allowance for white space, and for zeros before the digits of a `u128`.
const SPACE: usize = 64 << 10;

/// No schema gives a higher limit. It holds 16 MiB of payload with every byte as an escape.
const HIGHEST: usize = 128 << 20;

/// Length in bytes of the longest line that can be a command of this schema.
///
/// The limit is the longest command with every byte of its text written as an escape (`\u0000`),
/// and 64 KiB for white space. It is at most 128 MiB. A longer line cannot be a command, so a
/// program need not hold it in memory.
#[must_use]
pub fn longest_line(schema: &SchemaRegistry) -> usize {
    let longest = schema.command_defs().map(longest_command).max();
    longest.unwrap_or_default().saturating_add(SPACE).min(HIGHEST)
}

/// Length in bytes of the longest line that can be a record of this schema, as
/// [`longest_line`] is for commands.
#[must_use]
pub fn longest_state_line(schema: &SchemaRegistry) -> usize {
    let longest = schema.record_defs().map(longest_record).max();
    longest.unwrap_or_default().saturating_add(SPACE).min(HIGHEST)
}

/// Each byte of bytes is an escape at most, and each other field is a number or a variant.
fn longest_record(record: &RecordDefinition) -> usize {
    let names = record.fields.iter().map(|field| string(&field.name) + LONGEST_VALUE);
    names.fold(string_of(record.data_size as usize), usize::saturating_add)
}

/// Characters of an enum's variant, which is longer than any number.
const LONGEST_VALUE: usize = statevec_abi_alloc::schema::MAX_NAME_LEN * r"\u0000".len() + 2;

fn longest_command(command: &CommandDefinition) -> usize {
    let keys =
        string("command") + string("payload") + string("ext_seq") + string("ref_ext_time_us");
    let numbers = 2 * "18446744073709551615".len();
    let punctuation = "{:,:{},:,:}".len();
    let head = keys + numbers + punctuation + string(&command.name);
    let fields = command.fields.iter().map(longest_member);
    fields.fold(head, usize::saturating_add)
}

fn longest_member(field: &PayloadFieldDefinition) -> usize {
    let hex_form = string("hex") + "{:}".len();
    let value = match field.ty {
        FieldType::Bool => "false".len(),
        FieldType::U8
        | FieldType::U16
        | FieldType::U32
        | FieldType::U64
        | FieldType::I32
        | FieldType::I64 => "-9223372036854775808".len(),
        FieldType::U128 => string("340282366920938463463374607431768211455"),
        // A name of the longest length that a schema can have. The enum may be unknown here.
        FieldType::EnumU8 => string_of(statevec_abi_alloc::schema::MAX_NAME_LEN),
        FieldType::FixedBytes => {
            string_of(field.fixed_size.unwrap_or_default() as usize) + hex_form
        }
        FieldType::VarBytes => string_of(usize::from(u16::MAX)) + hex_form,
    };
    string(&field.name) + value + ":,".len()
}

fn string(text: &str) -> usize {
    string_of(text.len())
}

/// A JSON string of so many bytes, all of them escaped, with its quotes.
fn string_of(len: usize) -> usize {
    len.saturating_mul(r"\u0000".len()).saturating_add(2)
}
