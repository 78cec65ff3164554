//! Stand-ins for a host's vtable whose pointer is null or misaligned.

use core::{mem::offset_of, ptr::NonNull};

use super::contract::{ContractViolation, HostCaller};
use crate::abi::{RuntimeHostVTableV1, RuntimeReadVTableV1};

/// A vtable type with stand-ins: static tables without entries, which replace a table that cannot
/// be read.
///
/// A host call then checks its entry only. The error of the table is found when the entry is null:
/// at the first host call, as the contract says (ABI.md section 3).
pub(crate) trait HasStandIns: Sized + 'static {
    const NULL: &'static Self;
    const MISALIGNED: &'static Self;

    /// The host's table, or else its stand-in.
    #[inline]
    fn check(table: *const Self) -> Result<NonNull<Self>, &'static Self> {
        match NonNull::new(table.cast_mut()) {
            None => Err(Self::NULL),
            Some(table) if !table.is_aligned() => Err(Self::MISALIGNED),
            Some(table) => Ok(table),
        }
    }

    /// The host's table, or a stand-in. A stand-in is valid for reads forever.
    #[inline]
    fn or_stand_in(table: *const Self) -> NonNull<Self> {
        Self::check(table).unwrap_or_else(NonNull::from_ref)
    }
}

/// The stand-ins, in one place, so that one address tells them apart.
#[repr(C)]
struct StandIns {
    null_host: RuntimeHostVTableV1,
    misaligned_host: RuntimeHostVTableV1,
    null_read: RuntimeReadVTableV1,
    misaligned_read: RuntimeReadVTableV1,
}

static STAND_INS: StandIns = StandIns {
    null_host: NO_HOST,
    misaligned_host: NO_HOST,
    null_read: NO_READ,
    misaligned_read: NO_READ,
};

impl HasStandIns for RuntimeHostVTableV1 {
    const NULL: &'static Self = &STAND_INS.null_host;
    const MISALIGNED: &'static Self = &STAND_INS.misaligned_host;
}

impl HasStandIns for RuntimeReadVTableV1 {
    const NULL: &'static Self = &STAND_INS.null_read;
    const MISALIGNED: &'static Self = &STAND_INS.misaligned_read;
}

/// Makes the error for an entry `call` that is null in the table at `table`.
#[cold]
#[inline(never)]
pub(crate) fn missing<C: HostCaller>(
    caller: &mut C,
    table: NonNull<()>,
    call: &'static str,
) -> C::Failure {
    caller.failed(missing_from(table, call).into())
}

/// One function for all callers.
#[inline(never)]
fn missing_from(table: NonNull<()>, call: &'static str) -> ContractViolation {
    const NULL_HOST: usize = offset_of!(StandIns, null_host);
    const MISALIGNED_HOST: usize = offset_of!(StandIns, misaligned_host);
    const NULL_READ: usize = offset_of!(StandIns, null_read);
    const MISALIGNED_READ: usize = offset_of!(StandIns, misaligned_read);
    let stand_ins = (&raw const STAND_INS).addr();
    match table.addr().get().wrapping_sub(stand_ins) {
        NULL_HOST => ContractViolation::NullTable { table: "host" },
        NULL_READ => ContractViolation::NullTable { table: "read" },
        MISALIGNED_HOST => ContractViolation::MisalignedTable { table: "host" },
        MISALIGNED_READ => ContractViolation::MisalignedTable { table: "read" },
        _ => ContractViolation::NullEntry { call },
    }
}

const NO_HOST: RuntimeHostVTableV1 = RuntimeHostVTableV1 {
    with_read_typed_raw: None,
    with_read_typed_by_pk_raw: None,
    create_typed_raw: None,
    update_typed_by_pk_raw: None,
    delete_by_pk_raw: None,
    emit_typed_event_raw: None,
    for_each_record_key_raw: None,
    debug_log: None,
};

const NO_READ: RuntimeReadVTableV1 = RuntimeReadVTableV1 {
    with_read_typed_raw: None,
    with_read_typed_by_pk_raw: None,
    for_each_record_key_raw: None,
};
