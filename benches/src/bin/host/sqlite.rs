//! The bank's deposit on SQLite: in memory, prepared statements, one transaction per command.

use std::{error::Error, time::Instant};

use rusqlite::{Connection, OptionalExtension as _, Statement, params};
use statevec_abi::typed::Record as _;
use statevec_bank::Account;
use statevec_host::Engine;

use crate::bank::{self, Deposits};

const ACCOUNTS: u64 = 1000;
const COMMANDS: usize = 100_000;
const RUNS: usize = 5;

/// One paragraph: how many deposits each makes in a second.
pub(crate) fn compare() -> Result<String, Box<dyn Error>> {
    let opening = Deposits::to_each(ACCOUNTS)?;
    let deposits = Deposits::scattered(ACCOUNTS, COMMANDS)?;
    let connection = database()?;
    let mut ledger = Ledger::new(&connection)?;
    let mut engine = bank::engine()?;
    ledger.run(&opening)?;
    opening.run(&mut engine)?;
    let (mut ours, mut theirs) = (f64::MAX, f64::MAX);
    for _ in 0..RUNS {
        ours = ours.min(deposits.run(&mut engine)?);
        theirs = theirs.min(ledger.run(&deposits)?);
    }
    compare_state(&engine, &connection)?;
    let (ours_per_second, theirs_per_second) = (1e9 / ours, 1e9 / theirs);
    Ok(format!(
        "### Deposits per second, one core\n\n\
         | | ns per deposit | deposits per second |\n|---|--:|--:|\n\
         | engine, store and the bank's `.so` | {ours:.0} | {ours_per_second:.0} |\n\
         | SQLite {} in memory, through rusqlite | {theirs:.0} | {theirs_per_second:.0} |\n\n\
         {:.0} times as many. The same {COMMANDS} deposits to {ACCOUNTS} accounts, {RUNS} times in turn; afterwards both hold the same \
         balances. A deposit changes two accounts (the customer's and the platform's) and makes two events. SQLite runs prepared statements, one \
         transaction per command, without a journal file or syncing; it keeps no events.\n\n",
        rusqlite::version(),
        theirs / ours,
    ))
}

fn database() -> Result<Connection, Box<dyn Error>> {
    let connection = Connection::open_in_memory()?;
    connection.execute_batch(
        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY;
         CREATE TABLE account (account_id INTEGER PRIMARY KEY, balance INTEGER NOT NULL, changes INTEGER NOT NULL, changed_at_us INTEGER NOT NULL) STRICT;",
    )?;
    Ok(connection)
}

/// The prepared statements.
struct Ledger<'c> {
    begin: Statement<'c>,
    post: Statement<'c>,
    open: Statement<'c>,
    commit: Statement<'c>,
    rollback: Statement<'c>,
}

impl<'c> Ledger<'c> {
    fn new(connection: &'c Connection) -> Result<Self, rusqlite::Error> {
        Ok(Self {
            begin: connection.prepare("BEGIN IMMEDIATE")?,
            post: connection.prepare(
                "UPDATE account SET balance = balance + ?2, changes = changes + 1, changed_at_us = ?3 WHERE account_id = ?1 RETURNING balance",
            )?,
            open: connection.prepare("INSERT INTO account VALUES (?1, ?2, 1, ?3)")?,
            commit: connection.prepare("COMMIT")?,
            rollback: connection.prepare("ROLLBACK")?,
        })
    }

    /// Runs deposits of 1, and returns how many nanoseconds each took.
    fn run(&mut self, deposits: &Deposits) -> Result<f64, Box<dyn Error>> {
        let accounts: Vec<u64> = deposits.accounts().collect();
        let began = Instant::now();
        for (now_us, account_id) in (1..).zip(accounts) {
            self.deposit(account_id.cast_signed(), 1, now_us)?;
        }
        Ok(began.elapsed().as_nanos() as f64 / deposits.len() as f64)
    }

    /// As the bank does it: both postings, or none.
    fn deposit(
        &mut self,
        account_id: i64,
        amount: i64,
        now_us: i64,
    ) -> Result<(), rusqlite::Error> {
        self.begin.execute([])?;
        let customer = self.post_or_open(account_id, amount, now_us);
        let both = customer.and_then(|_| self.post_or_open(0, -amount, now_us));
        let end = if both.is_ok() { &mut self.commit } else { &mut self.rollback };
        end.execute([])?;
        both.map(|_| ())
    }

    /// Returns the new balance. One that left the range of integers does not come back as one, and
    /// so is an error.
    fn post_or_open(
        &mut self,
        account_id: i64,
        delta: i64,
        now_us: i64,
    ) -> Result<i64, rusqlite::Error> {
        let posted =
            self.post.query_row(params![account_id, delta, now_us], |row| row.get(0)).optional()?;
        if let Some(balance) = posted {
            return Ok(balance);
        }
        self.open.execute(params![account_id, delta, now_us])?;
        Ok(delta)
    }
}

fn compare_state(engine: &Engine, connection: &Connection) -> Result<(), Box<dyn Error>> {
    let mut find =
        connection.prepare("SELECT balance, changes FROM account WHERE account_id = ?1")?;
    let mut accounts = 0;
    for record in engine.store().records(Account::KIND) {
        let account = Account::decode(record.data)?;
        let id = account.account_id.cast_signed();
        let theirs: (i64, i64) = find.query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if theirs != (account.balance, account.changes.cast_signed()) {
            return Err(format!("account {id} is {account:?} here and {theirs:?} there").into());
        }
        accounts += 1;
    }
    if accounts == ACCOUNTS + 1 { Ok(()) } else { Err(format!("{accounts} accounts").into()) }
}
