//! A plugin whose configuration and commands decide what it does.

use std::cell::Cell;

use statevec_abi_alloc::{
    BizInvariantReadContext, RuntimeCommandEnvelope, RuntimeHostContext, RuntimeHostError,
    RuntimePlugin, RuntimePluginError, RuntimePluginFactory, RuntimePluginLoadError,
    RuntimePluginUnloadError, SchemaRegistry, Version,
};

/// Succeeds.
pub(crate) const ACCEPT: u8 = 0;
/// Rejects with the payload as the reason.
pub(crate) const REJECT: u8 = 1;
/// Reads record 7 of the kind that the payload names, and passes an error on.
pub(crate) const READ: u8 = 2;
/// Does so from inside the visitor of a read that succeeds.
pub(crate) const READ_IN_VISITOR: u8 = 3;
/// Logs the payload, and passes an error on.
pub(crate) const LOG: u8 = 4;
/// Panics with the payload as the text.
pub(crate) const PANIC: u8 = 5;
/// Does so inside a visitor.
pub(crate) const PANIC_IN_VISITOR: u8 = 6;

thread_local! {
    /// Instances dropped on this thread: a test runs on a thread of its own.
    pub(crate) static DROPPED: Cell<u32> = const { Cell::new(0) };
}

pub(crate) fn factory() -> Box<dyn RuntimePluginFactory> {
    Box::new(Factory)
}

struct Factory;

impl RuntimePluginFactory for Factory {
    fn plugin_name(&self) -> &'static str {
        "probe"
    }

    fn schema_registry(&self) -> SchemaRegistry {
        SchemaRegistry::new(Version::new(3, 1), &[], &[], &[], &[]).unwrap()
    }

    fn create(&self, config: &str) -> Result<Box<dyn RuntimePlugin>, RuntimePluginLoadError> {
        let (on, reason) = config.split_once(':').unwrap_or((config, ""));
        let reason = reason.to_owned();
        match on {
            "refuse" => Err(RuntimePluginLoadError::new(reason)),
            "panic" => panic!("{reason}"),
            _ => Ok(Box::new(Probe { on: on.to_owned(), reason })),
        }
    }
}

/// Fails in the function that its configuration names, with a reason.
struct Probe {
    on: String,
    reason: String,
}

impl RuntimePlugin for Probe {
    fn name(&self) -> &'static str {
        "probe"
    }

    fn schema_registry(&self) -> SchemaRegistry {
        Factory.schema_registry()
    }

    fn run_tx(
        &self,
        tx: &mut dyn RuntimeHostContext,
        command: &dyn RuntimeCommandEnvelope,
    ) -> Result<(), RuntimePluginError> {
        let text = String::from_utf8_lossy(command.payload()).into_owned();
        let kind = command.payload().first().copied().unwrap_or(1);
        match command.command_kind() {
            ACCEPT => Ok(()),
            READ => Ok(read(tx, kind)?),
            READ_IN_VISITOR => {
                let mut inner = Ok(());
                tx.with_read_typed_raw(1, 7, &mut |_| inner = read(tx, kind))?;
                Ok(inner?)
            }
            LOG => Ok(tx.debug_log(text)?),
            PANIC => panic!("{text}"),
            PANIC_IN_VISITOR => {
                tx.with_read_typed_raw(1, 7, &mut |_| panic!("{text}"))?;
                Ok(())
            }
            _ => Err(RuntimePluginError::new(text)),
        }
    }

    fn validate_biz_invariants(&self, state: &dyn BizInvariantReadContext) -> Result<(), String> {
        match &*self.on {
            "validate" => Err(self.reason.clone()),
            "validate-panic" => panic!("{}", self.reason),
            _ => Ok(state.for_each_record_key_raw(1, &mut |_| ())?),
        }
    }

    fn on_unload(&mut self) -> Result<(), RuntimePluginUnloadError> {
        match &*self.on {
            "unload" => Err(RuntimePluginUnloadError::new(self.reason.clone())),
            "unload-panic" => panic!("{}", self.reason),
            _ => Ok(()),
        }
    }
}

fn read(tx: &dyn RuntimeHostContext, kind: u8) -> Result<(), RuntimeHostError> {
    tx.with_read_typed_raw(kind, 7, &mut |_| ()).map(drop)
}

impl Drop for Probe {
    fn drop(&mut self) {
        DROPPED.set(DROPPED.get() + 1);
        if self.on == "drop-panic" {
            panic!("{}", self.reason);
        }
    }
}
