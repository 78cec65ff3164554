//! A transaction that is rolled back leaves no trace.

use statevec_abi::{
    abi::runtime_error_kind::PLUGIN_REJECTED,
    fixed_store::{FixedMemory, FixedStore},
    typed::Record as _,
};

use crate::script::{Bench, Op, SCHEMA, SIZE, Thing, share, thing};

#[test]
fn rejection_after_every_kind_of_write() {
    let mut memory: FixedMemory<8, SIZE, 64> = FixedMemory::new();
    let mut bench = Bench::new(FixedStore::new(SCHEMA.def, &mut memory).unwrap());
    bench.run(&[Op::Create(1, 1), Op::Create(2, 2), Op::CreateShare(3, 3)]).unwrap();
    let before = (bench.image(), bench.store.digest());

    let writes = [
        Op::Create(4, 4),
        Op::Update(4, 5),
        Op::Update(1, 9),
        Op::Update(1, 8),
        Op::Delete(1),
        Op::Create(1, 7),
        Op::Delete(4),
        Op::DeleteShare(3),
        Op::Emit { kind: 7, len: 8 },
    ];
    for to in 0..writes.len() {
        let ops = [&writes[..to], &[Op::Reject]].concat();
        let error = bench.run(&ops).unwrap_err();
        assert_eq!(error, (PLUGIN_REJECTED, "as told".into()), "{ops:?}");
        assert_eq!((bench.image(), bench.store.digest()), before, "{ops:?}");
        assert_eq!(bench.store.events().count(), 0);
    }
}

#[test]
fn number_is_rolled_back_but_never_used_again_after_a_delete() {
    let mut memory: FixedMemory<4, SIZE, 64> = FixedMemory::new();
    let mut bench = Bench::new(FixedStore::new(SCHEMA.def, &mut memory).unwrap());
    bench.run(&[Op::Create(1, 1), Op::Reject]).unwrap_err();
    assert_eq!(bench.store.next_sys_id(Thing::KIND), Some(1));
    bench.run(&[Op::Create(1, 1)]).unwrap();
    bench.run(&[Op::Delete(1)]).unwrap();
    bench.run(&[Op::Create(1, 1)]).unwrap();
    let pk = Thing::pk(1);
    let record = bench.store.get_by_pk(Thing::KIND, pk.as_bytes()).unwrap();
    assert_eq!((record.sys_id, Thing::decode(record.data).unwrap()), (2, thing(1, 1)));
}

#[test]
fn leaked_transaction_is_undone_when_the_next_one_begins() {
    let mut memory: FixedMemory<4, SIZE, 64> = FixedMemory::new();
    let mut bench = Bench::new(FixedStore::new(SCHEMA.def, &mut memory).unwrap());
    bench.run(&[Op::Create(1, 1)]).unwrap();
    let before = bench.image();
    bench.run_and_leak(&[Op::Update(1, 2), Op::Create(2, 2), Op::Emit { kind: 7, len: 3 }]);
    assert_ne!(bench.image(), before);
    bench.run(&[]).unwrap();
    assert_eq!(bench.image(), before);
    assert_eq!(bench.store.events().count(), 0);
}

#[test]
fn store_made_anew_in_used_memory_is_empty() {
    let mut memory: FixedMemory<4, SIZE, 64> = FixedMemory::new();
    let mut bench = Bench::new(FixedStore::new(SCHEMA.def, &mut memory).unwrap());
    bench.run(&[Op::Create(1, 1), Op::Emit { kind: 7, len: 3 }]).unwrap();
    drop(bench);
    let store = FixedStore::new(SCHEMA.def, &mut memory).unwrap();
    assert!(store.is_empty());
    assert_eq!((store.next_sys_id(Thing::KIND), store.events().count()), (Some(1), 0));
    let mut bench = Bench::new(store);
    bench.run(&[Op::CreateShare(1, 1)]).unwrap();
    assert_eq!(bench.store.records(5).next().unwrap().data, share(1, 1).to_bytes());
}

#[cfg(feature = "std")]
#[test]
fn panic_after_writes_and_inside_a_visitor() {
    use statevec_abi::abi::runtime_error_kind::PLUGIN_INTERNAL_ERROR;
    let mut memory: FixedMemory<4, SIZE, 64> = FixedMemory::new();
    for last in [Op::Panic, Op::PanicInUpdate(1)] {
        let mut bench = Bench::new(FixedStore::new(SCHEMA.def, &mut memory).unwrap());
        bench.run(&[Op::Create(1, 1)]).unwrap();
        let before = bench.image();
        let error = bench.run(&[Op::Update(1, 2), Op::Create(2, 2), last]).unwrap_err();
        assert_eq!(error, (PLUGIN_INTERNAL_ERROR, "plugin panicked: as told".into()));
        assert_eq!(bench.image(), before);
    }
}
