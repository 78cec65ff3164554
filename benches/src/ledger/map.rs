//! The bank's logic on a map of the standard library, with an undo log and events.

use std::{
    collections::{BTreeMap, HashMap, btree_map, hash_map},
    error::Error,
};

use super::{
    Account, Deposits, Ledger, PLATFORM,
    deposits::{account_and_amount, payload},
};
use crate::processor::processor_time;

/// An account as the bank stores it, without its number.
#[derive(Debug, Clone, Copy, Default)]
pub struct Stored {
    account: Account,
    #[expect(dead_code, reason = "it is written as the bank writes it")]
    changed_at_us: u64,
}

/// A map of accounts.
pub trait AccountMap: Default {
    /// The name for tables.
    const NAME: &'static str;

    /// Finds or adds an account. True if it was added.
    fn find_or_add(&mut self, id: u64) -> (&mut Stored, bool);

    /// Removes an account.
    fn remove(&mut self, id: u64);

    /// An account.
    fn get(&self, id: u64) -> Option<&Stored>;
}

impl AccountMap for HashMap<u64, Stored> {
    const NAME: &'static str = "`HashMap`";

    #[inline]
    fn find_or_add(&mut self, id: u64) -> (&mut Stored, bool) {
        match self.entry(id) {
            hash_map::Entry::Occupied(found) => (found.into_mut(), false),
            hash_map::Entry::Vacant(place) => (place.insert(Stored::default()), true),
        }
    }

    fn remove(&mut self, id: u64) {
        self.remove(&id);
    }

    fn get(&self, id: u64) -> Option<&Stored> {
        self.get(&id)
    }
}

impl AccountMap for BTreeMap<u64, Stored> {
    const NAME: &'static str = "`BTreeMap`";

    #[inline]
    fn find_or_add(&mut self, id: u64) -> (&mut Stored, bool) {
        match self.entry(id) {
            btree_map::Entry::Occupied(found) => (found.into_mut(), false),
            btree_map::Entry::Vacant(place) => (place.insert(Stored::default()), true),
        }
    }

    fn remove(&mut self, id: u64) {
        self.remove(&id);
    }

    fn get(&self, id: u64) -> Option<&Stored> {
        self.get(&id)
    }
}

/// A bank on a map.
#[derive(Debug, Default)]
pub struct MapLedger<M> {
    accounts: M,
    /// The account before each change; `None` if the change added it.
    undo: Vec<(u64, Option<Stored>)>,
    events: Vec<BalanceChanged>,
    now_us: u64,
}

#[derive(Debug, Clone, Copy)]
#[expect(dead_code, reason = "events are written for whoever reads them")]
struct BalanceChanged {
    account_id: u64,
    delta: i64,
    balance: i64,
    reason: u8,
}

#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("the amount is not from 1 to the limit")]
    Amount,
    #[error("the platform has no deposits")]
    Platform,
    #[error("the balance is insufficient")]
    Insufficient,
    #[error("the balance would overflow")]
    Overflow,
}

/// The bank's default limit.
const MAX_AMOUNT: i64 = 1_000_000_000_000_000_000;

impl<M: AccountMap> MapLedger<M> {
    #[inline]
    fn transact(&mut self, payload: &[u8; 16]) -> Result<(), Refused> {
        self.undo.clear();
        self.events.clear();
        self.now_us += 1;
        let booked = self.book(payload);
        if booked.is_err() {
            self.roll_back();
        }
        booked
    }

    #[inline]
    fn book(&mut self, payload: &[u8; 16]) -> Result<(), Refused> {
        let (id, amount) = account_and_amount(payload);
        let amount = i64::try_from(amount).map_err(|_| Refused::Amount)?;
        if !(1..=MAX_AMOUNT).contains(&amount) {
            return Err(Refused::Amount);
        }
        if id == PLATFORM {
            return Err(Refused::Platform);
        }
        self.post(id, amount)?;
        self.post(PLATFORM, -amount)
    }

    #[inline]
    fn post(&mut self, account_id: u64, delta: i64) -> Result<(), Refused> {
        let (stored, is_new) = self.accounts.find_or_add(account_id);
        self.undo.push((account_id, (!is_new).then_some(*stored)));
        let balance = stored.account.balance.checked_add(delta).ok_or(Refused::Overflow)?;
        if balance < 0 && account_id != PLATFORM {
            return Err(Refused::Insufficient);
        }
        let changes = stored.account.changes.wrapping_add(1);
        *stored = Stored { account: Account { balance, changes }, changed_at_us: self.now_us };
        self.events.push(BalanceChanged { account_id, delta, balance, reason: 1 });
        Ok(())
    }

    #[cold]
    fn roll_back(&mut self) {
        while let Some((id, before)) = self.undo.pop() {
            match before {
                Some(before) => *self.accounts.find_or_add(id).0 = before,
                None => self.accounts.remove(id),
            }
        }
        self.events.clear();
    }
}

impl<M: AccountMap> Ledger for MapLedger<M> {
    fn name(&self) -> String {
        M::NAME.into()
    }

    fn run(&mut self, deposits: &Deposits) -> Result<f64, Box<dyn Error>> {
        let mut events = 0;
        let began = processor_time();
        for payload in deposits.payloads() {
            self.transact(payload)?;
            events += self.events.len();
        }
        let count = deposits.payloads().len();
        let nanos = (processor_time() - began).as_nanos() as f64 / count as f64;
        if events == 2 * count { Ok(nanos) } else { Err(format!("{events} events").into()) }
    }

    fn deposit(&mut self, account: u64) -> Result<(), Box<dyn Error>> {
        Ok(self.transact(&payload(account))?)
    }

    fn account(&mut self, id: u64) -> Result<Account, Box<dyn Error>> {
        let stored = self.accounts.get(id).ok_or_else(|| format!("no account {id}"))?;
        Ok(stored.account)
    }
}
