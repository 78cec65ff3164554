//! The layer that counts.

use core::cell::Cell;

use super::{Answer, AnsweredCall, Layer, LayerCall};
use crate::boundary::{ErrorSlot, TxResult};

/// Counts the host calls of a plugin, and the bytes that they carry.
#[derive(Debug, Default)]
pub struct Count {
    counts: Cell<Counts>,
}

/// Host calls and their bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Counts {
    /// Commands and validations.
    pub commands: u64,
    /// Records to be read, by number or by key.
    pub reads: u64,
    /// Records to be created.
    pub creates: u64,
    /// Records to be updated.
    pub updates: u64,
    /// Records to be deleted.
    pub deletes: u64,
    /// Events.
    pub events: u64,
    /// Lists of keys.
    pub scans: u64,
    /// Debug messages.
    pub debug_messages: u64,
    /// Calls that the host refused.
    pub refused: u64,
    /// Bytes of records that were lent for reading, and 16 for each key of a list.
    pub bytes_read: u64,
    /// Bytes of records that were lent for creating and updating, of events, and of debug messages.
    pub bytes_written: u64,
}

impl Counts {
    /// All host calls.
    #[must_use]
    pub const fn host_calls(&self) -> u64 {
        self.reads
            + self.creates
            + self.updates
            + self.deletes
            + self.events
            + self.scans
            + self.debug_messages
    }
}

impl Count {
    /// A layer that has counted nothing.
    #[must_use]
    pub const fn new() -> Self {
        let counts = Counts {
            commands: 0,
            reads: 0,
            creates: 0,
            updates: 0,
            deletes: 0,
            events: 0,
            scans: 0,
            debug_messages: 0,
            refused: 0,
            bytes_read: 0,
            bytes_written: 0,
        };
        Self { counts: Cell::new(counts) }
    }

    /// The counts so far.
    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.counts.get()
    }

    /// Counts from zero again, and returns the counts so far.
    pub fn take(&self) -> Counts {
        self.counts.take()
    }

    fn change(&self, change: impl FnOnce(&mut Counts)) {
        let mut counts = self.counts.get();
        change(&mut counts);
        self.counts.set(counts);
    }
}

impl Layer for Count {
    fn begin(&self) {
        self.change(|counts| counts.commands += 1);
    }

    fn before<'e>(&self, call: &LayerCall<'_>, _: ErrorSlot<'e>) -> TxResult<'e> {
        self.change(|counts| {
            let calls = match call {
                LayerCall::ReadById { .. } | LayerCall::ReadByPk { .. } => &mut counts.reads,
                LayerCall::Create { .. } => &mut counts.creates,
                LayerCall::Update { .. } => &mut counts.updates,
                LayerCall::Delete { .. } => &mut counts.deletes,
                LayerCall::Emit { .. } => &mut counts.events,
                LayerCall::ForEachKey { .. } => &mut counts.scans,
                LayerCall::DebugLog { .. } => &mut counts.debug_messages,
            };
            *calls += 1;
            counts.bytes_written += call.payload_len() as u64;
        });
        Ok(())
    }

    fn lend(&self, call: &LayerCall<'_>, len: usize) -> bool {
        self.change(|counts| {
            let bytes = match call {
                LayerCall::Create { .. } | LayerCall::Update { .. } => &mut counts.bytes_written,
                _ => &mut counts.bytes_read,
            };
            *bytes += len as u64;
        });
        true
    }

    fn after<'e>(&self, made: &AnsweredCall<'_>, _: ErrorSlot<'e>) -> TxResult<'e> {
        if made.answer == Answer::Refused {
            self.change(|counts| counts.refused += 1);
        }
        Ok(())
    }
}
