//! The streams and the lease, as a sound cluster keeps them.

use std::time::Duration;

use crate::replica::{Action, Event, Item, PublishAnswer, PublishedEnd, StreamFacts};

/// A message of the stream of commands.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) time_us: u64,
    /// `None` for bytes that are no command.
    pub(super) command: Option<(u8, Vec<u8>)>,
}

#[derive(Debug, Default)]
pub(super) struct Cluster {
    pub(super) commands: Vec<Message>,
    pub(super) results: Vec<Item>,
    lease: (u64, Option<String>),
    /// Its leader is being elected until then, and answers nothing.
    pub(super) is_down_until: Duration,
}

impl Cluster {
    pub(super) fn facts(&self) -> StreamFacts {
        StreamFacts { created: 1, first: 1, last: self.commands.len() as u64, is_dense: true }
    }

    /// Carries a request out; `None` for one that is not the cluster's.
    pub(super) fn serve(&mut self, node: &str, action: &Action) -> Option<Event> {
        Some(match action {
            Action::ReadLease { attempt } => Event::LeaseRead {
                attempt: *attempt,
                revision: self.lease.0,
                holder: self.lease.1.clone(),
            },
            Action::WriteLease { attempt, revision } => {
                let is_won = self.lease.0 == *revision;
                if is_won {
                    self.lease = (revision + 1, Some(node.to_owned()));
                }
                Event::LeaseWritten { attempt: *attempt, revision: is_won.then_some(self.lease.0) }
            }
            Action::GiveLeaseBack { attempt, revision } => {
                let is_current = self.lease.0 == *revision;
                if is_current {
                    self.lease = (revision + 1, None);
                }
                let revision = is_current.then_some(self.lease.0);
                Event::LeaseGivenBack { attempt: *attempt, revision }
            }
            Action::FindEnd { attempt } => {
                let last = self.results.last().map(|item| item.id);
                let end = PublishedEnd { sequence: self.results.len() as u64, last };
                Event::EndFound { attempt: *attempt, end }
            }
            Action::Publish { attempt, expected, item } => {
                let answer = if self.results.len() as u64 == *expected {
                    self.results.push(item.clone());
                    PublishAnswer::Stored(expected + 1)
                } else {
                    PublishAnswer::NotStored
                };
                Event::Published { attempt: *attempt, expected: *expected, answer }
            }
            Action::ReadLog { .. } => return None,
        })
    }
}
