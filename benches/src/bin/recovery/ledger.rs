//! A directory with deposits of the bank.

use std::{error::Error, path::Path, sync::Arc, time::Duration};

use statevec_abi::{boundary::RuntimeCommandRef, typed::Payload as _};
use statevec_bank::Deposit;
use statevec_benches::{library, processor::processor_time};
use statevec_host::{
    LoadedPlugin,
    durable::{CheckpointOptions, DataDirectory, DurableEngine, DurableOptions, recover},
    storage::FileSystem,
    store::StoreLimits,
};

pub(crate) struct Ledger {
    plugin: LoadedPlugin,
    directory: DataDirectory,
}

impl Ledger {
    pub(crate) fn new(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let path = library::path("statevec_bank_so")?;
        // SAFETY: the library is the bank of this workspace, which keeps the contract (rule 6).
        let plugin = unsafe { LoadedPlugin::open(path) }?;
        let directory = DataDirectory::new(Arc::new(FileSystem), folder);
        Ok(Self { plugin, directory })
    }

    pub(crate) fn open(&self) -> Result<DurableEngine, Box<dyn Error>> {
        // Checkpoints are made where they are measured, and nowhere else.
        let checkpoint = CheckpointOptions { every: None, ..CheckpointOptions::default() };
        let options = DurableOptions { checkpoint, ..DurableOptions::default() };
        Ok(DurableEngine::open(&self.directory, &self.plugin, options)?)
    }

    /// Deposits of 1, to one account after another.
    pub(crate) fn deposit(&self, count: u64, accounts: u64) -> Result<(), Box<dyn Error>> {
        let mut engine = self.open()?;
        for number in 0..count {
            submit(&mut engine, number % accounts + 1)?;
        }
        engine.close()?;
        Ok(())
    }

    pub(crate) fn checkpoint(&self) -> Result<(), Box<dyn Error>> {
        let mut engine = self.open()?;
        engine.checkpoint()?.ok_or("there was a checkpoint already")?;
        engine.close()?;
        Ok(())
    }

    /// Recovers the state of `entries` entries, of which `applied` are applied one by one.
    pub(crate) fn recover(&self, entries: u64, applied: u64) -> Result<Duration, Box<dyn Error>> {
        let began = processor_time();
        let recovered =
            recover(&self.directory, Some(self.plugin.schema()), StoreLimits::default())?;
        let took = processor_time() - began;
        if (recovered.position().entry, recovered.applied) != (entries, applied) {
            return Err(format!("{} entries were applied", recovered.applied).into());
        }
        Ok(took)
    }
}

pub(crate) fn submit(engine: &mut DurableEngine, account_id: u64) -> Result<(), Box<dyn Error>> {
    let mut payload = [0; 16];
    Deposit { account_id, amount: 1 }.encode(&mut payload)?;
    let ext_seq = engine.position().entry + 1;
    engine.submit(&RuntimeCommandRef::new(Deposit::KIND, ext_seq, 0, &payload))?;
    Ok(())
}
