//! Steps that only make legal calls.

use statevec_abi::typed::Record as _;

use super::rows::{SIZE, copy, data, key};
use crate::{
    instance::Running,
    schema::Row,
    verdict::{Checked, require},
};

pub(super) fn ext_seq(running: &mut Running<'_>) -> Checked {
    let last = running.memory.last_ext_seq;
    require(last.is_none_or(|last| running.ext_seq > last), "ext_seq does not ascend")
}

/// The second row may get the memory of the first, which is full of other bytes.
pub(super) fn zeroed(running: &mut Running<'_>) -> Checked {
    let host = running.host;
    for id in [200, 201, 202] {
        let (mut len, mut zeros) = (0, false);
        let created = host.create(Row::KIND, |row| {
            (len, zeros) = (row.len(), row.iter().all(|byte| *byte == 0));
            row.fill(0xEE);
            copy(&u64::to_le_bytes(id), row);
        })?;
        created.done("create")?;
        require(len == SIZE, format!("create lends {len} bytes instead of {SIZE}"))?;
        require(zeros, "create lends bytes that are not zero")?;
        host.remove_row(id)?;
    }
    Ok(())
}

pub(super) fn read_back(running: &mut Running<'_>) -> Checked {
    let host = running.host;
    let sys_id = host.create_row(300, 7)?;
    host.expect_row(300, 7, "a created row reads otherwise by key")?;
    let mut read = Vec::new();
    let found = host.read_by_id(Row::KIND, sys_id, |data| read = data.to_vec())?;
    require(found.done("read by id")?, "a created row is not found by its number")?;
    require(read == data(300, 7), "a created row reads otherwise by number")?;
    let mut before = Vec::new();
    let updated = host.update(Row::KIND, &key(300), |row| {
        before = row.to_vec();
        copy(&data(300, 8), row);
    })?;
    require(updated.done("update")?, "an update does not find its row")?;
    require(before == data(300, 7), "an update lends other bytes than those of the row")?;
    host.expect_row(300, 8, "an updated row reads otherwise")?;
    host.remove_row(300).map(drop)
}

pub(super) fn missing(running: &mut Running<'_>) -> Checked {
    let host = running.host;
    require(host.row(400)?.is_none(), "a row is found that was not created")?;
    let found = host.read_by_id(Row::KIND, u64::MAX, |_| ())?.done("read by id")?;
    require(!found, "a number is found that was not given")?;
    let found = host.update_row(400, 1)?.done("update")?;
    require(!found, "an update finds a row that was not created")
}

pub(super) fn order(running: &mut Running<'_>) -> Checked {
    let host = running.host;
    let before = host.sys_ids()?;
    // Descending keys, so that the order of keys is another one.
    let mut created = Vec::new();
    for id in [509, 508, 507, 506, 505] {
        created.push(host.create_row(id, 0)?);
    }
    host.remove_row(507)?;
    created.remove(2);
    let ids = host.sys_ids()?;
    require(ids.is_sorted(), "keys do not come in ascending sys_id")?;
    require(
        ids.len() == before.len() + 4,
        format!("{} keys instead of {}", ids.len(), before.len() + 4),
    )?;
    require(ids.ends_with(&created), "keys are not those of the rows")?;
    for id in [509, 508, 506, 505] {
        host.remove_row(id)?;
    }
    require(host.sys_ids()? == before, "keys of deleted rows are shown")
}

pub(super) fn deleted(running: &mut Running<'_>) -> Checked {
    let host = running.host;
    host.create_row(600, 1)?;
    require(host.remove_row(600)?, "delete does not find its row")?;
    require(!host.remove_row(600)?, "a row is deleted twice")?;
    require(host.row(600)?.is_none(), "a deleted row is found")
}

pub(super) fn numbers(running: &mut Running<'_>) -> Checked {
    let host = running.host;
    let first = host.create_row(700, 1)?;
    host.remove_row(700)?;
    let second = host.create_row(700, 1)?;
    host.remove_row(700)?;
    require(second == first + 1, format!("sys_id {second} follows {first}"))
}
