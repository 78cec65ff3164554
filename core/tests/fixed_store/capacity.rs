//! A full store refuses with a text that names the capacity, and changes nothing.

use std::sync::Mutex;

use statevec_abi::{
    abi::runtime_error_kind::HOST_REJECTED,
    fixed_store::{FixedMemory, FixedStore},
};

use crate::script::{Bench, Op, SCHEMA, SIZE};

/// Runs a command that must be refused, and checks that it left no trace.
fn refused(bench: &mut Bench<'_>, ops: &[Op], text: &str) {
    let before = (bench.image(), bench.store.digest());
    let error = bench.run(ops).unwrap_err();
    assert_eq!(error, (HOST_REJECTED, text.into()));
    assert_eq!((bench.image(), bench.store.digest()), before);
    assert_eq!(bench.store.events().count(), 0);
}

#[test]
fn full_store_refuses_a_record_and_keeps_working() {
    let mut memory: FixedMemory<3, SIZE, 64> = FixedMemory::new();
    let mut bench = Bench::new(FixedStore::new(SCHEMA.def, &mut memory).unwrap());
    bench.run(&[Op::Create(1, 1), Op::Create(2, 2), Op::CreateShare(3, 3)]).unwrap();

    let text = "no room for another Thing: the store is full with 3 records (RECORDS)";
    refused(&mut bench, &[Op::Update(1, 9), Op::Create(4, 4)], text);
    let text = "no room for another Share: the store is full with 3 records (RECORDS)";
    refused(&mut bench, &[Op::CreateShare(4, 4)], text);

    bench.run(&[Op::Update(1, 7)]).unwrap();
    bench.run(&[Op::Delete(2), Op::Create(4, 4)]).unwrap();
    assert_eq!(bench.store.records(2).map(|record| record.sys_id).collect::<Vec<_>>(), [1, 3]);
}

#[test]
fn full_change_list_refuses_another_record_but_not_another_update() {
    let mut memory: FixedMemory<8, SIZE, 64, 2> = FixedMemory::new();
    let mut bench = Bench::new(FixedStore::new(SCHEMA.def, &mut memory).unwrap());
    bench.run(&[Op::Create(1, 1), Op::Create(2, 2)]).unwrap();
    bench.run(&[Op::Create(3, 3)]).unwrap();

    let text =
        "no room to change another Thing: the transaction is full with 2 changed records (CHANGES)";
    for last in [Op::Create(4, 4), Op::Update(3, 4), Op::Delete(3), Op::Delete(1)] {
        refused(&mut bench, &[Op::Update(1, 9), Op::Update(2, 9), last], text);
    }
    let again = [Op::Update(1, 5), Op::Update(2, 6), Op::Update(1, 7), Op::Update(2, 8)];
    bench.run(&again).unwrap();
    bench.run(&[Op::Create(4, 1), Op::Update(4, 2), Op::Update(4, 3), Op::Delete(4)]).unwrap();
    assert_eq!(bench.store.len(2), 3);
}

#[test]
fn full_event_list_refuses_an_event() {
    let mut memory: FixedMemory<2, SIZE, 20> = FixedMemory::new();
    let mut bench = Bench::new(FixedStore::new(SCHEMA.def, &mut memory).unwrap());
    let ten = Op::Emit { kind: 7, len: 10 };

    let text = "no room for an event of 1 bytes: 5 of 20 bytes are left (EVENT_BYTES)";
    refused(&mut bench, &[Op::Create(1, 1), ten, Op::Emit { kind: 7, len: 1 }], text);
    let text = "no room for an event of 16 bytes: 20 of 20 bytes are left (EVENT_BYTES)";
    refused(&mut bench, &[Op::Emit { kind: 7, len: 16 }], text);

    bench.run(&[ten, Op::Emit { kind: 7, len: 0 }]).unwrap();
    let events: Vec<_> = bench.store.events().map(|event| (event.kind, event.payload)).collect();
    assert_eq!(events, [(7, &[10; 10][..]), (7, &[])]);
    bench.run(&[]).unwrap();
    assert_eq!(bench.store.events().count(), 0, "events are those of the last transaction");
}

#[test]
fn most_records_that_a_memory_may_have() {
    // A static, because it is too large for a test's stack.
    static MEMORY: Mutex<FixedMemory<65_535, SIZE, 0>> = Mutex::new(FixedMemory::new());
    let mut memory = MEMORY.lock().unwrap();
    let mut bench = Bench::new(FixedStore::new(SCHEMA.def, &mut memory).unwrap());
    bench.run(&[Op::Create(1, 1), Op::Delete(1)]).unwrap();
    bench.run(&[Op::Create(2, 2)]).unwrap();
    assert_eq!(bench.store.len(2), 1);
}

#[test]
fn memory_without_room_for_anything_refuses_everything() {
    let mut memory: FixedMemory<0, SIZE, 0, 0> = FixedMemory::new();
    let mut bench = Bench::new(FixedStore::new(SCHEMA.def, &mut memory).unwrap());
    let text = "no room for another Thing: the store is full with 0 records (RECORDS)";
    refused(&mut bench, &[Op::Create(1, 1)], text);
    let text = "no room for an event of 0 bytes: 0 of 0 bytes are left (EVENT_BYTES)";
    refused(&mut bench, &[Op::Emit { kind: 7, len: 0 }], text);
    bench.run(&[Op::Update(1, 1), Op::Delete(1)]).unwrap();
}
