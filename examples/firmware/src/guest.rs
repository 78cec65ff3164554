//! A plugin instance with the records that it works on.

use core::pin::Pin;

use statevec_abi::{
    abi::RuntimeErrorBuf,
    fixed_store::{FixedStore, Transaction},
    host::{CallFailure, HostGate, PluginApi, PluginRuntime},
    prelude::*,
};

type Gate<'g, 'm> = Pin<&'g mut HostGate<FixedStore<'m>>>;

/// A plugin instance and its store. All guests of an image have the same code, whatever their
/// plugins and however large their stores.
pub struct Guest<'g, 'm> {
    /// The instance.
    pub runtime: PluginRuntime<FixedStore<'m>, &'g mut HostGate<FixedStore<'m>>>,
    /// Its records.
    pub store: FixedStore<'m>,
    tx_seq: u64,
}

impl<'g, 'm> Guest<'g, 'm> {
    /// Creates an instance; `None` when the plugin or its table cannot be used, for a reason that
    /// is in `error`, if it is the plugin's.
    pub fn new(
        plugin: &StaticPlugin,
        gate: Gate<'g, 'm>,
        store: FixedStore<'m>,
        error: &mut RuntimeErrorBuf,
    ) -> Option<Self> {
        let api = PluginApi::of_static(plugin).ok()?;
        let runtime = PluginRuntime::create(api, "", gate, error).ok()?;
        Some(Self { runtime, store, tx_seq: 0 })
    }

    /// Runs one command, and returns the number of its transaction.
    ///
    /// # Errors
    ///
    /// The reason that it changed nothing.
    pub fn run(&mut self, command: &RuntimeCommandRef<'_>) -> Result<u64, CallFailure<'_>> {
        let mut transaction = self.store.begin();
        self.runtime.run_tx(transaction.host(), command)?;
        transaction.commit();
        self.tx_seq += 1;
        Ok(self.tx_seq)
    }

    /// Runs one command, and shows its result to `record` before it takes effect: the number that
    /// the transaction will have and the transaction, or the reason that nothing changed.
    ///
    /// # Errors
    ///
    /// The error of `record`. The command has changed nothing.
    pub fn run_recorded<E>(
        &mut self,
        command: &RuntimeCommandRef<'_>,
        record: impl FnOnce(Result<(u64, &Transaction<'_, 'm>), CallFailure<'_>>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut transaction = self.store.begin();
        match self.runtime.run_tx(transaction.host(), command) {
            Ok(()) => {
                let tx_seq = self.tx_seq + 1;
                record(Ok((tx_seq, &transaction)))?;
                transaction.commit();
                self.tx_seq = tx_seq;
                Ok(())
            }
            Err(failure) => {
                drop(transaction);
                record(Err(failure))
            }
        }
    }
}
