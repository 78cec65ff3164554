//! Refusals that a server's store has, too: the texts are the same, and nothing has changed.

use statevec_abi::{
    abi::{
        RuntimeErrorKind,
        runtime_error_kind::{HOST_INTERNAL_ERROR, HOST_REJECTED, SCHEMA_MISMATCH},
    },
    fixed_store::{FixedMemory, FixedStore},
};

use crate::script::{Bench, Op, SCHEMA, SIZE};

fn refused(ops: &[Op], text: &str) {
    refused_with(HOST_REJECTED, ops, text);
}

/// The plugin breaks its own schema: a failure and not a rejection.
fn unlisted(ops: &[Op], text: &str) {
    refused_with(SCHEMA_MISMATCH, ops, text);
}

fn refused_with(kind: RuntimeErrorKind, ops: &[Op], text: &str) {
    let mut memory: FixedMemory<4, SIZE, 64> = FixedMemory::new();
    let mut bench = Bench::new(FixedStore::new(SCHEMA.def, &mut memory).unwrap());
    bench.run(&[Op::Create(1, 1), Op::CreateShare(3, 3)]).unwrap();
    let before = bench.image();
    let error = bench.run(ops).unwrap_err();
    assert_eq!(error, (kind, text.into()));
    assert_eq!(bench.image(), before);
}

#[test]
fn duplicate_key() {
    let text = "Thing (id 1) exists already";
    refused(&[Op::Create(2, 2), Op::Create(1, 1)], text);
    let text = r#"Share (rank -1, owner "", open false) exists already"#;
    refused(&[Op::CreateShare(3, 4)], text);
}

#[test]
fn update_of_an_immutable_field() {
    let text = "update of Thing (id 1) changes its immutable field born";
    refused(&[Op::Update(1, 2), Op::Poke { id: 1, at: 16, byte: 9 }], text);
}

#[test]
fn update_of_the_key() {
    let text = "update of Thing (id 1) changes its immutable field id";
    refused(&[Op::Poke { id: 1, at: 0, byte: 9 }], text);
}

#[test]
fn record_kind_that_the_schema_lacks() {
    let text = "the schema has no record kind 3: add the record to records: […] of schema!";
    unlisted(&[Op::Create(2, 2), Op::CreateKind(3)], text);
    unlisted(&[Op::CreateKind(0)], &text.replace('3', "0"));
}

#[test]
fn event_kind_that_the_schema_lacks() {
    let text = "the schema has no event kind 8: add the event to events: […] of schema!";
    unlisted(&[Op::Emit { kind: 8, len: 1 }], text);
}

#[test]
fn write_outside_of_a_transaction() {
    let mut memory: FixedMemory<4, SIZE, 64> = FixedMemory::new();
    let mut bench = Bench::new(FixedStore::new(SCHEMA.def, &mut memory).unwrap());
    bench.run(&[Op::Create(1, 1)]).unwrap();
    let before = bench.image();
    let told = Op::Emit { kind: 7, len: 1 };
    for op in [Op::Create(2, 2), Op::Update(1, 2), Op::Delete(1), told] {
        let text = "a write outside of a transaction; begin one first";
        assert_eq!(bench.run_outside(&[op]), Err((HOST_INTERNAL_ERROR, text.into())), "{op:?}");
    }
    assert_eq!(bench.image(), before);
}
