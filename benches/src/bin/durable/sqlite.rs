//! SQLite with a write-ahead log that every commit syncs.

use std::{error::Error, path::Path};

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::peer::{Account, Deposit, Kept, Ledger};

const POST: &str = "UPDATE account SET balance = balance + ?2, changes = changes + 1, changed_at_us = ?3 \
                    WHERE account_id = ?1 RETURNING balance";
const OPEN: &str = "INSERT INTO account VALUES (?1, ?2, 1, ?3)";
const KEEP: &str = "INSERT INTO entry VALUES (?1, ?2)";

pub(crate) struct Sqlite {
    connection: Connection,
    kept: Kept,
}

/// Opens a database in the folder.
pub(crate) fn open(folder: &Path, kept: Kept) -> Result<Box<dyn Ledger>, Box<dyn Error>> {
    let connection = Connection::open(folder.join("ledger.sqlite"))?;
    connection.execute_batch(
        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE account (account_id INTEGER PRIMARY KEY, balance INTEGER NOT NULL,
             changes INTEGER NOT NULL, changed_at_us INTEGER NOT NULL) STRICT;
         CREATE TABLE entry (ext_seq INTEGER PRIMARY KEY, entry BLOB NOT NULL) STRICT;",
    )?;
    Ok(Box::new(Sqlite { connection, kept }))
}

impl Ledger for Sqlite {
    fn name(&self) -> String {
        format!("SQLite {}, WAL, synchronous=FULL{}", rusqlite::version(), self.kept.suffix())
    }

    fn run_batch(&mut self, deposits: &[Deposit]) -> Result<(), Box<dyn Error>> {
        let transaction = self.connection.transaction()?;
        {
            let mut post = transaction.prepare_cached(POST)?;
            let mut open = transaction.prepare_cached(OPEN)?;
            let mut keep = transaction.prepare_cached(KEEP)?;
            for deposit in deposits {
                let now_us = deposit.now_us.cast_signed();
                let mut balances = [0; 2];
                for (balance, (account, amount)) in balances.iter_mut().zip(deposit.postings()) {
                    let account = account.cast_signed();
                    let posted: Option<i64> = post
                        .query_row(params![account, amount, now_us], |row| row.get(0))
                        .optional()?;
                    if posted.is_none() {
                        open.execute(params![account, amount, now_us])?;
                    }
                    *balance = posted.unwrap_or(amount);
                }
                if self.kept == Kept::Entries {
                    let ext_seq = deposit.ext_seq.cast_signed();
                    keep.execute(params![ext_seq, deposit.entry(balances)])?;
                }
            }
        }
        Ok(transaction.commit()?)
    }

    fn account(&mut self, account: u64) -> Result<Account, Box<dyn Error>> {
        let mut find = self.connection.prepare_cached(
            "SELECT balance, changes, changed_at_us FROM account WHERE account_id = ?1",
        )?;
        let account = find.query_row([account.cast_signed()], |row| {
            let (changes, changed_at_us): (i64, i64) = (row.get(1)?, row.get(2)?);
            let (changes, changed_at_us) = (changes.cast_unsigned(), changed_at_us.cast_unsigned());
            Ok(Account { balance: row.get(0)?, changes, changed_at_us })
        })?;
        Ok(account)
    }
}
