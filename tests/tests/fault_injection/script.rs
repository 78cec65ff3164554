//! Plugins, and the commands that they are given.

use std::sync::Arc;

use statevec_abi::{
    RuntimeCommandRef, RuntimeErrorKind, RuntimeErrorPhase, StaticPlugin, runtime_error_kind,
    static_plugin,
};
use statevec_bank::Bank;
use statevec_host::{Engine, LoadedPlugin, PluginFailure, Store, StoreLayer, StoreLimits, json};
use statevec_tests::{beside, inventory, scenario::Seen};

use crate::{fault::Made, faulty::Faulty};

const BANK: StaticPlugin = static_plugin!(Bank, slots = 64);

/// A plugin and what it is given.
pub(crate) struct Script {
    pub(crate) plugin: LoadedPlugin,
    config: &'static str,
    pub(crate) commands: Vec<Command>,
    passing_on: PassingOn,
    /// The host call that may not fail.
    aborts_at: Option<&'static str>,
}

/// What a command gives where nothing goes wrong.
#[derive(Debug)]
pub(crate) struct Recorded {
    pub(crate) seen: Seen,
    /// The host calls that it makes.
    pub(crate) calls: Vec<Made>,
}

/// How a plugin passes on why a host call failed.
#[derive(Clone, Copy)]
enum PassingOn {
    /// With the host's own kind and text.
    AsItIs,
    /// As a rejection by the plugin that quotes the host's report.
    Quoted,
}

/// One command.
#[derive(Debug)]
pub(crate) struct Command {
    kind: u8,
    ext_seq: u64,
    ref_ext_time_us: u64,
    payload: Vec<u8>,
}

impl Script {
    /// The bank's library, with the commands of its example.
    pub(crate) fn bank_library() -> Self {
        Self::bank(LoadedPlugin::open(beside::library("statevec-bank-so").unwrap()).unwrap())
    }

    /// The same, linked in.
    pub(crate) fn bank_linked() -> Self {
        Self::bank(LoadedPlugin::from_static(&BANK).unwrap())
    }

    /// The inventory, which reads and deletes, too, linked in.
    pub(crate) fn inventory_linked() -> Self {
        let plugin = LoadedPlugin::from_static(&inventory::PLUGIN).unwrap();
        Self::inventory(plugin, PassingOn::AsItIs, None)
    }

    /// The inventory's library that was written with the published crates. They panic when an event is refused, and nothing catches it there: the
    /// process ends.
    pub(crate) fn inventory_published() -> Self {
        let library = beside::library("statevec-published-plugin").unwrap();
        let plugin = LoadedPlugin::open(library).unwrap();
        Self::inventory(plugin, PassingOn::Quoted, Some("emit_event"))
    }

    fn bank(plugin: LoadedPlugin) -> Self {
        let lines = std::fs::read_to_string(beside::source("examples/bank/commands.jsonl"));
        let parse = |(ext_seq, line): (u64, &str)| {
            let mut payload = Vec::new();
            let line = json::parse_command(plugin.schema(), line.as_bytes(), &mut payload).unwrap();
            let (kind, ref_ext_time_us) = (line.kind, line.ref_ext_time_us);
            Command { kind, ext_seq, ref_ext_time_us, payload }
        };
        let commands = (1..).zip(lines.unwrap().lines()).map(parse).collect();
        Self { plugin, config: "", commands, passing_on: PassingOn::AsItIs, aborts_at: None }
    }

    fn inventory(
        plugin: LoadedPlugin,
        passing_on: PassingOn,
        aborts_at: Option<&'static str>,
    ) -> Self {
        let number = |(ext_seq, sent): (u64, inventory::Sent)| {
            let (kind, payload) = (sent.kind, sent.payload);
            Command { kind, ext_seq, ref_ext_time_us: 1_000 * ext_seq, payload }
        };
        let commands = (1..).zip(inventory::commands()).map(number).collect();
        Self { plugin, config: "max_on_hand=100", commands, passing_on, aborts_at }
    }

    pub(crate) fn store(&self, limits: StoreLimits) -> Store {
        Store::with_limits(Arc::clone(self.plugin.schema()), limits).unwrap()
    }

    pub(crate) fn engine<H: StoreLayer>(&self, host: H) -> Engine<H> {
        Engine::with_host(&self.plugin, self.config, host).unwrap()
    }

    /// What the commands give where nothing goes wrong, with a layer around the store and without, and the records at the end.
    pub(crate) fn record(&self) -> (Vec<Recorded>, Vec<u8>) {
        let mut bare = self.engine(self.store(StoreLimits::default()));
        let mut layered = self.engine(Faulty::over(self.store(StoreLimits::default())));
        let mut record = |command: &Command| {
            layered.host().plan.set(None);
            let seen = command.run(&mut layered);
            assert_eq!(seen, command.run(&mut bare), "the layer is in the way of {command:?}");
            Recorded { seen, calls: layered.host().plan.calls() }
        };
        let recorded = self.commands.iter().map(&mut record).collect();
        assert!(layered.store().image() == bare.store().image());
        (recorded, bare.store().image())
    }

    /// Whether the plugin survives the failure of a host call.
    pub(crate) fn survives(&self, call: &str) -> bool {
        self.aborts_at != Some(call)
    }

    /// Whether the plugin finds out a host that contradicts itself. The published crates believe it.
    pub(crate) fn finds_out(&self) -> bool {
        matches!(self.passing_on, PassingOn::AsItIs)
    }

    /// What a plugin's caller is told of a host call that failed.
    pub(crate) fn told(
        &self,
        phase: RuntimeErrorPhase,
        kind: RuntimeErrorKind,
        text: &str,
    ) -> PluginFailure {
        match self.passing_on {
            PassingOn::AsItIs => PluginFailure { phase, kind, message: text.into() },
            PassingOn::Quoted => PluginFailure {
                phase,
                kind: runtime_error_kind::PLUGIN_REJECTED,
                message: format!("phase={phase:?} kind={} message={text}", kind.0),
            },
        }
    }
}

impl Command {
    pub(crate) fn run<H: StoreLayer>(&self, engine: &mut Engine<H>) -> Seen {
        let Self { kind, ext_seq, ref_ext_time_us, payload } = self;
        engine.run(&RuntimeCommandRef::new(*kind, *ext_seq, *ref_ext_time_us, payload)).into()
    }
}
