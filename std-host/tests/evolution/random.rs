//! Migrations from random schemas to random schemas, compared with a model that knows values
//! instead of bytes.

mod expected;
mod model;
mod strategies;

use std::{cell::RefCell, collections::BTreeMap, sync::Arc};

use proptest::{prelude::*, test_runner::TestRunner};
use statevec_abi::abi::RecordKey;
use statevec_host::{
    Store,
    evolution::{MigrationError, MigrationRules},
    store::Restorer,
};

use expected::Expected;
use model::Migration;
use strategies::migrations;

/// How often each outcome must come, so that the test means something.
const LEAST: usize = 20;

#[test]
fn migrated_state_is_not_the_model_s() {
    let config =
        ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() };
    let outcomes = RefCell::new(BTreeMap::<_, usize>::new());
    TestRunner::new(config)
        .run(&migrations(), |migration| {
            *outcomes.borrow_mut().entry(check(&migration)).or_default() += 1;
            Ok(())
        })
        .unwrap();
    let outcomes = outcomes.into_inner();
    println!("{outcomes:?}");
    assert_eq!(outcomes.len(), 5, "{outcomes:?}");
    assert!(outcomes.values().all(|count| *count >= LEAST), "{outcomes:?}");
}

/// Compares one migration with the model; returns its outcome.
fn check(migration: &Migration) -> &'static str {
    let (old, new) = (migration.old.registry(), migration.new.registry());
    let (store, records) = filled(migration, &old);
    let rules = MigrationRules::between(&old, &new, &migration.choices);
    let expected = migration.expected(&records);
    let rules = match (rules, &expected) {
        (Err(MigrationError::Refused { .. }), Expected::Refused) => return "refused",
        (Err(MigrationError::NotAsked { names }), Expected::NotAsked(missing)) => {
            assert_eq!(&names, missing);
            return "not asked";
        }
        (Ok(_), Expected::Refused | Expected::NotAsked(_)) => panic!("expected {expected:?}"),
        (rules, _) => rules.unwrap(),
    };
    let read = MigrationRules::from_bytes(&rules.to_bytes()).unwrap();
    assert_eq!(read, rules);
    match (read.apply(&store, &Arc::new(new)), expected) {
        (Ok(migrated), Expected::Records(expected)) => {
            let digest = migrated.digest();
            let store = migrated.into_store();
            assert_eq!(store.digest(), digest);
            store.check_consistency().unwrap();
            for def in migration.new.records.iter() {
                let found: Vec<_> = store
                    .records(def.kind)
                    .map(|record| (record.sys_id, record.data.to_vec()))
                    .collect();
                let (records, next) = expected.get(&def.kind).cloned().unwrap_or((vec![], 1));
                assert_eq!(found, records, "kind {}", def.kind);
                assert_eq!(store.next_sys_id(def.kind), Some(next), "kind {}", def.kind);
            }
            "migrated"
        }
        (Err(MigrationError::Value { record, sys_id, .. }), Expected::Misfit(name, number)) => {
            assert_eq!((record.as_str(), sys_id), (name, number));
            "misfit"
        }
        (Err(MigrationError::Record(error)), Expected::SameKey(name, number)) => {
            let text = error.to_string();
            assert_eq!(text, format!("{name} number {number}: another record has its primary key"));
            "same key"
        }
        (found, expected) => panic!("expected {expected:?}, found {found:?}"),
    }
}

/// A store with the records of the migration that have keys of their own, and these records.
fn filled(
    migration: &Migration,
    schema: &statevec_abi_alloc::schema::SchemaRegistry,
) -> (Store, Vec<model::Record>) {
    let mut restorer = Restorer::new(Store::new(Arc::new(schema.clone())).unwrap());
    let mut kept = Vec::new();
    for record in &migration.records {
        let def = &migration.old.records[record.def];
        let key = RecordKey { kind: def.kind, sys_id: record.sys_id };
        if restorer.record(key, &def.encode(&record.values)).is_ok() {
            kept.push(record.clone());
        }
    }
    for (def, next) in migration.old.records.iter().zip(&migration.next_sys_ids) {
        restorer.next_sys_id(def.kind, *next).unwrap();
    }
    (restorer.into_store(), kept)
}
