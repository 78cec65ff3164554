//! Steps that call the host while a record or a key is lent.

use statevec_abi::{abi::RuntimeBytesRef, typed::Record as _};

use super::rows::{copy, data, key};
use crate::{
    host::Host,
    instance::Running,
    schema::Row,
    verdict::{Checked, require},
};

/// Runs a check between creating a row and removing it.
fn with_row(host: &Host, id: u64, check: impl FnOnce() -> Checked) -> Checked {
    host.create_row(id, 1)?;
    let result = check();
    host.remove_row(id)?;
    result
}

pub(super) fn read_in_read(running: &mut Running<'_>) -> Checked {
    let host = running.host;
    with_row(&host, 1100, || {
        let mut inner = Err("the visitor was not called".into());
        let found = host.read_by_pk(Row::KIND, &key(1100), |lent| {
            inner = host
                .expect_row(1100, 1, "the row reads otherwise inside of a read")
                .and_then(|()| host.sys_ids())
                .and_then(|_| require(lent == data(1100, 1), "a read inside changes lent bytes"));
        })?;
        found.done("read by key")?;
        inner
    })
}

pub(super) fn read_in_keys(running: &mut Running<'_>) -> Checked {
    let host = running.host;
    with_row(&host, 1200, || {
        let mut inner = Err("no key was shown".into());
        let visited = host.for_each_key(Row::KIND, |shown| {
            let read = host.read_by_id(Row::KIND, shown.sys_id, |_| ());
            inner = read.and_then(|found| {
                require(found.done("read by id")?, "a row whose key is shown is not found")
            });
        })?;
        visited.done("for each")?;
        inner
    })
}

pub(super) fn write_in_read(running: &mut Running<'_>) -> Checked {
    let host = running.host;
    with_row(&host, 1300, || {
        let mut inner = Err("the visitor was not called".into());
        let found = host
            .read_by_pk(Row::KIND, &key(1300), |_| inner = every_write_is_rejected(&host, 1300))?;
        require(found.done("the read around refused writes")?, "the row is not found")?;
        inner?;
        host.expect_row(1300, 1, "a refused write changes the row")
    })
}

pub(super) fn write_in_keys(running: &mut Running<'_>) -> Checked {
    let host = running.host;
    with_row(&host, 1400, || {
        let mut inner = Err("no key was shown".into());
        let visited =
            host.for_each_key(Row::KIND, |_| inner = every_write_is_rejected(&host, 1400))?;
        visited.done("the walk around refused writes")?;
        inner?;
        host.expect_row(1400, 1, "a refused write changes the row")
    })
}

pub(super) fn call_in_create(running: &mut Running<'_>) -> Checked {
    let host = running.host;
    with_row(&host, 1500, || {
        let mut inner = Err("the visitor was not called".into());
        let created = host.create(Row::KIND, |row| {
            inner = every_call_is_rejected(&host, 1500);
            copy(&data(1501, 1), row);
        })?;
        created.done("the create around refused calls")?;
        let result = inner
            .and_then(|()| host.expect_row(1501, 1, "a refused call changes the new row"))
            .and_then(|()| host.expect_row(1500, 1, "a refused write changes the row"));
        host.remove_row(1501)?;
        result
    })
}

pub(super) fn call_in_update(running: &mut Running<'_>) -> Checked {
    let host = running.host;
    with_row(&host, 1600, || {
        let mut inner = Err("the visitor was not called".into());
        let updated = host.update(Row::KIND, &key(1600), |row| {
            inner = every_call_is_rejected(&host, 1600);
            copy(&data(1600, 2), row);
        })?;
        require(updated.done("the update around refused calls")?, "the row is not found")?;
        inner?;
        host.expect_row(1600, 2, "a refused call changes the row")
    })
}

/// Makes every writing call. `id` is a row that exists; `id + 9` is none.
pub(super) fn every_write_is_rejected(host: &Host, id: u64) -> Checked {
    host.try_create_row(id + 9, 9)?.rejected("create")?;
    host.update_row(id, 9)?.rejected("update")?;
    host.delete(Row::KIND, &key(id))?.rejected("delete")?;
    host.emit(1, RuntimeBytesRef::from_slice(b"x"))?.rejected("emit")
}

fn every_call_is_rejected(host: &Host, id: u64) -> Checked {
    every_write_is_rejected(host, id)?;
    host.read_by_pk(Row::KIND, &key(id), |_| ())?.rejected("read by key")?;
    host.read_by_id(Row::KIND, 1, |_| ())?.rejected("read by id")?;
    host.for_each_key(Row::KIND, |_| ())?.rejected("for each")
}
