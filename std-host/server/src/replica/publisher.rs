//! Lease and outbox together: everything that a replica does to publish.

use std::time::Duration;

use super::{
    Item, ItemId, PublishAnswer, PublishedEnd,
    lease::{Lease, LeaseAction, LeaseTimes},
    outbox::{Outbox, OutboxAction},
};

/// A replica whose log lacks results leaves the lease to others for so long.
const LOG_TOO_SHORT: Duration = Duration::from_secs(30);

/// A replica that records nothing leaves the lease to others for so long, each time that it is
/// found so.
const NOT_RECORDING: Duration = Duration::from_secs(2);

/// A request to the streams, the bucket of the lease, or the log. Each is answered by an [`Event`],
/// or never.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    ReadLease {
        attempt: u64,
    },
    /// Write this replica's name if the lease has the revision; 0 for none.
    WriteLease {
        attempt: u64,
        revision: u64,
    },
    /// Remove this replica's name if the lease has the revision.
    GiveLeaseBack {
        attempt: u64,
        revision: u64,
    },
    FindEnd {
        attempt: u64,
    },
    /// Read durable messages behind one of them.
    ReadLog {
        attempt: u64,
        after: Option<ItemId>,
        most: usize,
    },
    Publish {
        attempt: u64,
        expected: u64,
        item: Item,
    },
}

/// An answer, or news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    LeaseRead {
        attempt: u64,
        revision: u64,
        holder: Option<String>,
    },
    /// The new revision; `None` if another replica was faster.
    LeaseWritten {
        attempt: u64,
        revision: Option<u64>,
    },
    /// The new revision; `None` if the lease had another one.
    LeaseGivenBack {
        attempt: u64,
        revision: Option<u64>,
    },
    LeaseFailed {
        attempt: u64,
    },
    /// Another replica has given the lease back.
    LeaseFreed,
    EndFound {
        attempt: u64,
        end: PublishedEnd,
    },
    EndFailed {
        attempt: u64,
    },
    LogRead {
        attempt: u64,
        items: Vec<Item>,
    },
    /// The log begins behind the message that has to come next.
    LogTooShort,
    /// The engine records nothing at present, because the disk is full.
    NotRecording,
    Published {
        attempt: u64,
        expected: u64,
        answer: PublishAnswer,
    },
    /// More entries are durable.
    LogGrown,
}

/// Publishes while this replica has the lease.
#[derive(Debug)]
pub(crate) struct Publisher {
    lease: Lease,
    outbox: Outbox,
}

impl Publisher {
    /// `window` is the number of messages that may wait for their answers.
    pub(crate) fn new(name: &str, times: LeaseTimes, window: usize) -> Self {
        Self { lease: Lease::new(name, times), outbox: Outbox::new(window) }
    }

    /// Returns true while this replica may publish.
    pub(crate) fn is_holder(&self, now: Duration) -> bool {
        self.lease.is_held(now)
    }

    /// The holder of the lease that was seen last.
    pub(crate) fn holder(&self) -> Option<&str> {
        self.lease.holder()
    }

    /// Gives the lease back, and publishes nothing more.
    pub(crate) fn resign(&mut self, now: Duration) {
        self.lease.abstain(now, Duration::MAX);
    }

    /// Returns true if another replica may take the lease, and this one will not write it again.
    pub(crate) fn is_resigned(&self) -> bool {
        self.lease.is_given_back()
    }

    pub(crate) fn handle(&mut self, event: Event, now: Duration) {
        match event {
            Event::LeaseRead { attempt, revision, holder } => {
                self.lease.read(now, attempt, revision, holder);
            }
            Event::LeaseWritten { attempt, revision } => self.lease.wrote(now, attempt, revision),
            Event::LeaseGivenBack { attempt, revision } => {
                self.lease.gave_back(now, attempt, revision);
            }
            Event::LeaseFreed => self.lease.freed(now),
            Event::LeaseFailed { attempt } => self.lease.failed(now, attempt),
            Event::EndFound { attempt, end } => self.outbox.end_found(attempt, end, now),
            Event::EndFailed { attempt } => self.outbox.end_failed(attempt, now),
            Event::LogRead { attempt, items } => self.outbox.items(attempt, items),
            Event::LogTooShort => self.lease.abstain(now, now + LOG_TOO_SHORT),
            Event::NotRecording => self.lease.abstain(now, now + NOT_RECORDING),
            Event::Published { attempt, expected, answer } => {
                self.outbox.answer(attempt, expected, answer, now);
            }
            Event::LogGrown => self.outbox.grown(),
        }
    }

    /// The next request, if one is due.
    pub(crate) fn poll(&mut self, now: Duration) -> Option<Action> {
        if let Some((attempt, action)) = self.lease.tick(now) {
            return Some(match action {
                LeaseAction::Read => Action::ReadLease { attempt },
                LeaseAction::Write { revision } => Action::WriteLease { attempt, revision },
                LeaseAction::GiveBack { revision } => Action::GiveLeaseBack { attempt, revision },
            });
        }
        self.outbox.switch(self.lease.is_held(now), now);
        self.outbox.poll(now).map(|action| match action {
            OutboxAction::FindEnd { attempt } => Action::FindEnd { attempt },
            OutboxAction::Read { attempt, after, most } => Action::ReadLog { attempt, after, most },
            OutboxAction::Publish { attempt, expected, item } => {
                Action::Publish { attempt, expected, item }
            }
        })
    }
}
