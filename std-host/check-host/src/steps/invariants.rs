//! The check inside `validate_biz_invariants`, where no event can be emitted: its failure is the
//! report.

use statevec_abi::{abi::RuntimeReadContextV1, typed::Record as _};

use super::{lending::every_write_is_rejected, rows};
use crate::{
    host::Host,
    schema::Row,
    verdict::{Checked, require},
};

/// Reads work; writes through the context of a command are refused.
pub(crate) fn invariants(context: RuntimeReadContextV1, kept: Option<Host>) -> Checked {
    // SAFETY: a context of this call, by the contract; a non-null table can be read (rule 10).
    let table = unsafe { context.vtable.as_ref() }.ok_or("the host's read table is null")?;
    // Without a command before there is no table of writes, and only reads are checked.
    let mut host = kept.map(|kept| Host { ctx: context.ctx_ptr, ..kept });
    let Some(host) = &mut host else { return Ok(()) };
    host.table.with_read_typed_raw = table.with_read_typed_raw;
    host.table.with_read_typed_by_pk_raw = table.with_read_typed_by_pk_raw;
    host.table.for_each_record_key_raw = table.for_each_record_key_raw;
    let ids = host.sys_ids()?;
    require(ids.is_sorted(), "keys do not come in ascending sys_id")?;
    host.read_by_pk(Row::KIND, &rows::key(1), |_| ())?.done("read by key")?;
    let Some(kept) = kept else { return Ok(()) };
    // An address that is no longer in use must not be called.
    if kept.ctx == host.ctx { every_write_is_rejected(&kept, 1) } else { Ok(()) }
}
