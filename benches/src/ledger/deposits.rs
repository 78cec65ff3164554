//! Payloads of deposits.

use statevec_abi::boundary::RuntimeCommandRef;

/// Payloads of deposits, one after another, as the bank decodes them.
#[derive(Debug)]
pub struct Deposits {
    payloads: Vec<[u8; 16]>,
}

impl Deposits {
    /// Of 1 to each account, `accounts` of them counted from 1.
    #[must_use]
    pub fn to_each(accounts: u64) -> Self {
        Self::new(1..=accounts)
    }

    /// Of 1, `count` of them, to accounts all over the place.
    #[must_use]
    pub fn scattered(accounts: u64, count: usize) -> Self {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        Self::new((0..count).map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % accounts + 1
        }))
    }

    fn new(accounts: impl Iterator<Item = u64>) -> Self {
        Self { payloads: accounts.map(payload).collect() }
    }

    /// The payloads.
    #[must_use]
    pub fn payloads(&self) -> &[[u8; 16]] {
        &self.payloads
    }

    /// The accounts.
    pub fn accounts(&self) -> impl Iterator<Item = u64> {
        self.payloads.iter().map(|payload| account_and_amount(payload).0)
    }

    /// The commands, prepared ahead.
    #[must_use]
    pub fn commands(&self) -> Vec<RuntimeCommandRef<'_>> {
        let payloads = (1..).zip(&self.payloads);
        payloads.map(|(seq, payload)| RuntimeCommandRef::new(1, seq, seq, payload)).collect()
    }
}

/// The payload of a deposit of 1.
#[must_use]
pub fn payload(account: u64) -> [u8; 16] {
    let mut payload = [0; 16];
    let (words, _) = payload.as_chunks_mut::<8>();
    words.iter_mut().zip([account, 1]).for_each(|(place, word)| *place = word.to_le_bytes());
    payload
}

/// Decodes a payload.
#[inline]
#[must_use]
pub fn account_and_amount(payload: &[u8; 16]) -> (u64, u64) {
    let word = |at: usize| {
        let bytes = payload.get(at..).and_then(<[u8]>::first_chunk);
        bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
    };
    (word(0), word(8))
}
