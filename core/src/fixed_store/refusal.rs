//! Refusals of a full store. [`host::refusal`](crate::host::refusal) has those that all stores
//! share.

use super::events::NoRoom;
use crate::{
    abi::runtime_error_kind::HOST_REJECTED,
    boundary::{ErrorSlot, ErrorWritten, fail},
    schema::RecordDef,
};

#[cold]
pub(super) fn records_full<'e>(
    record: &RecordDef<'_>,
    records: usize,
    error: ErrorSlot<'e>,
) -> ErrorWritten<'e> {
    let name = record.name;
    fail!(
        error,
        HOST_REJECTED,
        "RECORDS full",
        "no room for another {name}: the store is full with {records} records (RECORDS)"
    )
}

#[cold]
pub(super) fn numbers_used_up<'e>(
    record: &RecordDef<'_>,
    error: ErrorSlot<'e>,
) -> ErrorWritten<'e> {
    let name = record.name;
    fail!(
        error,
        HOST_REJECTED,
        "no number left",
        "no number is left for another {name}: none is used again"
    )
}

#[cold]
pub(super) fn changes_full<'e>(
    record: &RecordDef<'_>,
    changes: usize,
    error: ErrorSlot<'e>,
) -> ErrorWritten<'e> {
    let name = record.name;
    fail!(
        error,
        HOST_REJECTED,
        "CHANGES full",
        "no room to change another {name}: the transaction is full with {changes} changed records \
         (CHANGES)"
    )
}

#[cold]
pub(super) fn events_full<'e>(
    payload: usize,
    no_room: &NoRoom,
    error: ErrorSlot<'e>,
) -> ErrorWritten<'e> {
    let NoRoom { capacity, left } = no_room;
    fail!(
        error,
        HOST_REJECTED,
        "EVENT_BYTES full",
        "no room for an event of {payload} bytes: {left} of {capacity} bytes are left (EVENT_BYTES)"
    )
}

#[cfg(test)]
mod tests {
    extern crate std;

    use core::pin::pin;
    use std::string::ToString as _;

    use super::*;
    use crate::{
        abi::{RuntimeErrorBuf, SysId},
        boundary::{RuntimeCommandRef, TxResult},
        fixed_store::{FixedMemory, FixedStore},
        host::{HostGate, PluginApi, PluginRuntime},
        plugin::{Plugin, StaticPlugin, Tx},
        schema::{SchemaDef, Version},
        static_plugin,
    };

    /// Creates a record of kind 1.
    struct Create;

    impl Plugin for Create {
        fn name() -> &'static str {
            "create"
        }

        fn schema() -> &'static str {
            ""
        }

        fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> {
            Ok(Self)
        }

        fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, _: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
            tx.create_raw(1, |_| ()).map(drop)
        }
    }

    const CREATE: StaticPlugin = static_plugin!(Create, slots = 1);

    const SCHEMA: SchemaDef<'static> = SchemaDef {
        version: Version::new(1, 0),
        types: &[],
        records: &[RecordDef {
            kind: 1,
            name: "Thing",
            has_pk: false,
            support_range_scan: false,
            data_size: 4,
            version: 1,
            has_pk_encoder: false,
            fields: &[],
            reserved_fields: &[],
            pk_fields: &[],
        }],
        commands: &[],
        events: &[],
    };

    #[test]
    fn used_up_numbers_are_not_reported_as_full_records() {
        let mut memory: FixedMemory<2, 4, 0> = FixedMemory::new();
        let mut store = FixedStore::new(&SCHEMA, &mut memory).unwrap();
        store.kinds[0].next_id = SysId::MAX - 1;
        let api = PluginApi::of_static(&CREATE).unwrap();
        let (gate, mut error) = (pin!(HostGate::new()), RuntimeErrorBuf::RESET);
        let mut runtime = PluginRuntime::create(api, "", gate, &mut error).unwrap();
        let command = RuntimeCommandRef::new(1, 1, 0, b"");

        let mut transaction = store.begin();
        runtime.run_tx(transaction.host(), &command).unwrap();
        let failure = runtime.run_tx(transaction.host(), &command).unwrap_err();
        assert_eq!(failure.kind, HOST_REJECTED);
        let text = "no number is left for another Thing: none is used again";
        assert_eq!(failure.message.to_string(), text);
        transaction.commit();
        assert_eq!(store.len(1), 1);
    }
}
