//! Steps whose command is undone, and steps that look for its traces.

use statevec_abi::{abi::RuntimeBytesRef, typed::Record as _};

use super::rows::{copy, data, key};
use crate::{
    host::Host,
    instance::Running,
    schema::Row,
    verdict::{Checked, require},
};

/// Rows that exist before the command that is undone: one is updated, one deleted.
const UPDATED: u64 = 1801;
const DELETED: u64 = 1802;
/// A row that the command creates.
const CREATED: u64 = 1803;

pub(super) fn prepare(running: &mut Running<'_>) -> Checked {
    running.host.create_row(UPDATED, 1)?;
    running.host.create_row(DELETED, 1).map(drop)
}

/// Every sort of write; then the plugin rejects.
pub(super) fn reject(running: &mut Running<'_>) -> Checked {
    let Running { host, memory, .. } = running;
    memory.sys_id = Some(write(host)?);
    host.emit(1, RuntimeBytesRef::from_slice(&[0; 61]))?.done("emit")
}

fn write(host: &Host) -> Checked<u64> {
    let sys_id = host.create_row(CREATED, 1)?;
    require(host.update_row(UPDATED, 2)?.done("update")?, "run step 18 before")?;
    // The same row twice, and a row that the command has created.
    host.update_row(UPDATED, 3)?.done("update")?;
    host.update_row(CREATED, 4)?.done("update")?;
    require(host.remove_row(DELETED)?, "run step 18 before")?;
    // A deleted key may be used again.
    host.create_row(DELETED, 5)?;
    Ok(sys_id)
}

pub(super) fn no_trace(running: &mut Running<'_>) -> Checked {
    let Running { host, memory, .. } = running;
    let expected = memory.sys_id.take().ok_or("run step 19 before, on the same instance")?;
    look_for_traces(host)?;
    let next = host.create_row(CREATED, 1)?;
    host.remove_row(CREATED)?;
    require(next == expected, format!("sys_id {next} instead of {expected} after a rollback"))
}

fn look_for_traces(host: &Host) -> Checked {
    require(host.row(CREATED)?.is_none(), "a created row is left after a rollback")?;
    host.expect_row(UPDATED, 1, "an update is left after a rollback")?;
    host.expect_row(DELETED, 1, "a deleted row is not back after a rollback")?;
    require(host.sys_ids()?.is_sorted(), "keys are out of order after a rollback")
}

/// The host refuses the last call, and the plugin passes the refusal on.
pub(super) fn refuse(running: &mut Running<'_>) -> Checked {
    let Running { host, memory, .. } = running;
    memory.sys_id = Some(write(host)?);
    host.update(Row::KIND, &key(UPDATED), |row| copy(&data(77, 77), row))?
        .rejected("a change of the key")
}

pub(super) fn no_trace_of_refusal(running: &mut Running<'_>) -> Checked {
    no_trace(running)?;
    running.host.remove_row(UPDATED)?;
    running.host.remove_row(DELETED).map(drop)
}
