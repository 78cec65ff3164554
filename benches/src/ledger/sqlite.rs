//! The bank's deposit on SQLite: in memory, prepared statements, one transaction per command.

use std::error::Error;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::{Account, Deposits, Ledger, PLATFORM};
use crate::processor::processor_time;

const POST: &str = "UPDATE account SET balance = balance + ?2, changes = changes + 1, changed_at_us = ?3 \
                    WHERE account_id = ?1 RETURNING balance";
const OPEN: &str = "INSERT INTO account VALUES (?1, ?2, 1, ?3)";

/// A bank in SQLite.
#[derive(Debug)]
pub struct SqliteLedger {
    connection: Connection,
    now_us: i64,
}

impl SqliteLedger {
    /// An empty one.
    ///
    /// # Errors
    ///
    /// SQLite's.
    pub fn new() -> Result<Self, Box<dyn Error>> {
        let connection = Connection::open_in_memory()?;
        connection.execute_batch(
            "PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY;
             CREATE TABLE account (account_id INTEGER PRIMARY KEY, balance INTEGER NOT NULL, \
             changes INTEGER NOT NULL, changed_at_us INTEGER NOT NULL) STRICT;",
        )?;
        Ok(Self { connection, now_us: 0 })
    }

    /// As the bank does it: both postings, or none.
    fn transact(&mut self, account: u64) -> Result<(), rusqlite::Error> {
        self.connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let both = self.post_both(account);
        let end = if both.is_ok() { "COMMIT" } else { "ROLLBACK" };
        self.connection.prepare_cached(end)?.execute([])?;
        both
    }

    fn post_both(&mut self, account: u64) -> Result<(), rusqlite::Error> {
        self.now_us += 1;
        self.post_or_open(account, 1)?;
        self.post_or_open(PLATFORM, -1)
    }

    /// The new balance is read. One that left the range of integers is an error.
    fn post_or_open(&mut self, account: u64, delta: i64) -> Result<(), rusqlite::Error> {
        let (id, now_us) = (account.cast_signed(), self.now_us);
        let mut post = self.connection.prepare_cached(POST)?;
        let posted: Option<i64> =
            post.query_row(params![id, delta, now_us], |row| row.get(0)).optional()?;
        if posted.is_none() {
            self.connection.prepare_cached(OPEN)?.execute(params![id, delta, now_us])?;
        }
        Ok(())
    }
}

impl Ledger for SqliteLedger {
    fn name(&self) -> String {
        format!("SQLite {}, in memory", rusqlite::version())
    }

    /// In one transaction.
    fn open(&mut self, accounts: u64) -> Result<(), Box<dyn Error>> {
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        for account in 1..=accounts {
            self.post_both(account)?;
        }
        Ok(self.connection.execute_batch("COMMIT")?)
    }

    fn run(&mut self, deposits: &Deposits) -> Result<f64, Box<dyn Error>> {
        let began = processor_time();
        for account in deposits.accounts() {
            self.transact(account)?;
        }
        Ok((processor_time() - began).as_nanos() as f64 / deposits.payloads().len() as f64)
    }

    fn deposit(&mut self, account: u64) -> Result<(), Box<dyn Error>> {
        Ok(self.transact(account)?)
    }

    fn account(&mut self, id: u64) -> Result<Account, Box<dyn Error>> {
        let mut find = self
            .connection
            .prepare_cached("SELECT balance, changes FROM account WHERE account_id = ?1")?;
        let (balance, changes): (i64, i64) =
            find.query_row([id.cast_signed()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Account { balance, changes: changes.cast_unsigned() })
    }
}
