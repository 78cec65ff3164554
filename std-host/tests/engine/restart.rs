//! An engine that kept running and one that was restarted give the same outcomes.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use statevec_abi::plugin::ReadAccess as _;
use statevec_abi::{
    abi::runtime_error_kind::{HOST_INTERNAL_ERROR, PLUGIN_INTERNAL_ERROR},
    boundary::{ErrorSlot, RuntimeCommandRef, TxResult},
    plugin::{Plugin, ReadContext, StaticPlugin, Tx},
    static_plugin,
};
use statevec_host::{
    Engine, EngineError, LoadedPlugin, Outcome, Store, StoreLimits, engine::Position,
};

use crate::{
    schema::{self, ACCOUNT},
    script::{Ran, SCRIPTED, Script, Step, commit, engine, run},
};

const CREATE: Step = Step::Create { kind: ACCOUNT, key: 1, value: 10 };
const UPDATE: Step = Step::Update { kind: ACCOUNT, key: 1, value: 99 };

/// A plugin whose commands panic, fail or accept. Its pool has room for one instance.
struct Failing;

const FAILING: StaticPlugin = static_plugin!(Failing, slots = 1);

const ACCEPT: u8 = 0;
const PANIC: u8 = 1;
const FAIL_INTERNALLY: u8 = 2;
const FAIL_AS_HOST: u8 = 3;

/// True while `create` refuses.
static REFUSES: AtomicBool = AtomicBool::new(false);

impl Plugin for Failing {
    fn name() -> &'static str {
        "failing"
    }

    fn schema() -> &'static str {
        &schema::JSON
    }

    fn create<'c>(_: &str, error: ErrorSlot<'c>) -> TxResult<'c, Self> {
        if REFUSES.load(Relaxed) {
            return Err(error.config_error(format_args!("not now")));
        }
        Ok(Self)
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        let mut fail = |kind, text| Err(tx.fail(kind, format_args!("{text}")));
        match command.command_kind() {
            PANIC => panic!("on purpose"),
            FAIL_INTERNALLY => fail(PLUGIN_INTERNAL_ERROR, "internal"),
            FAIL_AS_HOST => fail(HOST_INTERNAL_ERROR, "no disk"),
            _ => Ok(()),
        }
    }

    fn validate_biz_invariants<'c>(&self, _: &mut ReadContext<'c>) -> TxResult<'c> {
        panic!("in validation")
    }
}

/// The kind of the failure; `None` for a commit.
fn failed(engine: &mut Engine, command_kind: u8) -> Option<(u16, String)> {
    let ext_seq = engine.position().next_ext_seq().unwrap();
    match engine.run(&RuntimeCommandRef::new(command_kind, ext_seq, 0, &[])) {
        Outcome::Committed { .. } => None,
        Outcome::Failed(failure) => Some((failure.kind.0, failure.message.to_string())),
        other => panic!("{other:?}"),
    }
}

/// One test, because the plugin has one slot and one static.
#[test]
fn failed_command_is_a_transition_and_the_next_one_meets_a_new_instance() {
    let mut engine = Engine::create(&LoadedPlugin::from_static(&FAILING).unwrap(), "").unwrap();
    for (kind, text) in [(PANIC, "plugin panicked: on purpose"), (FAIL_INTERNALLY, "internal")] {
        let before = engine.position();
        assert_eq!(failed(&mut engine, kind), Some((5001, text.into())));
        let after = engine.position();
        assert_eq!((after.tx_seq, after.ext_seq), (before.tx_seq, before.next_ext_seq()));
        assert_eq!(failed(&mut engine, ACCEPT), None);
    }
    let failure = engine.validate().unwrap_err();
    assert_eq!(failure.kind, PLUGIN_INTERNAL_ERROR);
    assert_eq!(failed(&mut engine, ACCEPT), None, "a panic in validation, too");

    // Kind 4002 is the environment's: it is no transition, and nothing runs after it.
    let before = engine.position();
    assert_eq!(failed(&mut engine, FAIL_AS_HOST), Some((4002, "no disk".into())));
    assert_eq!(engine.position(), before);
    let text = format!(
        "the engine has stopped at ext_seq {}: HOST_INTERNAL_ERROR (4002): no disk",
        before.next_ext_seq().unwrap()
    );
    assert_eq!(failed(&mut engine, ACCEPT), Some((4002, text.clone())));
    assert_eq!(engine.validate().unwrap_err().message.to_string(), text);
    assert_eq!(engine.position(), before);

    // Another engine continues with its records.
    let plugin = engine.plugin().clone();
    let mut engine = Engine::with_store(&plugin, "", engine.unload().unwrap()).unwrap();
    engine.resume_at(before);
    assert_eq!(failed(&mut engine, ACCEPT), None);
    assert_eq!(engine.tx_seq(), before.tx_seq + 1);

    // No new instance: the engine stops, and says why.
    assert!(failed(&mut engine, PANIC).is_some());
    REFUSES.store(true, Relaxed);
    let text = "no new instance of plugin failing: CONFIG_ERROR (1002): not now";
    for _ in 0..2 {
        assert_eq!(failed(&mut engine, ACCEPT), Some((4002, text.into())));
    }
    REFUSES.store(false, Relaxed);
    assert_eq!(failed(&mut engine, ACCEPT), Some((4002, text.into())), "it does not try again");
    assert!(engine.unload().is_ok());
}

#[test]
fn repeated_and_decreasing_ext_seq_are_duplicates_and_do_not_run() {
    let mut engine = engine();
    let script = Script::strict([CREATE]);
    let payload = script.payload();
    assert!(engine.run(&script.command(7, &payload)).is_committed(), "a gap is legal");
    let before = (engine.store().image(), engine.position());
    for ext_seq in [7, 6, 0] {
        let again = engine.run(&script.command(ext_seq, &payload));
        assert!(matches!(again, Outcome::Duplicate { last_ext_seq: 7 }), "{again:?}");
        assert!(again.failure().is_none() && !again.is_committed());
    }
    assert_eq!((engine.store().image(), engine.position()), before);
    commit(&mut engine, &[UPDATE]);
    assert_eq!(engine.position(), Position { tx_seq: 2, ext_seq: Some(8) });
}

#[test]
fn rejected_and_failed_commands_use_up_their_ext_seq() {
    let mut engine = engine();
    for step in [Step::Reject, Step::Panic] {
        let script = Script::strict([step]);
        let payload = script.payload();
        let ext_seq = engine.position().next_ext_seq().unwrap();
        assert!(engine.run(&script.command(ext_seq, &payload)).failure().is_some());
        let again = engine.run(&script.command(ext_seq, &payload));
        assert!(matches!(again, Outcome::Duplicate { .. }), "{again:?}");
    }
}

#[test]
fn engine_that_resumes_counts_on() {
    let mut first = engine();
    commit(&mut first, &[CREATE]);
    assert!(matches!(run(&mut first, &Script::strict([Step::Reject])), Ran::Rejected(..)));
    let position = first.position();
    assert_eq!(position, Position { tx_seq: 1, ext_seq: Some(2) });

    let plugin = first.plugin().clone();
    let mut second = Engine::with_store(&plugin, "", first.into_store()).unwrap();
    assert_eq!(second.position(), Position::default());
    second.resume_at(position);
    commit(&mut second, &[UPDATE]);
    assert_eq!(second.position(), Position { tx_seq: 2, ext_seq: Some(3) });
}

#[test]
fn engine_that_cannot_be_made_gives_the_records_back() {
    let mut engine = engine();
    commit(&mut engine, &[CREATE]);
    let (plugin, image) = (engine.plugin().clone(), engine.store().image());

    let failure = Engine::with_store(&plugin, "colour=red", engine.into_store()).unwrap_err();
    assert_eq!(failure.to_string(), "plugin scripted cannot be created");
    assert!(failure.host().image() == image);
    let engine = Engine::with_store(&plugin, "", failure.into_host()).unwrap();

    let other = LoadedPlugin::from_static(&crate::lifecycle::OTHER_SCHEMA).unwrap();
    let failure = Engine::with_host(&other, "", engine.into_host()).unwrap_err();
    let (error, store) = failure.into_parts();
    assert!(matches!(error, EngineError::Schema { .. }), "{error}");
    assert!(store.image() == image);
}

#[test]
fn unloading_gives_the_records_back() {
    let mut engine = engine();
    commit(&mut engine, &[CREATE]);
    let image = engine.store().image();
    assert!(engine.unload().unwrap().image() == image);
}

#[test]
fn environments_that_differ_can_be_told_apart() {
    let plugin = LoadedPlugin::from_static(&SCRIPTED).unwrap();
    let with_limit = |records_per_kind| {
        let limits = StoreLimits { records_per_kind, ..StoreLimits::default() };
        let store = Store::with_limits(plugin.schema().clone(), limits).unwrap();
        Engine::with_store(&plugin, "", store).unwrap().environment()
    };
    let environment = with_limit(5);
    assert_eq!((environment.plugin.as_str(), environment.config.as_str()), ("scripted", ""));
    assert_eq!((environment.plugin_sha256, environment.limits.records_per_kind), (None, 5));
    assert_eq!(environment, with_limit(5));
    assert_ne!(environment, with_limit(6));

    let other = |config| crate::lifecycle::watchful(config).environment();
    assert_eq!(other("a"), other("a"));
    assert_ne!(other("a"), other("b"));
}
