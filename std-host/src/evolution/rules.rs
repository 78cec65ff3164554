//! The rules that convert each record from an old schema to a new one.

mod bytes;
mod convert;
mod derive;

use std::collections::{BTreeMap, BTreeSet};

use statevec_abi::abi::RecordKind;

pub use bytes::RulesError;
pub use convert::Misfit;

/// Rules that convert each record from an old schema to a new one.
///
/// A log holds the rules themselves, so a migration gives the same records when it is carried out
/// again, whatever program does it. `TXLOG.md` describes their bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationRules {
    /// In ascending order of the new kinds. Records of kinds that are not named are dropped.
    pub(super) records: Vec<RecordRules>,
}

/// The rules for the records of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RecordRules {
    pub(super) old_kind: RecordKind,
    pub(super) new_kind: RecordKind,
    pub(super) old_size: u32,
    pub(super) new_size: u32,
    /// In the order in which they are carried out. Bytes that no step writes are zero.
    pub(super) steps: Vec<Step>,
}

/// One step of a record's conversion. Offsets and lengths are bytes in the record's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Copies bytes.
    Copy { from: u32, to: u32, len: u32 },
    /// Converts an integer, which must fit.
    Number { from: Integer, to: Integer },
    /// Writes 0 for a zero byte and 1 for any other.
    Bool { from: u32, to: Integer },
    /// Copies fixed bytes to another capacity; their length must fit. Sizes include the length.
    FixedBytes { from: u32, from_size: u32, to: u32, to_size: u32 },
    /// Replaces a byte by the one that a table has for it; it must have one.
    Table { from: u32, to: u32, pairs: Vec<(u8, u8)> },
    /// Writes these bytes.
    Constant { to: u32, bytes: Vec<u8> },
    /// Bytes that must be zero, because nothing takes them over.
    Zero { from: u32, len: u32 },
}

/// The place and form of an integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Integer {
    pub(super) offset: u32,
    /// 1, 2, 4, 8 or 16 bytes.
    pub(super) len: u8,
    pub(super) signed: bool,
}

/// Decisions about a migration that two schemas do not tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MigrationChoices {
    /// Records (`Account`) and fields (`Account.note`) of the old schema to be dropped.
    pub drops: BTreeSet<String>,
    /// Values for fields that are new: JSON by the field's name (`Account.note`). A text without
    /// quotes is taken where the field takes a string. A new field without a default is zero.
    pub defaults: BTreeMap<String, String>,
}
