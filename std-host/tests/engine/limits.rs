//! A store at its limits.

use std::sync::Arc;

use statevec_host::{Engine, LoadedPlugin, Store, StoreLimits};

use crate::{
    schema::{ACCOUNT, SEEN},
    script::{Ran, SCRIPTED, Script, Step, commit, run},
};

fn engine(limits: StoreLimits) -> Engine {
    let plugin = LoadedPlugin::from_static(&SCRIPTED).unwrap();
    let store = Store::with_limits(Arc::clone(plugin.schema()), limits).unwrap();
    Engine::with_store(&plugin, "", store).unwrap()
}

fn create(key: u64) -> Step {
    Step::Create { kind: ACCOUNT, key, value: 0 }
}

#[test]
fn full_table_fails_the_command_and_keeps_what_there_was() {
    let mut engine = engine(StoreLimits { records_per_kind: 2, ..StoreLimits::default() });
    commit(&mut engine, &[create(1)]);
    let before = engine.store().image();
    let ran = run(&mut engine, &Script::strict([create(2), create(3)]));
    assert_eq!(
        ran,
        Ran::Rejected(4001, "Account is full: the store takes 2 records of a kind".into())
    );
    assert_eq!(engine.store().image(), before);

    commit(&mut engine, &[create(2)]);
    commit(&mut engine, &[Step::Delete { kind: ACCOUNT, key: 1 }]);
    commit(&mut engine, &[create(3)]);
    engine.store().check_consistency().unwrap();
}

#[test]
fn transaction_that_never_ends_emitting_fails_before_memory_is_gone() {
    let mut engine = engine(StoreLimits { transaction_bytes: 4096, ..StoreLimits::default() });
    let before = engine.store().image();
    let ran = run(&mut engine, &Script::strict(vec![Step::Emit { kind: SEEN, byte: 1 }; 1000]));
    assert!(matches!(&ran, Ran::Rejected(4001, text) if text.contains("4096 bytes")), "{ran:?}");
    assert_eq!(engine.store().image(), before);
    commit(&mut engine, &[create(1)]);
}

#[test]
fn log_that_never_ends_is_cut_and_no_error() {
    let mut engine = engine(StoreLimits::default());
    commit(&mut engine, &vec![Step::Log { text: u64::MAX }; 60_000]);
    let kept: usize = engine.store().log().map(<[u8]>::len).sum();
    assert!((100_000..=1 << 20).contains(&kept), "{kept}");
}
