//! Writes a checkpoint of records in memory.

use std::path::Path;

use super::{CheckpointError, CheckpointHead, CheckpointWriter, KindEnd};
use crate::{Store, storage::Storage};

/// Writes all records of a store as a checkpoint that is not published yet. Returns its length.
pub(crate) fn write_records(
    storage: &dyn Storage,
    path: &Path,
    head: &CheckpointHead,
    records: &Store,
) -> Result<u64, CheckpointError> {
    let mut writer = CheckpointWriter::create(storage, path, head)?;
    for def in records.schema().record_defs() {
        let kind = def.kind;
        for record in records.records(kind) {
            writer.record(kind, record.sys_id, record.data)?;
        }
        let next_sys_id = records.next_sys_id(kind).unwrap_or(1);
        writer.kind(KindEnd { kind, next_sys_id, records: records.len(kind) as u64 });
    }
    writer.finish()
}
