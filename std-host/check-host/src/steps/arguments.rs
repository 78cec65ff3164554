//! Hostile steps: arguments that no sound plugin passes, and that a host can check.

use std::{ffi::c_void, ptr, thread};

use statevec_abi::{
    abi::{RuntimeBytesRef, RuntimeCallStatus, RuntimeErrorBuf, RuntimeRecordKeyView},
    typed::Record as _,
};

use super::rows::key;
use crate::{
    guarded::{Guarded, Misaligned},
    host::{Host, call},
    instance::Running,
    schema::Row,
    verdict::{Broken, Checked, require},
    visitor::{self, Visitor},
};

type NoRead = fn(&[u8]);
type NoWrite = fn(&mut [u8]);

const KIND: u8 = Row::KIND;

pub(super) fn null_visitors(running: &mut Running<'_>) -> Checked {
    let Host { ctx, table } = running.host;
    let (pk, mut flag) = (key(3000), Guarded::new(0));
    let mut out_key = Guarded::new(RuntimeRecordKeyView { kind: 0, sys_id: 0 });
    let (flag, out_key) = (flag.place(), out_key.place());
    let (pk, none) = (RuntimeBytesRef::from_slice(&pk), ptr::null_mut());
    if let Some(entry) = table.with_read_typed_raw {
        // SAFETY: a host can check the null visitor; all else is valid (rules 1, 5 and 9).
        call(|error| unsafe { entry(ctx, KIND, 1, none, None, flag, error) })?
            .refused("read by id without a visitor")?;
    }
    if let Some(entry) = table.with_read_typed_by_pk_raw {
        // SAFETY: a host can check the null visitor; all else is valid (rules 1, 5 and 9).
        call(|error| unsafe { entry(ctx, KIND, pk, none, None, flag, error) })?
            .refused("read by key without a visitor")?;
    }
    if let Some(entry) = table.create_typed_raw {
        // SAFETY: a host can check the null visitor; all else is valid (rules 1, 5 and 9).
        call(|error| unsafe { entry(ctx, KIND, none, None, out_key, error) })?
            .refused("create without a visitor")?;
    }
    if let Some(entry) = table.update_typed_by_pk_raw {
        // SAFETY: a host can check the null visitor; all else is valid (rules 1, 5 and 9).
        call(|error| unsafe { entry(ctx, KIND, pk, none, None, flag, error) })?
            .refused("update without a visitor")?;
    }
    let Some(entry) = table.for_each_record_key_raw else { return Ok(()) };
    // SAFETY: a host can check the null visitor; all else is valid (rules 1, 5 and 9).
    call(|error| unsafe { entry(ctx, KIND, none, None, error) })?
        .refused("for each without a visitor")
}

pub(super) fn null_out_parameters(running: &mut Running<'_>) -> Checked {
    let Host { ctx, table } = running.host;
    let pk = key(3100);
    let (pk, null) = (RuntimeBytesRef::from_slice(&pk), ptr::null_mut::<u8>());
    let mut idle: Visitor<NoRead> = Visitor::new(|_| ());
    let mut idle_write: Visitor<NoWrite> = Visitor::new(|_| ());
    let (read_ctx, write_ctx) = (idle.ctx(), idle_write.ctx());
    let (read, write) = (visitor::read::<NoRead>, visitor::write::<NoWrite>);
    if let Some(entry) = table.with_read_typed_raw {
        // SAFETY: a host can check the null flag; all else is valid (rules 1, 4, 5 and 9).
        call(|error| unsafe { entry(ctx, KIND, 1, read_ctx, Some(read), null, error) })?
            .refused("read by id without out_found")?;
    }
    if let Some(entry) = table.with_read_typed_by_pk_raw {
        // SAFETY: a host can check the null flag; all else is valid (rules 1, 4, 5 and 9).
        call(|error| unsafe { entry(ctx, KIND, pk, read_ctx, Some(read), null, error) })?
            .refused("read by key without out_found")?;
    }
    if let Some(entry) = table.create_typed_raw {
        let null = ptr::null_mut();
        // SAFETY: a host can check the null key; all else is valid (rules 1, 4, 5 and 9).
        call(|error| unsafe { entry(ctx, KIND, write_ctx, Some(write), null, error) })?
            .refused("create without out_key")?;
    }
    if let Some(entry) = table.update_typed_by_pk_raw {
        // SAFETY: a host can check the null flag; all else is valid (rules 1, 4, 5 and 9).
        call(|error| unsafe { entry(ctx, KIND, pk, write_ctx, Some(write), null, error) })?
            .refused("update without out_found")?;
    }
    let Some(entry) = table.delete_by_pk_raw else { return Ok(()) };
    // SAFETY: a host can check the null flag; all else is valid (rules 1, 5 and 9).
    call(|error| unsafe { entry(ctx, KIND, pk, null, error) })?
        .refused("delete without out_deleted")
}

pub(super) fn null_errors(running: &mut Running<'_>) -> Checked {
    let Host { ctx, table } = running.host;
    let (mut flag, null) = (Guarded::new(0), ptr::null_mut::<RuntimeErrorBuf>());
    let flag = flag.place();
    let Some(entry) = table.delete_by_pk_raw else { return Ok(()) };
    let pk = key(3200);
    let pk = RuntimeBytesRef::from_slice(&pk);
    // SAFETY: `out_error` may be null; all else is valid (rules 5 and 9).
    let succeeded = unsafe { entry(ctx, KIND, pk, flag, null) };
    require(succeeded == RuntimeCallStatus::Success, "delete without out_error fails")?;
    // SAFETY: `out_error` may be null; all else is valid (rules 5 and 9).
    let failed = unsafe { entry(ctx, 99, pk, flag, null) };
    require(failed == RuntimeCallStatus::Failure, "delete of kind 99 succeeds")
}

pub(super) fn wrong_keys(running: &mut Running<'_>) -> Checked {
    let host = running.host;
    host.create_row(3300, 1)?;
    let long = [&key(3300)[..], &[0; 8]].concat();
    let mut result = Ok(());
    for len in [0, 1, 7, 9, 16] {
        let pk = long.get(..len).unwrap_or_default();
        let read = host.read_by_pk(KIND, pk, |_| ())?;
        let checked = read
            .refused(&format!("a read with a key of {len} bytes"))
            .and_then(|()| host.delete(KIND, pk)?.refused("a delete with such a key"));
        result = result.and(checked);
    }
    host.remove_row(3300)?;
    result
}

pub(super) fn null_bytes(running: &mut Running<'_>) -> Checked {
    let host = running.host;
    let bytes = |len| RuntimeBytesRef { ptr: ptr::null(), len };
    host.emit(1, bytes(5))?.refused("an event at null with a length")?;
    host.debug_log(bytes(5))?.refused("a debug message at null with a length")?;
    delete_with(&host, bytes(8))
}

/// The memory has a few bytes: a host that reads more may crash.
pub(super) fn huge_lengths(running: &mut Running<'_>) -> Checked {
    let host = running.host;
    let few = [0; 8];
    let bytes = |len| RuntimeBytesRef { len, ..RuntimeBytesRef::from_slice(&few) };
    for len in [usize::MAX, isize::MAX as usize, usize::MAX / 4] {
        host.emit(1, bytes(len))?.refused("a huge event")?;
        host.debug_log(bytes(len))?.refused("a huge debug message")?;
        delete_with(&host, bytes(len))?;
    }
    Ok(())
}

/// Deletes with a key that must be refused.
fn delete_with(host: &Host, pk: RuntimeBytesRef) -> Checked {
    let mut flag = Guarded::new(0);
    let flag = flag.place();
    let Some(entry) = host.table.delete_by_pk_raw else { return Ok(()) };
    // SAFETY: a host can check the key; all else is valid (rules 1, 5 and 9).
    call(|error| unsafe { entry(host.ctx, KIND, pk, flag, error) })?
        .refused("a delete with such a key")
}

pub(super) fn misaligned(running: &mut Running<'_>) -> Checked {
    let Host { ctx, table } = running.host;
    let mut visit: Visitor<NoWrite> =
        Visitor::new(|row| super::rows::copy(&3600_u64.to_le_bytes(), row));
    let (visit_ctx, write) = (visit.ctx(), visitor::write::<NoWrite>);
    let (mut key, mut error) = (Misaligned::new(), Misaligned::<RuntimeErrorBuf>::new());
    let place: *mut RuntimeRecordKeyView = key.place();
    let Some(entry) = table.create_typed_raw else { return Ok(()) };
    // SAFETY: the places have room, and a host may write to them unaligned (rules 4, 5 and 9).
    let status = unsafe { entry(ctx, KIND, visit_ctx, Some(write), place, error.place()) };
    require(status == RuntimeCallStatus::Success, "create fails")?;
    // SAFETY: the place lies within `key`, whose bytes are initialised (rule 9).
    let written = unsafe { place.read_unaligned() };
    running.host.remove_row(3600)?;
    require(written.kind == KIND && written.sys_id != 0, "the key is not written")
}

pub(super) fn null_context(running: &mut Running<'_>) -> Checked {
    let nobody = Host { ctx: ptr::null_mut(), ..running.host };
    nobody.read_by_id(KIND, 1, |_| ())?.refused("a read with a null context")?;
    nobody.try_create_row(3700, 1)?.refused("a create with a null context")
}

/// A host of one thread need not find this out.
pub(super) fn another_thread(running: &mut Running<'_>) -> Checked {
    struct Carried(*mut c_void);
    // SAFETY: the address is passed to the host's function only, while this thread waits (rule 7).
    unsafe impl Send for Carried {}

    let table = running.host.table;
    let carried = Carried(running.host.ctx);
    let read = thread::spawn(move || {
        let Carried(ctx) = { carried };
        let answer = Host { ctx, table }.read_by_id(KIND, 1, |_| ());
        answer.and_then(|answer| answer.refused("a read from another thread"))
    });
    match read.join() {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(Broken::NotDetected("another thread is not detected".into())),
        Err(_) => Err("the thread panicked".into()),
    }
}
