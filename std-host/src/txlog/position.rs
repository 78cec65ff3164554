//! Places in a log.

use statevec_abi::txlog::{Entry, EntryOutcome, SegmentHeader, StateDigest};

/// The state of a log after one of its entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LogPosition {
    /// Number of the entry; 0 before the first one.
    pub entry: u64,
    /// Transactions committed so far.
    pub tx_seq: u64,
    /// The last command's `ext_seq`; `None` before the first command.
    pub ext_seq: Option<u64>,
    /// Digest of all records and next numbers.
    pub digest: StateDigest,
}

impl LogPosition {
    /// The position that a segment starts from.
    #[must_use]
    pub fn before(header: &SegmentHeader<'_>) -> Self {
        Self {
            entry: header.first_entry.saturating_sub(1),
            tx_seq: header.tx_seq,
            ext_seq: header.last_ext_seq,
            digest: header.digest,
        }
    }

    /// Moves behind an entry.
    pub fn advance(&mut self, entry: &Entry<'_>) {
        self.entry = entry.number();
        match entry {
            Entry::Transaction(transaction) => {
                self.ext_seq = Some(transaction.ext_seq);
                self.digest = transaction.digest;
                if let EntryOutcome::Committed { tx_seq } = transaction.outcome {
                    self.tx_seq = tx_seq;
                }
            }
            Entry::Migration(migration) => self.digest = migration.digest,
            _ => {}
        }
    }
}
