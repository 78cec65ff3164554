//! fjall with one transaction per batch, synced when it commits.

use std::{error::Error, path::Path};

use fjall::{
    KeyspaceCreateOptions, PersistMode, Readable as _, SingleWriterTxDatabase,
    SingleWriterTxKeyspace,
};

use crate::peer::{Account, Deposit, Ledger};

pub(crate) struct Fjall {
    database: SingleWriterTxDatabase,
    accounts: SingleWriterTxKeyspace,
}

/// Opens a database in the folder.
pub(crate) fn open(folder: &Path) -> Result<Box<dyn Ledger>, Box<dyn Error>> {
    let database = SingleWriterTxDatabase::builder(folder.join("ledger.fjall")).open()?;
    let accounts = database.keyspace("account", KeyspaceCreateOptions::default)?;
    Ok(Box::new(Fjall { database, accounts }))
}

impl Ledger for Fjall {
    fn name(&self) -> String {
        "fjall 3.1, PersistMode::SyncData".into()
    }

    fn run_batch(&mut self, deposits: &[Deposit]) -> Result<(), Box<dyn Error>> {
        let mut transaction = self.database.write_tx().durability(Some(PersistMode::SyncData));
        for deposit in deposits {
            for (id, amount) in [(deposit.account, 1), (0, -1)] {
                let key = id.to_be_bytes();
                let account = match transaction.get(&self.accounts, key)? {
                    Some(bytes) => Account::from_bytes(&bytes)?,
                    None => Account::default(),
                };
                let posted = account.posted(amount, deposit.now_us)?;
                transaction.insert(&self.accounts, key, posted.to_bytes());
            }
        }
        Ok(transaction.commit()?)
    }

    fn account(&mut self, account: u64) -> Result<Account, Box<dyn Error>> {
        let stored = self.accounts.get(account.to_be_bytes())?.ok_or("no such account")?;
        Account::from_bytes(&stored)
    }
}
