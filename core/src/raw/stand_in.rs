//! Stand-ins for a host's vtable whose pointer is null or misaligned.

use core::ptr::NonNull;

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

    /// The host's table, or a stand-in. A stand-in is valid for reads forever.
    #[inline]
    fn or_stand_in(table: *const Self) -> NonNull<Self> {
        match NonNull::new(table.cast_mut()) {
            None => NonNull::from_ref(Self::NULL),
            Some(table) if !table.is_aligned() => NonNull::from_ref(Self::MISALIGNED),
            Some(table) => table,
        }
    }
}

static NULL_HOST: RuntimeHostVTableV1 = NO_HOST;
static MISALIGNED_HOST: RuntimeHostVTableV1 = NO_HOST;
static NULL_READ: RuntimeReadVTableV1 = NO_READ;
static MISALIGNED_READ: RuntimeReadVTableV1 = NO_READ;

impl HasStandIns for RuntimeHostVTableV1 {
    const NULL: &'static Self = &NULL_HOST;
    const MISALIGNED: &'static Self = &MISALIGNED_HOST;
}

impl HasStandIns for RuntimeReadVTableV1 {
    const NULL: &'static Self = &NULL_READ;
    const MISALIGNED: &'static Self = &MISALIGNED_READ;
}

/// Makes the error for an entry `call` that is null in the table at `table`.
#[cold]
#[inline(never)]
pub(crate) fn missing<C: HostCaller>(
    caller: &mut C,
    table: NonNull<()>,
    call: &'static str,
) -> C::Failure {
    let table = table.as_ptr().cast_const();
    let violation = if table == (&raw const NULL_HOST).cast() {
        ContractViolation::NullTable { table: "host" }
    } else if table == (&raw const NULL_READ).cast() {
        ContractViolation::NullTable { table: "read" }
    } else if table == (&raw const MISALIGNED_HOST).cast() {
        ContractViolation::MisalignedTable { table: "host" }
    } else if table == (&raw const MISALIGNED_READ).cast() {
        ContractViolation::MisalignedTable { table: "read" }
    } else {
        ContractViolation::NullEntry { call }
    };
    caller.failed(violation.into())
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
