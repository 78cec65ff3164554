//! redb with its default durability: every commit syncs.

use std::{error::Error, path::Path};

use redb::{Database, ReadableDatabase as _, ReadableTable as _, TableDefinition};

use crate::peer::{Account, Deposit, Kept, Ledger};

const ACCOUNTS: TableDefinition<'_, u64, [u8; Account::LEN]> = TableDefinition::new("account");
const ENTRIES: TableDefinition<'_, u64, [u8; Deposit::ENTRY_LEN]> = TableDefinition::new("entry");

pub(crate) struct Redb {
    database: Database,
    kept: Kept,
}

/// Opens a database in the folder.
pub(crate) fn open(folder: &Path, kept: Kept) -> Result<Box<dyn Ledger>, Box<dyn Error>> {
    Ok(Box::new(Redb { database: Database::create(folder.join("ledger.redb"))?, kept }))
}

impl Ledger for Redb {
    fn name(&self) -> String {
        format!("redb 4.6, durable commits{}", self.kept.suffix())
    }

    fn run_batch(&mut self, deposits: &[Deposit]) -> Result<(), Box<dyn Error>> {
        let transaction = self.database.begin_write()?;
        {
            let mut accounts = transaction.open_table(ACCOUNTS)?;
            let mut entries = transaction.open_table(ENTRIES)?;
            for deposit in deposits {
                let mut balances = [0; 2];
                for (balance, (id, amount)) in balances.iter_mut().zip(deposit.postings()) {
                    let found = accounts.get(id)?.map(|stored| stored.value());
                    let account = match found {
                        Some(bytes) => Account::from_bytes(&bytes)?,
                        None => Account::default(),
                    };
                    let posted = account.posted(amount, deposit.now_us)?;
                    accounts.insert(id, posted.to_bytes())?;
                    *balance = posted.balance;
                }
                if self.kept == Kept::Entries {
                    entries.insert(deposit.ext_seq, deposit.entry(balances))?;
                }
            }
        }
        Ok(transaction.commit()?)
    }

    fn account(&mut self, account: u64) -> Result<Account, Box<dyn Error>> {
        let accounts = self.database.begin_read()?.open_table(ACCOUNTS)?;
        let stored = accounts.get(account)?.ok_or("no such account")?;
        Account::from_bytes(&stored.value())
    }
}
