//! The plugin, boxed, behind the published traits: it makes one host call and passes its failure
//! on.

use statevec_abi::{abi::RuntimePluginApiV1, plugin::StaticPlugin};
use statevec_abi_alloc::{
    BizInvariantReadContext, InvariantReadContextExt, RuntimeCommandEnvelope, RuntimeHostContext,
    RuntimeHostContextExt, RuntimeHostError, RuntimePlugin, RuntimePluginError,
    RuntimePluginFactory, RuntimePluginLoadError, SchemaRegistry, Version, static_runtime_plugin,
};

use statevec_fixtures::wrong_host::{
    Subject,
    call::{ACCOUNT, Account, Call, Entry, Task, Way, task, visited},
};

/// The plugin under test.
pub(crate) static SUBJECT: Subject =
    Subject { api, violation, reported, listed_another_kind, listed_but_absent };

fn api() -> &'static RuntimePluginApiV1 {
    static PLUGIN: StaticPlugin = static_runtime_plugin!(Box::new(Factory));
    PLUGIN.api()
}

/// The kind and the text for a host's breach of contract.
fn violation(text: &str) -> (u16, String) {
    (2001, text.into())
}

/// The kind and the text for a host call that failed with these.
fn reported(call: Call, kind: u16, text: &str) -> (u16, String) {
    let phase = call.phase();
    (2001, format!("phase={phase:?} kind={kind} message={text}"))
}

/// The plugin's text for a walk that shows a record of another kind.
fn listed_another_kind(got: u8) -> String {
    format!("record Account: the host answered with a key of kind {got}; its kind is 1")
}

/// The plugin's text for a walk that shows a record which cannot be read.
fn listed_but_absent(sys_id: u64) -> String {
    format!("record Account: the host listed number {sys_id} and then had no such record")
}

struct Factory;

impl RuntimePluginFactory for Factory {
    fn plugin_name(&self) -> &'static str {
        "caller"
    }

    fn schema_registry(&self) -> SchemaRegistry {
        SchemaRegistry::new(Version::new(1, 0), &[], &[], &[], &[]).unwrap()
    }

    fn create(&self, config: &str) -> Result<Box<dyn RuntimePlugin>, RuntimePluginLoadError> {
        match config {
            "" => Ok(Box::new(Caller)),
            config => Err(RuntimePluginLoadError::new(format!("the configuration is {config}"))),
        }
    }
}

struct Caller;

impl RuntimePlugin for Caller {
    fn name(&self) -> &'static str {
        "caller"
    }

    fn schema_registry(&self) -> SchemaRegistry {
        Factory.schema_registry()
    }

    fn run_tx(
        &self,
        tx: &mut dyn RuntimeHostContext,
        _: &dyn RuntimeCommandEnvelope,
    ) -> Result<(), RuntimePluginError> {
        if task().way == Way::ForgivingOnce {
            let _ = write_or_read(tx);
        }
        found(write_or_read(tx)?).map_err(RuntimePluginError::new)
    }

    fn validate_biz_invariants(&self, state: &dyn BizInvariantReadContext) -> Result<(), String> {
        if task().way == Way::ForgivingOnce {
            let _ = read_state(state);
        }
        found(read_state(state)?)
    }
}

/// Rejects when there is no record.
fn found(record: bool) -> Result<(), String> {
    if record { Ok(()) } else { Err("no record".into()) }
}

pub(crate) fn write_or_read(tx: &mut dyn RuntimeHostContext) -> Result<bool, RuntimeHostError> {
    let Task { entry, way } = task();
    match (entry, way) {
        (Entry::Create, Way::Typed) => {
            tx.create_typed(&Account { id: 7, balance: -1 }).map(|_| true)
        }
        (Entry::Create, _) => tx.create_typed_raw(ACCOUNT, &mut |_| visited()).map(|_| true),
        (Entry::Update, Way::Typed) => {
            let updated = tx.update_typed_by_pk(Account::pk(7), |account| {
                visited();
                account.set_balance(-1);
            });
            Ok(updated?.is_some())
        }
        (Entry::Update, _) => tx.update_typed_by_pk_raw(ACCOUNT, b"key", &mut |_| visited()),
        (Entry::Delete, _) => tx.delete_by_pk_raw(ACCOUNT, b"key"),
        (Entry::Emit, _) => tx.emit_typed_event_raw(1, b"event").map(|()| true),
        (Entry::Log, _) => tx.debug_log("text".into()).map(|()| true),
        _ => read(tx),
    }
}

/// The reading calls of a context, which the two traits have under the same names.
macro_rules! reading {
    ($name:ident($context:ty)) => {
        pub(crate) fn $name(state: $context) -> Result<bool, RuntimeHostError> {
            let Task { entry, way } = task();
            match (entry, way) {
                (Entry::ReadById, Way::Typed) => {
                    let read = state.with_read_typed::<Account, _, _>(1, |_| visited());
                    Ok(read?.is_some())
                }
                (Entry::ReadById, way) => {
                    let mut nested = Ok(true);
                    let mut record = |_: &[u8]| {
                        visited();
                        if way == Way::Nested {
                            nested = state.with_read_typed_raw(ACCOUNT, 1, &mut |_| ());
                        }
                    };
                    let found = state.with_read_typed_raw(ACCOUNT, 1, &mut record)?;
                    Ok(nested? && found)
                }
                (Entry::ReadByPk, Way::Typed) => {
                    let read = state.with_read_typed_by_pk(Account::pk(7), |_| visited());
                    Ok(read?.is_some())
                }
                (Entry::ReadByPk, _) => {
                    state.with_read_typed_by_pk_raw(ACCOUNT, b"key", &mut |_| visited())
                }
                (_, Way::Typed) => {
                    let account = |_, _: <Account as statevec_abi::typed::Record>::View<'_>| {
                        visited();
                        Ok::<_, RuntimeHostError>(())
                    };
                    state.for_each_typed::<Account, _, _>(account).map(|()| true)
                }
                (_, way) => {
                    let mut nested = Ok(true);
                    let mut key = |_| {
                        visited();
                        if way == Way::Nested {
                            nested = state.with_read_typed_raw(ACCOUNT, 1, &mut |_| ());
                        }
                    };
                    state.for_each_record_key_raw(ACCOUNT, &mut key)?;
                    nested
                }
            }
        }
    };
}

reading!(read(&dyn RuntimeHostContext));
reading!(read_state(&dyn BizInvariantReadContext));
