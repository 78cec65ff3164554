//! The rules that every schema keeps, whether it was parsed or declared.

use alloc::string::String;
use core::fmt;

use thiserror_no_std::Error;

use crate::schema::{FieldType, MAX_DATA_SIZE, MAX_NAME_LEN};

/// A rule that a declaration breaks (ABI.md section 5). Sizes, offsets and lengths are in bytes;
/// texts that come from outside are cut at 64 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SchemaRule {
    /// A name is empty.
    #[error("the name is empty")]
    EmptyName,
    /// A name is longer than [`MAX_NAME_LEN`].
    #[error("the name has {len} bytes, at most {MAX_NAME_LEN} are allowed")]
    LongName {
        /// Length of the name.
        len: usize,
    },
    /// Two declarations of one section, or two members of one declaration, have the same name.
    #[error("the name is used twice")]
    DuplicateName,
    /// Two declarations of one section have the same kind.
    #[error("kind {kind} is taken by {other:?}")]
    DuplicateKind {
        /// The kind.
        kind: u8,
        /// The declaration that has it too.
        other: String,
    },
    /// A record has kind 0.
    #[error("record kind 0 is reserved, use 1 to 255")]
    ReservedKind,
    /// A record has no data, or more than [`MAX_DATA_SIZE`].
    #[error("dataSize is {size}, expected 1 to {MAX_DATA_SIZE}")]
    DataSize {
        /// The declared size.
        size: u32,
    },
    /// An entry of `types` is something else than an enum of one byte.
    #[error("kind {kind:?} is not known, expected \"enumU8\"")]
    UnknownEnumKind {
        /// The value that was found.
        kind: String,
    },
    /// Two variants have the same value.
    #[error("value {value} is taken by {other:?}")]
    DuplicateValue {
        /// The value.
        value: u8,
        /// The variant that has it too.
        other: String,
    },
    /// A type in the schema text is none that is known.
    #[error("type {ty:?} is not known")]
    UnknownType {
        /// The value that was found.
        ty: String,
    },
    /// Variable bytes stand in a record, whose fields have fixed places.
    #[error("varBytes is for commands and events, a record takes {{\"fixedBytes\": N}}")]
    VarBytesInRecord,
    /// The size of a field is not the one of its type.
    #[error("{} takes {}, not {}", ty.name(), Bytes(*.expected), Bytes(*.size))]
    FieldSize {
        /// The field's type.
        ty: FieldType,
        /// The declared size; `None` when it varies.
        size: Option<u32>,
        /// The size that the type gives; `None` when it varies.
        expected: Option<u32>,
    },
    /// Fixed bytes of capacity N do not occupy N + 2 bytes, or N does not fit their two-byte
    /// length.
    #[error("fixedBytes of N bytes takes N + 2, so 2 to 65537 bytes, not {}", Bytes(*.size))]
    FixedBytesSize {
        /// The declared size, `None` when it varies.
        size: Option<u32>,
    },
    /// Fixed bytes state one capacity, and their size gives another.
    #[error(
        "{{\"fixedBytes\": {capacity}}} takes {} bytes, 2 for its length and {capacity}, not {size}",
        capacity.saturating_add(2)
    )]
    FixedBytesCapacity {
        /// The stated capacity.
        capacity: u32,
        /// The declared size.
        size: u32,
    },
    /// The name of a field's type is longer than [`MAX_NAME_LEN`].
    #[error("the name of the type has {len} bytes, at most {MAX_NAME_LEN} are allowed")]
    LongTypeName {
        /// Length of the name.
        len: usize,
    },
    /// An enum field does not say which enum.
    #[error("an enum field must name its enum")]
    EnumNameMissing,
    /// A field that is no enum names one.
    #[error("{} names the enum {name:?}, only an enum field may", ty.name())]
    EnumNameUnexpected {
        /// The field's type.
        ty: FieldType,
        /// The enum that it names.
        name: String,
    },
    /// The fields are not in ascending order of their indexes, or two share one.
    #[error("index {index} follows index {previous}, indexes must ascend")]
    IndexOrder {
        /// The field's index.
        index: u32,
        /// Index of the field before it.
        previous: u32,
    },
    /// A reserved field has the index of a field in use.
    #[error("index {index} is taken by {other:?}")]
    DuplicateIndex {
        /// The index.
        index: u32,
        /// The field that has it too.
        other: String,
    },
    /// A field reaches beyond the record's data.
    #[error("offset {offset} and size {size} reach beyond dataSize {data_size}")]
    OutsideData {
        /// The field's offset.
        offset: u32,
        /// The field's size.
        size: u32,
        /// The record's data size.
        data_size: u32,
    },
    /// Two fields share bytes.
    #[error("offset {offset} lies in {other:?}, which ends at {other_end}")]
    Overlap {
        /// The field's offset.
        offset: u32,
        /// The field before it in memory.
        other: String,
        /// First byte behind that field.
        other_end: u32,
    },
    /// `hasPk` contradicts the list of key fields.
    #[error("hasPk is {has_pk}, but pkFields names {count} fields")]
    PkFlag {
        /// The declared flag.
        has_pk: bool,
        /// Number of key fields.
        count: usize,
    },
    /// The key names a field that the record does not have, or one that is reserved.
    #[error("the primary key names it, but no field in use is called so")]
    PkFieldUnknown,
    /// The key names a field twice.
    #[error("the primary key names it twice")]
    PkFieldTwice,
    /// The key names a field whose type has no key encoding.
    #[error("{} cannot be part of a primary key", ty.name())]
    PkFieldType {
        /// The field's type.
        ty: FieldType,
    },
}

impl core::error::Error for SchemaRule {}

/// A size, as error texts print it.
struct Bytes(Option<u32>);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(1) => f.write_str("1 byte"),
            Some(size) => write!(f, "{size} bytes"),
            None => f.write_str("a varying number of bytes"),
        }
    }
}
