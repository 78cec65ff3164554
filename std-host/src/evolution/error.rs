//! Reasons why a state cannot be migrated.

use statevec_abi::abi::SysId;

use super::{RulesError, SchemaChange};
use crate::{StoreError, store::RestoreError};

/// The reason why a state cannot be migrated. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MigrationError {
    /// There is no rule for a change.
    #[error("the schema cannot be migrated: {}", joined(changes))]
    Refused {
        /// The changes that are refused.
        changes: Vec<SchemaChange>,
    },
    /// Records or fields would be dropped.
    #[error(
        "the new schema has no {}: {} dropped only when that is asked for; add {}",
        names.join(" and no "),
        if names.len() == 1 { "it is" } else { "they are" },
        names.iter().map(|name| format!("--drop {name}")).collect::<Vec<_>>().join(" ")
    )]
    NotAsked {
        /// Their names, as `Record` or `Record.field`.
        names: Vec<String>,
    },
    /// A choice drops something that stays, or never was.
    #[error(
        "{name} is not dropped: name a record (Record) or field (Record.field) that the old schema has and \
         the new one has not"
    )]
    NothingToDrop {
        /// The name.
        name: String,
    },
    /// A default that cannot be used.
    #[error("default of {field}: {reason}")]
    Default {
        /// The field, as `Record.field`.
        field: String,
        /// The reason.
        reason: String,
    },
    /// A value that the new schema cannot hold.
    #[error(
        "{record} number {sys_id}, {field}: {reason}. Change the record with the old plugin first, or keep the \
         old type"
    )]
    Value {
        /// Name of the record's type.
        record: String,
        /// The record's number.
        sys_id: SysId,
        /// The field.
        field: String,
        /// The reason.
        reason: String,
    },
    /// A converted record does not fit beside the others.
    #[error("a converted record does not fit")]
    Record(#[from] RestoreError),
    /// The rules do not belong to the records.
    #[error("the rules of the migration are for other schemas")]
    OtherSchema,
    /// The rules in the log cannot be read.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// There can be no store for the new schema.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn joined(changes: &[SchemaChange]) -> String {
    changes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
