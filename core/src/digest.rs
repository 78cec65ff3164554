//! One number for all records of a state, the same on every host.

use crate::abi::RecordKey;

/// The digest of all records: FNV-1a with 64 bits over each record's kind (1 byte), number (8 bytes, little-endian) and data, in
/// ascending order of kind and number.
///
/// It tells states apart that differ by accident, as between two hosts that ran the same commands; it does not withstand someone who
/// looks for collisions.
///
/// ```
/// use statevec_abi::{RecordKey, StateDigest};
/// let mut digest = StateDigest::new();
/// digest.record(RecordKey { kind: 1, sys_id: 1 }, b"data");
/// assert_eq!(digest.finish(), 0x6f56_dd99_e9ea_fd6d);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateDigest(u64);

impl StateDigest {
    /// The digest of no record.
    #[must_use]
    pub const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// Takes the next record in.
    pub fn record(&mut self, key: RecordKey, data: &[u8]) {
        self.bytes(&[key.kind]);
        self.bytes(&key.sys_id.to_le_bytes());
        self.bytes(data);
    }

    /// The number.
    #[must_use]
    pub const fn finish(self) -> u64 {
        self.0
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
}

impl Default for StateDigest {
    fn default() -> Self {
        Self::new()
    }
}
