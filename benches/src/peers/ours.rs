//! Plugins on our host: the SDK of core on both sides, with every check.

use std::{error::Error, marker::PhantomData, pin::Pin, rc::Rc};

use statevec_abi::{
    abi::{RuntimeErrorBuf, RuntimePluginApiV1},
    boundary::RuntimeCommandRef,
    host::{HostGate, PluginApi, PluginRuntime},
    plugin::StaticPlugin,
    static_plugin,
};

use crate::{Failure, FlatStore, Peer, library};

type Gate = Rc<HostGate<FlatStore>>;

/// A plugin on our host.
pub struct Ours<S: PluginSource> {
    // Declared first, so that the instance is dropped before the library that it calls.
    runtime: PluginRuntime<FlatStore, Gate>,
    store: FlatStore,
    entry: S::Entry,
    api: PluginApi,
    /// The gate of instances that are created and destroyed, and the buffer for their errors.
    spare: (Pin<Gate>, RuntimeErrorBuf),
    source: PhantomData<S>,
}

/// The source of a plugin's table.
pub trait PluginSource {
    /// The peer's name.
    const NAME: &'static str;
    /// The entry function that returns the plugin's table.
    type Entry;

    /// Finds the entry function.
    ///
    /// # Errors
    ///
    /// There is no such library.
    fn find() -> Result<Self::Entry, Box<dyn Error>>;

    /// Calls the entry function for the table.
    fn table(entry: &Self::Entry) -> RuntimePluginApiV1;

    /// How the plugin gives a host's error back.
    fn host_error_passed_on(kind: u16, text: String) -> (u16, String) {
        as_it_is(kind, text)
    }
}

/// With its own kind and text.
fn as_it_is(kind: u16, text: String) -> (u16, String) {
    (kind, text)
}

/// As a rejection whose text is the whole of the host's report, as the published adapters do
/// (ABI.md section 3).
pub(super) fn as_report(kind: u16, text: String) -> (u16, String) {
    (2001, format!("phase=RunTx kind={kind} message={text}"))
}

macro_rules! library {
    ($(#[$doc:meta])* $source:ident, $name:literal, $library:literal, $passed_on:expr) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $source {}

        impl PluginSource for $source {
            const NAME: &'static str = $name;
            type Entry = statevec_abi::abi::RuntimePluginEntryV1;

            fn find() -> Result<Self::Entry, Box<dyn Error>> {
                library::entry($library)
            }

            fn table(entry: &Self::Entry) -> RuntimePluginApiV1 {
                // SAFETY: the entry function of a mapped library of ours (rules 1 and 6).
                unsafe { entry() }
            }

            fn host_error_passed_on(kind: u16, text: String) -> (u16, String) {
                $passed_on(kind, text)
            }
        }
    };
}

library!(
    /// The plugin of the core SDK in a shared library: the main case.
    CoreLibrary, "core SDK, .so", "statevec_bench_core_so", as_it_is
);
library!(
    /// The boxed plugin in a shared library.
    BoxedLibrary, "boxed plugin, .so", "statevec_bench_boxed_so", as_report
);
library!(
    /// The hand-written plugin: what our host's side of the boundary costs.
    UncheckedLibrary, "hand-written plugin on our host", "statevec_bench_unchecked", as_it_is
);

/// The plugin of the core SDK, linked in.
#[derive(Debug)]
pub enum CoreStatic {}

static LINKED_IN: StaticPlugin = static_plugin!(statevec_bench_core::Bench, slots = 2);

impl PluginSource for CoreStatic {
    const NAME: &'static str = "core SDK, static";
    type Entry = &'static StaticPlugin;

    fn find() -> Result<Self::Entry, Box<dyn Error>> {
        Ok(&LINKED_IN)
    }

    fn table(entry: &Self::Entry) -> RuntimePluginApiV1 {
        *entry.api()
    }
}

impl<S: PluginSource> Peer for Ours<S> {
    const NAME: &'static str = S::NAME;

    fn load() -> Result<Self, Box<dyn Error>> {
        let entry = S::find()?;
        // SAFETY: the table of a plugin of this workspace, whose code stays mapped (rules 1 and 6).
        let api = unsafe { PluginApi::check(&S::table(&entry)) }?;
        let mut error = RuntimeErrorBuf::cleared();
        let gate = Rc::pin(HostGate::new());
        let runtime = PluginRuntime::create(api, "", gate, &mut error)
            .map_err(|failure| failure.to_string())?;
        let spare = (Rc::pin(HostGate::new()), error);
        Ok(Self { runtime, store: FlatStore::new(), entry, api, spare, source: PhantomData })
    }

    #[inline]
    fn run(&mut self, command: &RuntimeCommandRef<'_>) -> Result<(), Failure<'_>> {
        self.runtime
            .run_tx(&mut self.store, command)
            .map_err(|failure| Failure { kind: failure.kind.0, text: failure.message.as_bytes() })
    }

    fn create_and_destroy(&mut self) -> bool {
        let (gate, error) = &mut self.spare;
        match PluginRuntime::create(self.api, "", Pin::clone(gate), error) {
            Ok(mut runtime) => runtime.unload().is_ok(),
            Err(_) => false,
        }
    }

    fn entry_and_schema(&mut self) -> Option<usize> {
        // SAFETY: the table of a plugin of this workspace, whose code stays mapped (rules 1 and 6).
        let api = unsafe { PluginApi::check(&S::table(&self.entry)) }.ok()?;
        Some(api.schema_bytes().ok()?.len())
    }

    fn store(&self) -> &FlatStore {
        &self.store
    }

    fn host_error_passed_on(kind: u16, text: String) -> (u16, String) {
        S::host_error_passed_on(kind, text)
    }
}
