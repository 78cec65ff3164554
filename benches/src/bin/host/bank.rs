//! The bank in a shared library, in an engine.

use std::{error::Error, ops::ControlFlow, time::Instant};

use statevec_abi::{boundary::RuntimeCommandRef, typed::Payload as _};
use statevec_bank::Deposit;
use statevec_benches::library;
use statevec_host::{Engine, LoadedPlugin, Outcome, engine::Position};

/// The package, with underscores.
pub(crate) const LIBRARY: &str = "statevec_bank_so";

/// A bank without accounts.
pub(crate) fn engine() -> Result<Engine, Box<dyn Error>> {
    let path = library::path(LIBRARY)?;
    // SAFETY: the library is the bank of this workspace, which keeps the contract (rule 6).
    let plugin = unsafe { LoadedPlugin::open(path) }?;
    Ok(Engine::create(&plugin, "")?)
}

/// Payloads of deposits, one after another.
pub(crate) struct Deposits {
    payloads: Vec<u8>,
    count: usize,
}

const PAYLOAD: usize = 16;

impl Deposits {
    /// Of 1 to each account, `accounts` of them counted from 1.
    pub(crate) fn to_each(accounts: u64) -> Result<Self, Box<dyn Error>> {
        Self::new(1..=accounts)
    }

    /// Of 1, `count` of them, to accounts all over the place.
    pub(crate) fn scattered(accounts: u64, count: usize) -> Result<Self, Box<dyn Error>> {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let scattered = (0..count).map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % accounts + 1
        });
        Self::new(scattered)
    }

    fn new(accounts: impl Iterator<Item = u64>) -> Result<Self, Box<dyn Error>> {
        let mut deposits = Self { payloads: Vec::new(), count: 0 };
        for account_id in accounts {
            let mut payload = [0; PAYLOAD];
            Deposit { account_id, amount: 1 }.encode(&mut payload)?;
            deposits.payloads.extend_from_slice(&payload);
            deposits.count += 1;
        }
        Ok(deposits)
    }

    /// The accounts.
    #[cfg(feature = "peers")]
    pub(crate) fn accounts(&self) -> impl Iterator<Item = u64> {
        let ids = self.payloads.chunks_exact(PAYLOAD).filter_map(|payload| payload.first_chunk());
        ids.map(|id| u64::from_le_bytes(*id))
    }

    /// The commands, prepared ahead.
    pub(crate) fn commands(&self) -> Vec<RuntimeCommandRef<'_>> {
        let payloads = (1..).zip(self.payloads.chunks_exact(PAYLOAD));
        payloads.map(|(seq, payload)| RuntimeCommandRef::new(1, seq, seq, payload)).collect()
    }

    /// How many.
    #[cfg(feature = "peers")]
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// Runs them, for the first time or again, and returns how many nanoseconds each took.
    pub(crate) fn run(&self, engine: &mut Engine) -> Result<f64, Box<dyn Error>> {
        let commands = self.commands();
        engine.resume_at(Position { tx_seq: engine.tx_seq(), ext_seq: None });
        let mut events = 0;
        let began = Instant::now();
        let stopped = engine.run_batch(&commands, |_, outcome| match outcome {
            Outcome::Committed { events: emitted, .. } => {
                events += emitted.len();
                ControlFlow::Continue(())
            }
            Outcome::Rejected(failure) | Outcome::Failed(failure) => {
                ControlFlow::Break(failure.to_string())
            }
            Outcome::Duplicate { .. } => ControlFlow::Break("a duplicate".to_owned()),
        });
        let nanos = began.elapsed().as_nanos() as f64 / self.count as f64;
        match stopped {
            ControlFlow::Break(reason) => Err(reason.into()),
            // The account's and the platform's.
            ControlFlow::Continue(()) if events == 2 * self.count => Ok(nanos),
            ControlFlow::Continue(()) => {
                Err(format!("{events} events of {} deposits", self.count).into())
            }
        }
    }
}
