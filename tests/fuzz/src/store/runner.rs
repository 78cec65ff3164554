//! The plugin on a store.

use std::{rc::Rc, sync::Arc};

use statevec_abi::{
    abi::{
        RuntimeErrorBuf, RuntimeErrorKind,
        runtime_error_kind::{ABI_CONTRACT_VIOLATION, PLUGIN_INTERNAL_ERROR},
    },
    boundary::RuntimeCommandRef,
    host::{Host, HostGate, PluginApi, PluginRuntime},
};

use super::{
    plugin::{self, Seen},
    script::Transaction,
};

/// An instance of the plugin, replaced when it has panicked.
pub(super) struct Runner<H: Host> {
    runtime: PluginRuntime<H, Arc<HostGate<H>>>,
}

/// The end of a command, and the observations of the plugin.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ran {
    pub(super) failure: Option<RuntimeErrorKind>,
    pub(super) seen: Vec<Seen>,
}

impl<H: Host> Runner<H> {
    pub(super) fn new() -> Self {
        // SAFETY: the plugin's own functions, and one that calls them (rule 10).
        let api = unsafe { PluginApi::check(&plugin::api()) }.expect("a whole table");
        let mut error = RuntimeErrorBuf::RESET;
        let runtime = PluginRuntime::create(api, "", Arc::pin(HostGate::new()), &mut error);
        Self { runtime: runtime.expect("a plugin without a will") }
    }

    pub(super) fn run(&mut self, host: &mut H, script: &Rc<Transaction>) -> Ran {
        plugin::set_script(script.clone());
        let failure = self.run_once(host);
        let seen = plugin::take_seen();
        assert_eq!(plugin::late_call(), Some(ABI_CONTRACT_VIOLATION), "a kept context works");
        if failure == Some(PLUGIN_INTERNAL_ERROR) {
            assert_eq!(self.run_once(host), failure, "an instance that panicked still runs");
            assert_eq!(plugin::take_seen(), [], "an instance that panicked still runs");
            *self = Self::new();
        }
        Ran { failure, seen }
    }

    fn run_once(&mut self, host: &mut H) -> Option<RuntimeErrorKind> {
        let answer = self.runtime.run_tx(host, &RuntimeCommandRef::new(1, 1, 0, &[]));
        answer.err().map(|failure| failure.kind)
    }
}
