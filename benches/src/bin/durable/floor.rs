//! The least that any ledger must do: one write and one sync for each batch, and nothing else.

use std::{error::Error, fs::File, os::unix::fs::FileExt as _, path::Path};

use crate::peer::{Account, Deposit, Kept, Ledger};

/// A journal of commands in a file that was filled with zeros before, with the accounts in an
/// array.
pub(crate) struct Floor {
    file: File,
    offset: u64,
    accounts: Vec<Account>,
    journal: Vec<u8>,
}

const LEN: usize = 256 << 20;
const SECTOR: usize = 512;

/// Creates the file in the folder.
pub(crate) fn open(folder: &Path, _kept: Kept) -> Result<Box<dyn Ledger>, Box<dyn Error>> {
    let file = File::create_new(folder.join("ledger.journal"))?;
    let zeros = vec![0; 1 << 20];
    for offset in (0..LEN).step_by(zeros.len()) {
        file.write_all_at(&zeros, offset as u64)?;
    }
    file.sync_all()?;
    Ok(Box::new(Floor { file, offset: 0, accounts: Vec::new(), journal: Vec::new() }))
}

impl Ledger for Floor {
    fn name(&self) -> String {
        "a journal of commands, nothing else".into()
    }

    fn run_batch(&mut self, deposits: &[Deposit]) -> Result<(), Box<dyn Error>> {
        let Self { file, offset, accounts, journal } = self;
        journal.clear();
        for deposit in deposits {
            for (id, amount) in deposit.postings() {
                let id = usize::try_from(id)?;
                if id >= accounts.len() {
                    accounts.resize(id + 1, Account::default());
                }
                let account = accounts.get_mut(id).ok_or("no such account")?;
                *account = account.posted(amount, deposit.now_us)?;
            }
            for word in [deposit.ext_seq, deposit.now_us, deposit.account] {
                journal.extend_from_slice(&word.to_le_bytes());
            }
        }
        journal.resize(journal.len().next_multiple_of(SECTOR), 0);
        if *offset + journal.len() as u64 > LEN as u64 {
            return Err("the journal is full".into());
        }
        file.write_all_at(journal, *offset)?;
        *offset += journal.len() as u64;
        Ok(file.sync_data()?)
    }

    fn account(&mut self, account: u64) -> Result<Account, Box<dyn Error>> {
        Ok(*self.accounts.get(usize::try_from(account)?).ok_or("no such account")?)
    }
}
