//! Creating, validating and unloading engines, and replacing them.

use std::error::Error as _;

use statevec_abi::plugin::ReadAccess as _;
use statevec_abi::{
    abi::{
        RuntimeErrorPhase,
        runtime_error_kind::{CONFIG_ERROR, PLUGIN_INTERNAL_ERROR, PLUGIN_REJECTED},
    },
    boundary::{ErrorSlot, RuntimeCommandRef, TxResult},
    plugin::{Plugin, ReadContext, StaticPlugin, Tx},
    static_plugin,
};
use statevec_host::{Engine, EngineError, LoadedPlugin, Outcome, Store};

use crate::{
    schema::{self, ACCOUNT, places},
    script::{Ran, SCRIPTED, Script, Step, commit, engine, run},
};

/// A plugin that rejects states with negative values, and fails to unload with the configuration
/// `stuck`.
struct Watchful {
    fails_to_unload: bool,
}

const WATCHFUL: StaticPlugin = static_plugin!(Watchful, slots = 8);

impl Plugin for Watchful {
    fn name() -> &'static str {
        "watchful"
    }

    fn schema() -> &'static str {
        &schema::JSON
    }

    fn create<'c>(config: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> {
        Ok(Self { fails_to_unload: config == "stuck" })
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        let value = i64::from(command.command_kind()) - 2;
        let created = tx.create_raw(ACCOUNT, |data| {
            data[places(ACCOUNT).value..][..8].copy_from_slice(&value.to_le_bytes());
        });
        created.map(drop)
    }

    fn validate_biz_invariants<'c>(&self, state: &mut ReadContext<'c>) -> TxResult<'c> {
        state.for_each_key(ACCOUNT, |state, key| {
            let negative = state.read_raw(ACCOUNT, key.sys_id, |data| {
                data[places(ACCOUNT).value + 7] & 0x80 != 0
            })?;
            if negative == Some(true) {
                return Err(state.reject(format_args!("account {} is negative", key.sys_id)));
            }
            Ok(())
        })
    }

    fn on_unload<'c>(&mut self, error: ErrorSlot<'c>) -> TxResult<'c> {
        if self.fails_to_unload {
            Err(error.fail(PLUGIN_INTERNAL_ERROR, format_args!("stuck")))
        } else {
            Ok(())
        }
    }
}

pub(crate) fn watchful(config: &str) -> Engine {
    Engine::create(&LoadedPlugin::from_static(&WATCHFUL).unwrap(), config).unwrap()
}

/// A plugin whose schema has no records.
pub(crate) const OTHER_SCHEMA: StaticPlugin = static_plugin!(Empty, slots = 1);

struct Empty;

impl Plugin for Empty {
    fn name() -> &'static str {
        "empty"
    }

    fn schema() -> &'static str {
        statevec_abi::schema! { const EMPTY = { version: "1.0", records: [], commands: [], events: [] }; }
        EMPTY.json
    }

    fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> {
        Ok(Self)
    }

    fn run_tx<'tx>(&self, _: &mut Tx<'tx>, _: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        Ok(())
    }
}

#[test]
fn refused_configuration_is_named_with_the_plugin() {
    let plugin = LoadedPlugin::from_static(&SCRIPTED).unwrap();
    let error = Engine::create(&plugin, "colour=red").unwrap_err();
    assert_eq!(error.to_string(), "plugin scripted cannot be created");
    assert_eq!(
        error.source().unwrap().to_string(),
        "CONFIG_ERROR (1002): \"colour=red\" is no setting"
    );
    let EngineError::Create { source, .. } = error else { panic!("{error:?}") };
    assert_eq!((source.phase, source.kind), (RuntimeErrorPhase::Create, CONFIG_ERROR));
}

#[test]
fn invariant_that_does_not_hold_is_found_on_request() {
    let mut engine = watchful("");
    assert!(engine.run(&RuntimeCommandRef::new(2, 1, 0, &[])).is_committed());
    assert_eq!(engine.validate(), Ok(()));

    let mut engine = watchful("");
    assert!(engine.run(&RuntimeCommandRef::new(1, 1, 0, &[])).is_committed());
    let before = engine.store().image();
    let failure = engine.validate().unwrap_err();
    assert_eq!(
        (failure.phase, failure.kind),
        (RuntimeErrorPhase::ValidateBizInvariants, PLUGIN_REJECTED)
    );
    assert_eq!(failure.message.to_string(), "account 1 is negative");
    assert_eq!(engine.store().image(), before);
}

#[test]
fn failure_to_unload_is_reported() {
    watchful("").unload().unwrap();
    let error = watchful("stuck").unload().unwrap_err();
    assert_eq!(error.source().unwrap().to_string(), "PLUGIN_INTERNAL_ERROR (5001): stuck");
    drop(watchful("stuck"));
}

#[test]
fn records_of_a_failed_engine_are_carried_on_by_another() {
    let plugin = LoadedPlugin::from_static(&SCRIPTED).unwrap();
    let mut first = engine();
    commit(&mut first, &[Step::Create { kind: ACCOUNT, key: 1, value: 1 }]);
    let panicking = Script::strict([Step::Create { kind: ACCOUNT, key: 2, value: 1 }, Step::Panic]);
    assert!(matches!(run(&mut first, &panicking), Ran::Failed(5001, _)));

    let mut second = Engine::with_store(&plugin, "", first.into_store()).unwrap();
    let events = commit(&mut second, &[Step::Create { kind: ACCOUNT, key: 2, value: 1 }]);
    assert_eq!(events, [2_u64.to_le_bytes()]);
}

#[test]
fn store_of_another_schema_is_refused() {
    let empty = statevec_abi_alloc::schema::SchemaRegistry::with_records(
        statevec_abi::schema::Version::new(1, 0),
        &[],
    );
    let store = Store::new(empty.unwrap().into()).unwrap();
    let plugin = LoadedPlugin::from_static(&SCRIPTED).unwrap();
    let failure = Engine::with_store(&plugin, "", store).unwrap_err();
    assert!(matches!(failure.error(), EngineError::Schema { .. }));
}

#[test]
fn two_plugins_in_one_image_both_run() {
    let (mut scripted, mut watchful) = (engine(), watchful(""));
    commit(&mut scripted, &[]);
    let outcome = watchful.run(&RuntimeCommandRef::new(2, 1, 0, &[]));
    assert!(matches!(outcome, Outcome::Committed { tx_seq: 1, .. }));
    assert_eq!((scripted.plugin().name(), watchful.plugin().name()), ("scripted", "watchful"));
}

#[test]
fn engine_moves_to_another_thread_and_back() {
    let mut engine = engine();
    commit(&mut engine, &[Step::Create { kind: ACCOUNT, key: 1, value: 1 }]);
    let mut engine = std::thread::spawn(move || {
        commit(&mut engine, &[Step::Update { kind: ACCOUNT, key: 1, value: 2 }]);
        engine
    })
    .join()
    .unwrap();
    assert_eq!(commit(&mut engine, &[Step::Read { kind: ACCOUNT, key: 1 }]), [2_i64.to_le_bytes()]);
}
