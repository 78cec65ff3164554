//! fjall with one transaction per batch, synced when it commits.

use std::{error::Error, path::Path};

use fjall::{
    KeyspaceCreateOptions, PersistMode, Readable as _, SingleWriterTxDatabase,
    SingleWriterTxKeyspace,
};

use crate::peer::{Account, Deposit, Kept, Ledger};

pub(crate) struct Fjall {
    database: SingleWriterTxDatabase,
    accounts: SingleWriterTxKeyspace,
    entries: SingleWriterTxKeyspace,
    kept: Kept,
}

/// Opens a database in the folder.
pub(crate) fn open(folder: &Path, kept: Kept) -> Result<Box<dyn Ledger>, Box<dyn Error>> {
    let database = SingleWriterTxDatabase::builder(folder.join("ledger.fjall")).open()?;
    let accounts = database.keyspace("account", KeyspaceCreateOptions::default)?;
    let entries = database.keyspace("entry", KeyspaceCreateOptions::default)?;
    Ok(Box::new(Fjall { database, accounts, entries, kept }))
}

impl Ledger for Fjall {
    fn name(&self) -> String {
        format!("fjall 3.1, PersistMode::SyncData{}", self.kept.suffix())
    }

    fn run_batch(&mut self, deposits: &[Deposit]) -> Result<(), Box<dyn Error>> {
        let mut transaction = self.database.write_tx().durability(Some(PersistMode::SyncData));
        for deposit in deposits {
            let mut balances = [0; 2];
            for (balance, (id, amount)) in balances.iter_mut().zip(deposit.postings()) {
                let key = id.to_be_bytes();
                let account = match transaction.get(&self.accounts, key)? {
                    Some(bytes) => Account::from_bytes(&bytes)?,
                    None => Account::default(),
                };
                let posted = account.posted(amount, deposit.now_us)?;
                transaction.insert(&self.accounts, key, posted.to_bytes());
                *balance = posted.balance;
            }
            if self.kept == Kept::Entries {
                let key = deposit.ext_seq.to_be_bytes();
                transaction.insert(&self.entries, key, deposit.entry(balances));
            }
        }
        Ok(transaction.commit()?)
    }

    fn account(&mut self, account: u64) -> Result<Account, Box<dyn Error>> {
        let stored = self.accounts.get(account.to_be_bytes())?.ok_or("no such account")?;
        Account::from_bytes(&stored)
    }
}
