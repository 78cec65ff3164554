//! A deposit in an engine with its store, without and with its entry of the transaction log.

use std::error::Error;

use statevec_abi::{
    boundary::RuntimeCommandRef,
    plugin::StaticPlugin,
    static_plugin,
    txlog::{EncodeError, StateDigest, TransactionEntry, crc32},
    typed::Payload as _,
};
use statevec_bank::{Bank, Deposit};
use statevec_host::{Engine, LoadedPlugin};

use crate::operation::COMMANDS;

/// The name in tables and budgets.
pub const NAME: &str = "engine, bank";

static BANK: StaticPlugin = static_plugin!(Bank, slots = 1);

/// The work of one command that a measurement includes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// The deposit alone.
    Nothing,
    /// The digest of the state is kept up to date from the deposit's changes.
    Digest,
    /// The entry, digest included, is encoded into memory; a CRC is computed over all entries of a
    /// frame.
    Entry,
}

impl Recorded {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Nothing, Self::Digest, Self::Entry];

    /// The name in tables and budgets.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "deposit",
            Self::Digest => "deposit, digest kept",
            Self::Entry => "deposit, entry encoded",
        }
    }
}

/// A bank in an engine, and a log in memory.
#[derive(Debug)]
pub struct Deposits {
    engine: Engine,
    payloads: Vec<[u8; 16]>,
    ext_seq: u64,
    digest: StateDigest,
    /// The entries of one frame.
    frame: Vec<u8>,
}

impl Deposits {
    /// A bank with [`COMMANDS`] accounts.
    ///
    /// # Errors
    ///
    /// The bank cannot be loaded, or refuses a deposit.
    pub fn new() -> Result<Self, Box<dyn Error>> {
        let engine = Engine::create(&LoadedPlugin::from_static(&BANK)?, "")?;
        let mut payloads = vec![[0; 16]; COMMANDS as usize];
        for (account_id, payload) in (1..).zip(&mut payloads) {
            Deposit { account_id, amount: 1 }.encode(payload)?;
        }
        let (digest, frame) = (StateDigest::EMPTY, Vec::new());
        let mut deposits = Self { engine, payloads, ext_seq: 0, digest, frame };
        // Opens the accounts.
        deposits.run(1, Recorded::Entry)?;
        Ok(deposits)
    }

    /// Makes one deposit to each account, so many times. Returns a number that depends on all of
    /// them.
    ///
    /// # Errors
    ///
    /// The bank refuses a deposit.
    pub fn run(&mut self, rounds: u64, recorded: Recorded) -> Result<u64, Box<dyn Error>> {
        let mut sum = 0;
        for _ in 0..rounds {
            self.frame.clear();
            for account in 0..self.payloads.len() {
                self.deposit(account, recorded)?;
            }
            if recorded == Recorded::Entry {
                sum += u64::from(crc32(&self.frame));
            }
        }
        Ok(sum + self.digest.to_u128() as u64)
    }

    /// The digest that was kept up to date, and that of all records.
    #[must_use]
    pub fn digests(&self) -> [StateDigest; 2] {
        [self.digest, self.engine.store().digest()]
    }

    #[inline]
    fn deposit(&mut self, account: usize, recorded: Recorded) -> Result<(), Box<dyn Error>> {
        let Self { engine, payloads, ext_seq, digest, frame } = self;
        *ext_seq += 1;
        let payload = payloads.get(account).ok_or("no such account")?;
        let command = RuntimeCommandRef::new(1, *ext_seq, *ext_seq, payload);
        let outcome = match recorded {
            Recorded::Nothing => engine.run(&command),
            _ => engine.run_recorded(&command, |tx_seq, transaction| {
                let changes = transaction.changes()?;
                changes.clone().for_each(|change| digest.apply(&change));
                if recorded == Recorded::Digest {
                    return Ok(());
                }
                let events = changes.events();
                let entry =
                    TransactionEntry::committed(tx_seq, &command, tx_seq, events, changes, *digest);
                encode(frame, |frame| entry.encode_body(frame))
            })?,
        };
        if outcome.is_committed() { Ok(()) } else { Err("the bank refused a deposit".into()) }
    }
}

/// Adds an entry, and then its length before it.
#[inline]
fn encode<E: Error + 'static>(
    frame: &mut Vec<u8>,
    body: impl FnOnce(&mut Vec<u8>) -> Result<(), EncodeError<E>>,
) -> Result<(), Box<dyn Error>> {
    let start = frame.len();
    frame.extend_from_slice(&[0; 4]);
    body(frame)?;
    let len = u32::try_from(frame.len() - start - 4)?.to_le_bytes();
    let place = frame.get_mut(start..).and_then(|rest| rest.first_chunk_mut());
    *place.ok_or("the frame shrank")? = len;
    Ok(())
}
