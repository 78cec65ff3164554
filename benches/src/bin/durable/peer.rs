//! A durable ledger, as each peer implements it.

use std::{error::Error, path::Path};

/// An account: balance, number of changes, time of the last change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) balance: i64,
    pub(crate) changes: u64,
    pub(crate) changed_at_us: u64,
}

impl Account {
    /// Bytes of a stored account.
    pub(crate) const LEN: usize = 24;

    /// The account after a posting; an error when the balance leaves the range of `i64`.
    pub(crate) fn posted(self, amount: i64, now_us: u64) -> Result<Self, Box<dyn Error>> {
        let balance = self.balance.checked_add(amount).ok_or("the balance overflows")?;
        Ok(Self { balance, changes: self.changes + 1, changed_at_us: now_us })
    }

    /// The account as bytes, for stores of bytes.
    pub(crate) fn to_bytes(self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        bytes[..8].copy_from_slice(&self.balance.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.changes.to_le_bytes());
        bytes[16..].copy_from_slice(&self.changed_at_us.to_le_bytes());
        bytes
    }

    /// Reads [`to_bytes`](Self::to_bytes).
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, Box<dyn Error>> {
        let (words, rest) = bytes.as_chunks::<8>();
        match (words, rest) {
            (&[balance, changes, changed_at_us], []) => Ok(Self {
                balance: i64::from_le_bytes(balance),
                changes: u64::from_le_bytes(changes),
                changed_at_us: u64::from_le_bytes(changed_at_us),
            }),
            _ => Err(format!("an account of {} bytes", bytes.len()).into()),
        }
    }
}

/// One deposit of 1, which also takes 1 from the platform's account, number 0.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deposit {
    pub(crate) ext_seq: u64,
    pub(crate) account: u64,
    pub(crate) now_us: u64,
}

impl Deposit {
    /// The postings: account and amount.
    pub(crate) fn postings(self) -> [(u64, i64); 2] {
        [(self.account, 1), (0, -1)]
    }

    /// The command and its two events as bytes, for stores that keep them. `balances` are those
    /// after the postings.
    pub(crate) fn entry(self, balances: [i64; 2]) -> [u8; Self::ENTRY_LEN] {
        let mut bytes = [0; Self::ENTRY_LEN];
        let words = [self.now_us, self.account, 1].into_iter();
        let events =
            self.postings().into_iter().zip(balances).flat_map(|((id, amount), balance)| {
                [id, amount.cast_unsigned(), balance.cast_unsigned()]
            });
        for (place, word) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(words.chain(events)) {
            *place = word.to_le_bytes();
        }
        bytes
    }

    /// Bytes of [`entry`](Self::entry).
    pub(crate) const ENTRY_LEN: usize = 72;
}

/// The data that a ledger keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// The accounts alone.
    Accounts,
    /// The accounts, and each command with its events under its `ext_seq`, as a transaction log
    /// does.
    Entries,
}

impl Kept {
    /// For the name of a ledger.
    pub(crate) const fn suffix(self) -> &'static str {
        match self {
            Self::Accounts => ", accounts only",
            Self::Entries => "",
        }
    }
}

/// A ledger on stable storage.
pub(crate) trait Ledger {
    /// The name for the table.
    fn name(&self) -> String;

    /// Runs deposits, and makes them durable together with one commit: when the next call returns,
    /// or [`finish`](Self::finish), a power failure loses none.
    fn run_batch(&mut self, deposits: &[Deposit]) -> Result<(), Box<dyn Error>>;

    /// Waits until all is durable, unless each batch has waited.
    fn finish(&mut self) -> Result<(), Box<dyn Error>> {
        Ok(())
    }

    /// The stored account, to compare the peers.
    fn account(&mut self, account: u64) -> Result<Account, Box<dyn Error>>;
}

/// Opens an empty ledger in a folder.
pub(crate) type Open = fn(&Path, Kept) -> Result<Box<dyn Ledger>, Box<dyn Error>>;
