//! The bank's deposit on redb: in memory, one transaction per command.

use std::error::Error;

use redb::{
    Database, Durability, ReadableDatabase as _, ReadableTable as _, Table, TableDefinition,
    backends::InMemoryBackend,
};

use super::{Account, Deposits, Ledger, PLATFORM};
use crate::processor::processor_time;

/// Balance, changes, time of the last change.
type Stored = (i64, u64, u64);

const ACCOUNTS: TableDefinition<'_, u64, Stored> = TableDefinition::new("account");

/// A bank in redb.
#[derive(Debug)]
pub struct RedbLedger {
    database: Database,
    now_us: u64,
}

impl RedbLedger {
    /// An empty one.
    ///
    /// # Errors
    ///
    /// redb's.
    pub fn new() -> Result<Self, Box<dyn Error>> {
        let database = Database::builder().create_with_backend(InMemoryBackend::new())?;
        Ok(Self { database, now_us: 0 })
    }

    fn transact(&mut self, accounts: impl Iterator<Item = u64>) -> Result<(), Box<dyn Error>> {
        let mut transaction = self.database.begin_write()?;
        transaction.set_durability(Durability::None)?;
        {
            let mut table = transaction.open_table(ACCOUNTS)?;
            for id in accounts {
                self.now_us += 1;
                post(&mut table, id, 1, self.now_us)?;
                post(&mut table, PLATFORM, -1, self.now_us)?;
            }
        }
        Ok(transaction.commit()?)
    }
}

fn post(
    table: &mut Table<'_, u64, Stored>,
    id: u64,
    delta: i64,
    now_us: u64,
) -> Result<(), Box<dyn Error>> {
    let (before, changes, _) = table.get(id)?.map(|found| found.value()).unwrap_or_default();
    let balance = before.checked_add(delta).ok_or("the balance would overflow")?;
    table.insert(id, (balance, changes + 1, now_us))?;
    Ok(())
}

impl Ledger for RedbLedger {
    fn name(&self) -> String {
        "redb 4.6, in memory".into()
    }

    /// In one transaction: one for each would take minutes.
    fn open(&mut self, accounts: u64) -> Result<(), Box<dyn Error>> {
        self.transact(1..=accounts)
    }

    fn run(&mut self, deposits: &Deposits) -> Result<f64, Box<dyn Error>> {
        let began = processor_time();
        for account in deposits.accounts() {
            self.transact(std::iter::once(account))?;
        }
        Ok((processor_time() - began).as_nanos() as f64 / deposits.payloads().len() as f64)
    }

    fn deposit(&mut self, account: u64) -> Result<(), Box<dyn Error>> {
        self.transact(std::iter::once(account))
    }

    fn account(&mut self, id: u64) -> Result<Account, Box<dyn Error>> {
        let table = self.database.begin_read()?.open_table(ACCOUNTS)?;
        let found = table.get(id)?.ok_or_else(|| format!("no account {id}"))?;
        let (balance, changes, _) = found.value();
        Ok(Account { balance, changes })
    }
}
