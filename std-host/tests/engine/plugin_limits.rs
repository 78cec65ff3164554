//! A plugin that goes beyond its limits: each call that does so is refused, and so is its command.

use std::sync::Arc;

use statevec_abi::{
    boundary::RuntimeCommandRef,
    layers::{Count, KindSet, Layered, Limit, Limits},
};
use statevec_host::{Engine, EngineError, GuardedEngine, LoadedPlugin, Outcome, Store};

use crate::{
    schema::{ACCOUNT, SEEN},
    script::{Ran, SCRIPTED, SILENT, Script, Step},
};

const CREATE: Step = Step::Create { kind: ACCOUNT, key: 7, value: 1 };
const UPDATE: Step = Step::Update { kind: ACCOUNT, key: 1, value: 5 };
const DELETE: Step = Step::Delete { kind: ACCOUNT, key: 1 };
const READ: Step = Step::Read { kind: ACCOUNT, key: 1 };
const READ_BY_ID: Step = Step::ReadById { kind: ACCOUNT, id: 1 };
const WALK: Step = Step::Walk { kind: ACCOUNT };
const EMIT: Step = Step::Emit { kind: SEEN, byte: 1 };
const LOG: Step = Step::Log { text: 1 };

/// An engine with three accounts.
fn engine(limits: Limits) -> GuardedEngine {
    let plugin = LoadedPlugin::from_static(&SCRIPTED).unwrap();
    let store = Store::new(Arc::clone(plugin.schema())).unwrap();
    let mut open = GuardedEngine::with_store(&plugin, "", store).unwrap();
    let accounts = [1, 2, 3].map(|key| Step::Create { kind: ACCOUNT, key, value: 0 });
    assert!(matches!(run(&mut open, &Script::strict(accounts)), Ran::Committed(_)));
    let (position, store) = (open.position(), open.into_store());
    let mut limited = GuardedEngine::with_store(&plugin.with_limits(limits), "", store).unwrap();
    limited.resume_at(position);
    limited
}

fn run(engine: &mut GuardedEngine, script: &Script) -> Ran {
    run_kind(engine, script.tolerant.into(), &script.steps)
}

/// Runs steps in a plugin that ignores each refusal.
fn ignore(engine: &mut GuardedEngine, steps: &[Step]) -> Ran {
    run_kind(engine, SILENT, steps)
}

fn run_kind(engine: &mut GuardedEngine, kind: u8, steps: &[Step]) -> Ran {
    let payload = Script::strict(steps).payload();
    let ext_seq = engine.position().next_ext_seq().unwrap();
    match engine.run(&RuntimeCommandRef::new(kind, ext_seq, 0, &payload)) {
        Outcome::Committed { events, .. } => {
            Ran::Committed(events.map(|event| event.payload.to_vec()).collect())
        }
        Outcome::Rejected(failure) => Ran::Rejected(failure.kind.0, failure.message.to_string()),
        Outcome::Failed(failure) => Ran::Failed(failure.kind.0, failure.message.to_string()),
        other => panic!("{other:?}"),
    }
}

/// Runs steps that go beyond a limit, with a write before them, in a plugin that stops at a
/// refused call and in one that ignores it. The next command runs again.
fn refused(limits: Limits, steps: &[Step], text: &str) {
    let mut engine = engine(limits);
    let image = engine.store().image();
    for kind in [0, 1, SILENT] {
        let ran = run_kind(&mut engine, kind, steps);
        assert_eq!(ran, Ran::Rejected(4001, text.into()), "{kind}: {steps:?}");
        assert!(engine.store().image() == image, "{kind}: {steps:?} left a trace");
        engine.store().check_consistency().unwrap();
        assert_eq!(run(&mut engine, &Script::strict([])), Ran::Committed(vec![]));
    }
}

#[test]
fn kind_that_is_not_allowed_is_refused_and_the_command_undone() {
    let none = Limits { read: KindSet::NONE, ..Limits::NONE };
    for read in [READ, READ_BY_ID, WALK] {
        let text = "limit read: the plugin may not read records of kind 1";
        refused(none, &[UPDATE, read, DELETE], text);
    }
    let none = Limits { create: KindSet::of(&[0, 2, 255]), ..Limits::NONE };
    let text = "limit create: the plugin may not create records of kind 1";
    refused(none, &[UPDATE, CREATE, DELETE], text);
    let none = Limits { update: KindSet::NONE, ..Limits::NONE };
    let text = "limit update: the plugin may not update records of kind 1";
    refused(none, &[CREATE, UPDATE, DELETE], text);
    let none = Limits { delete: KindSet::NONE, ..Limits::NONE };
    let text = "limit delete: the plugin may not delete records of kind 1";
    refused(none, &[CREATE, DELETE, UPDATE], text);
    let none = Limits { emit: KindSet::NONE, ..Limits::NONE };
    let text = format!("limit emit: the plugin may not emit events of kind {SEEN}");
    refused(none, &[CREATE, EMIT, UPDATE], &text);
}

#[test]
fn budget_that_is_used_up_ends_the_command_and_not_the_next_one() {
    let limits = Limits { host_calls: 3, ..Limits::NONE };
    let text = "limit host-calls: one command may make 3 host calls, and this one makes more";
    refused(limits, &[UPDATE, DELETE, CREATE, LOG], text);
    let limits = Limits { events: 0, ..Limits::NONE };
    let text = "limit events: one command may emit 0 events, and this one emits more";
    refused(limits, &[UPDATE, EMIT], text);
}

#[test]
fn bytes_count_what_is_lent_and_what_is_handed_over() {
    // A counting layer says how many bytes the steps take, and one byte less is too few.
    for step in [CREATE, UPDATE, READ, READ_BY_ID, WALK, EMIT, LOG] {
        let bytes = bytes_of(&[step]);
        assert!(bytes > 0, "{step:?}");
        let few = Limits { bytes: bytes - 1, ..Limits::NONE };
        let text = format!(
            "limit bytes: one command may take {} bytes, and this one takes more",
            bytes - 1
        );
        let mut enough = engine(Limits { bytes, ..Limits::NONE });
        assert!(matches!(run(&mut enough, &Script::strict([step])), Ran::Committed(_)), "{step:?}");
        let mut engine = engine(few);
        let image = engine.store().image();
        let ran = run(&mut engine, &Script::strict([step]));
        assert_eq!(ran, Ran::Rejected(4001, text), "{step:?}");
        assert!(engine.store().image() == image, "{step:?} left a trace");
    }
}

/// Bytes of a command, as the counting layer sees them. The bare store does the rest.
fn bytes_of(steps: &[Step]) -> u64 {
    let store = engine(Limits::NONE).into_store();
    let plugin = LoadedPlugin::from_static(&SCRIPTED).unwrap();
    let mut engine = Engine::with_host(&plugin, "", Layered::new(store, Count::new())).unwrap();
    let script = Script::strict(steps);
    let payload = script.payload();
    assert!(engine.run(&script.command(1, &payload)).is_committed());
    let counts = engine.host().layer().counts();
    counts.bytes_read + counts.bytes_written
}

#[test]
fn plugin_that_rejects_for_its_own_reason_is_told_the_limit() {
    let limits = Limits { create: KindSet::NONE, ..Limits::NONE };
    let mut engine = engine(limits);
    let ran = ignore(&mut engine, &[CREATE, Step::Reject]);
    let text = "limit create: the plugin may not create records of kind 1";
    assert_eq!(ran, Ran::Rejected(4001, text.into()));
    // Without a call beyond a limit the reason is the plugin's.
    let ran = ignore(&mut engine, &[UPDATE, Step::Reject]);
    assert!(matches!(&ran, Ran::Rejected(2001, _)), "{ran:?}");
}

#[test]
fn panic_behind_a_refused_call_stays_a_failure() {
    let limits = Limits { create: KindSet::NONE, ..Limits::NONE };
    let mut engine = engine(limits);
    let image = engine.store().image();
    let ran = ignore(&mut engine, &[CREATE, Step::Panic]);
    assert!(matches!(&ran, Ran::Failed(5001, _)), "{ran:?}");
    assert!(engine.store().image() == image);
    // The next command meets a new instance, and the same limits.
    let ran = ignore(&mut engine, &[CREATE]);
    assert!(matches!(&ran, Ran::Rejected(4001, _)), "{ran:?}");
}

#[test]
fn plugin_within_its_limits_gives_the_same_results() {
    let limits = Limits { host_calls: 1000, bytes: 1 << 20, events: 100, ..Limits::NONE };
    let steps = [CREATE, UPDATE, READ, READ_BY_ID, WALK, EMIT, DELETE, LOG];
    let (mut open, mut limited) = (engine(Limits::NONE), engine(limits));
    assert!(matches!((&open, &limited), (GuardedEngine::Open(_), GuardedEngine::Limited(_))));
    for script in [Script::strict(steps), Script::tolerant(steps)] {
        assert_eq!(run(&mut open, &script), run(&mut limited, &script));
        assert!(open.store().image() == limited.store().image());
    }
}

#[test]
fn engine_that_would_ignore_the_limits_is_not_made() {
    let limits = Limits { events: 1, ..Limits::NONE };
    let plugin = LoadedPlugin::from_static(&SCRIPTED).unwrap().with_limits(limits);
    let error = Engine::create(&plugin, "").unwrap_err();
    assert!(matches!(error, EngineError::Limits { .. }));
    assert_eq!(
        error.to_string(),
        "plugin scripted has limits, and this engine does not enforce them; make a GuardedEngine, \
         or put a Limit with them around the store"
    );
    // Other limits than the plugin's are as wrong as none.
    let store = || Store::new(Arc::clone(plugin.schema())).unwrap();
    let other = Layered::new(store(), Limit::new(Limits { events: 2, ..Limits::NONE }));
    assert!(Engine::with_host(&plugin, "", other).is_err());
    let same = Layered::new(Layered::new(store(), Limit::new(limits)), Count::new());
    let mut engine = Engine::with_host(&plugin, "", same).unwrap();
    assert_eq!(engine.environment().plugin_limits, limits);
    let payload = Script::strict([EMIT, EMIT]).payload();
    assert!(!engine.run(&RuntimeCommandRef::new(0, 1, 0, &payload)).is_committed());
}
