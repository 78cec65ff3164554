//! The engine with its transaction log, running the bank plugin from its shared library.

use std::{error::Error, path::Path, sync::Arc};

use statevec_abi::{
    boundary::RuntimeCommandRef,
    typed::{Payload as _, Record as _},
};
use statevec_bank as bank;
use statevec_benches::library;
use statevec_host::{
    LoadedPlugin,
    durable::{DataDirectory, DurableEngine, DurableOptions, OnFailure, Submitted},
    storage::FileSystem,
};

use crate::peer::{Account, Deposit, Kept, Ledger};

pub(crate) struct Ours {
    engine: DurableEngine,
    /// True if batches run while those before them are written.
    is_ahead: bool,
}

/// Batches that are written at the same time.
const IN_FLIGHT: usize = 8;

/// Opens a data directory in the folder. Its log keeps all entries in any case.
///
/// Each batch waits for its sync.
pub(crate) fn open(folder: &Path, _kept: Kept) -> Result<Box<dyn Ledger>, Box<dyn Error>> {
    open_with(folder, false)
}

/// The same, but the next batch runs while those before it are written. It waits only for the
/// oldest.
pub(crate) fn open_ahead(folder: &Path, _kept: Kept) -> Result<Box<dyn Ledger>, Box<dyn Error>> {
    open_with(folder, true)
}

fn open_with(folder: &Path, is_ahead: bool) -> Result<Box<dyn Ledger>, Box<dyn Error>> {
    let path = library::path("statevec_bank_so")?;
    // SAFETY: the library is the bank of this workspace, which keeps the contract (rule 6).
    let plugin = unsafe { LoadedPlugin::open(path) }?;
    let directory = DataDirectory::new(Arc::new(FileSystem), folder.join("data"));
    let options = DurableOptions {
        in_background: is_ahead,
        frames_in_flight: if is_ahead { IN_FLIGHT } else { 1 },
        on_failure: OnFailure::Stop,
        ..DurableOptions::default()
    };
    let engine = DurableEngine::open(&directory, &plugin, options)?;
    Ok(Box::new(Ours { engine, is_ahead }))
}

impl Ledger for Ours {
    fn name(&self) -> String {
        if self.is_ahead {
            format!("StateVec, {IN_FLIGHT} batches in flight")
        } else {
            "StateVec, durable engine".into()
        }
    }

    fn run_batch(&mut self, deposits: &[Deposit]) -> Result<(), Box<dyn Error>> {
        let mut payload = [0; 16];
        for deposit in deposits {
            let command = bank::Deposit { account_id: deposit.account, amount: 1 };
            command.encode(&mut payload)?;
            let kind = bank::Deposit::KIND;
            let command = RuntimeCommandRef::new(kind, deposit.ext_seq, deposit.now_us, &payload);
            let Submitted::Ran(_) = self.engine.submit(&command)? else {
                return Err("a deposit was a duplicate".into());
            };
        }
        if self.is_ahead {
            self.engine.start_frame()?;
        } else {
            self.engine.sync()?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Box<dyn Error>> {
        self.engine.sync()?;
        Ok(())
    }

    fn account(&mut self, account: u64) -> Result<Account, Box<dyn Error>> {
        let store = self.engine.engine().store();
        let stored = store.get_by_pk(bank::Account::KIND, bank::Account::pk(account).as_bytes());
        let stored = bank::Account::decode(stored.ok_or("no such account")?.data)?;
        let bank::Account { balance, changes, changed_at_us, .. } = stored;
        Ok(Account { balance, changes, changed_at_us })
    }
}
