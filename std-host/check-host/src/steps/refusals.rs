//! Steps that make calls which the host must refuse.

use statevec_abi::{abi::RuntimeBytesRef, typed::Record as _};

use super::rows::{copy, data, key};
use crate::{
    instance::Running,
    schema::Row,
    verdict::{Checked, require},
};

pub(super) fn duplicate(running: &mut Running<'_>) -> Checked {
    let host = running.host;
    let first = host.create_row(800, 1)?;
    host.try_create_row(800, 2)?.rejected("a duplicate key")?;
    host.expect_row(800, 1, "a duplicate changes the row that exists")?;
    let next = host.create_row(801, 1)?;
    host.remove_row(800)?;
    host.remove_row(801)?;
    require(next == first + 1, "a refused create uses up a number")
}

pub(super) fn key_change(running: &mut Running<'_>) -> Checked {
    let host = running.host;
    host.create_row(900, 1)?;
    let changed = host.update(Row::KIND, &key(900), |row| copy(&data(901, 2), row))?;
    let result = changed.rejected("a change of the key").and_then(|()| {
        host.expect_row(900, 1, "a refused update changes the row")?;
        require(host.row(901)?.is_none(), "a refused update changes the key")
    });
    host.remove_row(900)?;
    host.remove_row(901)?;
    result
}

pub(super) fn unknown_kinds(running: &mut Running<'_>) -> Checked {
    let host = running.host;
    host.read_by_id(99, 1, |_| ())?.refused("read by id of kind 99")?;
    host.read_by_pk(99, &key(1), |_| ())?.refused("read by key of kind 99")?;
    host.create(99, |_| ())?.refused("create of kind 99")?;
    host.update(99, &key(1), |_| ())?.refused("update of kind 99")?;
    host.delete(99, &key(1))?.refused("delete of kind 99")?;
    host.for_each_key(99, |_| ())?.refused("for each of kind 99")?;
    host.emit(99, RuntimeBytesRef::from_slice(b"x"))?.refused("event of kind 99")
}

pub(super) fn debug_log(running: &mut Running<'_>) -> Checked {
    let message = RuntimeBytesRef::from_slice(b"check-host: \xFF\xFE");
    running.host.debug_log(message)?.done("debug_log")
}
