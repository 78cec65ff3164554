//! Plugins, and the commands that they run.

use std::sync::Arc;

use statevec_abi::{
    abi::{
        RuntimeErrorKind, RuntimeErrorPhase,
        runtime_error_kind::{ABI_CONTRACT_VIOLATION, PLUGIN_REJECTED},
    },
    boundary::RuntimeCommandRef,
    plugin::StaticPlugin,
    static_plugin,
};
use statevec_bank::Bank;
use statevec_host::{
    Engine, LoadedPlugin, PluginFailure, Store, StoreLayer, StoreLimits, engine::Position, json,
};
use statevec_tests::{beside, inventory, scenario::Seen};

use crate::{fault::Made, faulty::Faulty};

const BANK: StaticPlugin = static_plugin!(Bank, slots = 64);

/// A plugin, its configuration and its commands.
pub(crate) struct Script {
    pub(crate) plugin: LoadedPlugin,
    config: &'static str,
    pub(crate) commands: Vec<Command>,
    written_with: WrittenWith,
}

/// The result of a command without a fault.
#[derive(Debug)]
pub(crate) struct Recorded {
    pub(crate) seen: Seen,
    /// The host calls that it makes.
    pub(crate) calls: Vec<Made>,
}

/// The SDK of a plugin. It decides how the plugin reports a failed host call.
#[derive(Clone, Copy, PartialEq, Eq)]
enum WrittenWith {
    /// The core SDK: passed on with the host's own kind and text.
    Sdk,
    /// Our boxed traits: a rejection by the plugin that quotes the host's report.
    Boxed,
    /// The published crates: the same. They do not detect a host that contradicts itself. They
    /// panic when an event is refused, and do not catch it, so that the process ends.
    Published,
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
        Self::example(library("statevec-bank-so"), "bank", WrittenWith::Sdk)
    }

    /// The same, linked in.
    pub(crate) fn bank_linked() -> Self {
        Self::example(LoadedPlugin::from_static(&BANK).unwrap(), "bank", WrittenWith::Sdk)
    }

    /// The boxed example's library, with its commands.
    pub(crate) fn boxed_library() -> Self {
        Self::example(library("statevec-boxed-so"), "boxed", WrittenWith::Boxed)
    }

    /// The inventory, which reads and deletes, too, linked in.
    pub(crate) fn inventory_linked() -> Self {
        let plugin = LoadedPlugin::from_static(&inventory::PLUGIN).unwrap();
        Self::inventory(plugin, WrittenWith::Sdk)
    }

    /// The inventory's library that was written with the published crates.
    pub(crate) fn inventory_published() -> Self {
        Self::inventory(library("statevec-published-plugin"), WrittenWith::Published)
    }

    fn example(plugin: LoadedPlugin, name: &str, written_with: WrittenWith) -> Self {
        let lines = beside::source(&format!("examples/{name}/commands.jsonl"));
        let lines = std::fs::read_to_string(lines).unwrap();
        let parse = |(ext_seq, line): (u64, &str)| {
            let mut payload = Vec::new();
            let line = json::parse_command(plugin.schema(), line.as_bytes(), &mut payload).unwrap();
            let (kind, ref_ext_time_us) = (line.kind, line.ref_ext_time_us);
            Command { kind, ext_seq, ref_ext_time_us, payload }
        };
        let commands = (1..).zip(lines.lines()).map(parse).collect();
        Self { plugin, config: "", commands, written_with }
    }

    fn inventory(plugin: LoadedPlugin, written_with: WrittenWith) -> Self {
        let number = |(ext_seq, sent): (u64, inventory::Sent)| {
            let (kind, payload) = (sent.kind, sent.payload);
            Command { kind, ext_seq, ref_ext_time_us: 1_000 * ext_seq, payload }
        };
        let commands = (1..).zip(inventory::commands()).map(number).collect();
        Self { plugin, config: "max_on_hand=100", commands, written_with }
    }

    pub(crate) fn store(&self, limits: StoreLimits) -> Store {
        Store::with_limits(Arc::clone(self.plugin.schema()), limits).unwrap()
    }

    pub(crate) fn engine<H: StoreLayer>(&self, host: H) -> Engine<H> {
        Engine::with_host(&self.plugin, self.config, host).unwrap()
    }

    /// The results of the commands without a fault, with a layer around the store and without,
    /// and the records at the end.
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

    /// Returns true if the plugin survives the failure of a host call.
    pub(crate) fn survives(&self, call: &str) -> bool {
        self.written_with != WrittenWith::Published || call != "emit_event"
    }

    /// Returns true if the plugin detects a host that contradicts itself.
    pub(crate) fn finds_out(&self) -> bool {
        self.written_with != WrittenWith::Published
    }

    /// The failure that a plugin's caller gets for a failed host call.
    pub(crate) fn told(
        &self,
        phase: RuntimeErrorPhase,
        kind: RuntimeErrorKind,
        text: &str,
    ) -> PluginFailure {
        match self.written_with {
            WrittenWith::Sdk => PluginFailure { phase, kind, message: text.into() },
            WrittenWith::Boxed | WrittenWith::Published => PluginFailure {
                phase,
                kind: PLUGIN_REJECTED,
                message: format!("phase={phase:?} kind={} message={text}", kind.0),
            },
        }
    }

    /// The failure that the caller gets for a host that contradicts itself.
    pub(crate) fn found_out(&self, phase: RuntimeErrorPhase, text: &str) -> PluginFailure {
        let kind = match self.written_with {
            WrittenWith::Sdk => ABI_CONTRACT_VIOLATION,
            WrittenWith::Boxed | WrittenWith::Published => PLUGIN_REJECTED,
        };
        PluginFailure { phase, kind, message: text.into() }
    }
}

/// A package's library beside this test.
fn library(package: &str) -> LoadedPlugin {
    // SAFETY: the packages are plugins of this workspace, which keep the contract (rule 6).
    unsafe { LoadedPlugin::open(beside::library(package).unwrap()) }.unwrap()
}

impl Command {
    pub(crate) fn run<H: StoreLayer>(&self, engine: &mut Engine<H>) -> Seen {
        let Self { kind, ext_seq, ref_ext_time_us, payload } = self;
        self.rewind(engine);
        engine.run(&RuntimeCommandRef::new(*kind, *ext_seq, *ref_ext_time_us, payload)).into()
    }

    /// Makes this the next command, although it ran before.
    pub(crate) fn rewind<H: StoreLayer>(&self, engine: &mut Engine<H>) {
        let tx_seq = engine.tx_seq();
        engine.resume_at(Position { tx_seq, ext_seq: self.ext_seq.checked_sub(1) });
    }
}
