//! Carries digests from the engine to the exchange with other replicas.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use statevec_abi::txlog::StateDigest;

use super::DigestExchange;

/// A handle to the exchange. The engine takes its lock only at commands whose digest is due.
#[derive(Debug, Clone)]
pub(crate) struct OwnDigests {
    every: u64,
    exchange: Arc<Mutex<DigestExchange>>,
}

impl OwnDigests {
    pub(crate) fn new(every: u64, members: usize) -> Self {
        Self { every, exchange: Arc::new(Mutex::new(DigestExchange::new(members))) }
    }

    /// The digest behind a command.
    pub(crate) fn behind(&self, ext_seq: u64, digest: StateDigest) {
        if self.is_due(ext_seq) {
            self.exchange().own(ext_seq, digest.to_u128());
        }
    }

    /// Returns true if the digest behind a command is exchanged.
    fn is_due(&self, ext_seq: u64) -> bool {
        ext_seq.is_multiple_of(self.every)
    }

    pub(crate) fn exchange(&self) -> MutexGuard<'_, DigestExchange> {
        self.exchange.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
