//! Publishes results and events in the order of the log, each exactly once.
//!
//! Each message names the sequence that the stream must end with. So the stream takes a message
//! only behind the right one, and only once, whoever sends it and however often. After anything
//! else than a plain success the outbox asks for the end of the stream, and sends everything behind
//! that again, in order.

use std::{collections::VecDeque, time::Duration};

use super::{Item, ItemId};

/// An answer that takes longer counts as lost.
const PATIENCE: Duration = Duration::from_secs(5);

/// The pause after a failure before the end is asked for again.
const PAUSE: Duration = Duration::from_millis(100);

/// The end of the stream of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct PublishedEnd {
    /// Sequence of the last message; 0 for an empty stream.
    pub(crate) sequence: u64,
    pub(crate) last: Option<ItemId>,
}

/// The answer to one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is in the stream with this sequence, now or since an earlier time.
    Stored(u64),
    /// The stream refused it, or no answer came.
    NotStored,
}

/// A request of the outbox. Answers name the attempt, so that late ones are told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum OutboxAction {
    FindEnd { attempt: u64 },
    Read { attempt: u64, after: Option<ItemId>, most: usize },
    Publish { attempt: u64, expected: u64, item: Item },
}

#[derive(Debug)]
pub(super) struct Outbox {
    attempt: u64,
    state: State,
    /// Most messages without an answer.
    most: usize,
}

#[derive(Debug)]
enum State {
    Off,
    /// The end has to be asked for, at this time.
    Lost {
        at: Duration,
    },
    /// The end was asked for at this time.
    Finding {
        since: Duration,
    },
    Open(Window),
}

/// The messages behind the end of the stream, as far as they were read.
#[derive(Debug)]
struct Window {
    /// The stream's last sequence.
    sequence: u64,
    /// Messages behind it, in order. The first `sent` of them were sent.
    items: VecDeque<Item>,
    sent: usize,
    /// The last message that was read from the log, or that the stream ended with.
    read: Option<ItemId>,
    is_reading: bool,
    /// True if the log may have more than was read.
    has_more: bool,
    /// The time of the last answer, or of the first message sent behind it.
    heard: Duration,
}

impl Outbox {
    pub(super) fn new(most: usize) -> Self {
        Self { attempt: 0, state: State::Off, most }
    }

    /// Returns true if everything durable is in the stream.
    #[cfg(test)]
    pub(super) fn is_idle(&self) -> bool {
        matches!(&self.state, State::Open(window) if window.items.is_empty() && !window.has_more)
    }

    /// Publishes from now on, or no longer.
    pub(super) fn switch(&mut self, is_on: bool, now: Duration) {
        match (&self.state, is_on) {
            (State::Off, true) => self.lose(now),
            (State::Off, false) | (_, true) => {}
            (_, false) => {
                self.attempt += 1;
                self.state = State::Off;
            }
        }
    }

    /// The log has grown.
    pub(super) fn grown(&mut self) {
        if let State::Open(window) = &mut self.state {
            window.has_more = true;
        }
    }

    pub(super) fn end_found(&mut self, attempt: u64, end: PublishedEnd, now: Duration) {
        if attempt == self.attempt && matches!(self.state, State::Finding { .. }) {
            self.state = State::Open(Window {
                sequence: end.sequence,
                items: VecDeque::new(),
                sent: 0,
                read: end.last,
                is_reading: false,
                has_more: true,
                heard: now,
            });
        }
    }

    /// The end could not be asked for.
    pub(super) fn end_failed(&mut self, attempt: u64, now: Duration) {
        if attempt == self.attempt && matches!(self.state, State::Finding { .. }) {
            self.lose(now + PAUSE);
        }
    }

    /// The messages behind the last one that was read; none if the log has no more.
    pub(super) fn items(&mut self, attempt: u64, items: Vec<Item>) {
        let State::Open(window) = &mut self.state else { return };
        if attempt != self.attempt {
            return;
        }
        window.is_reading = false;
        match items.last() {
            Some(last) => window.read = Some(last.id),
            None => window.has_more = false,
        }
        window.items.extend(items);
    }

    pub(super) fn answer(&mut self, attempt: u64, expected: u64, answer: Answer, now: Duration) {
        let State::Open(window) = &mut self.state else { return };
        if attempt != self.attempt || expected < window.sequence {
            return;
        }
        // A message that was stored implies that all before it were.
        let stored = match answer {
            Answer::Stored(sequence) if sequence == expected + 1 => sequence - window.sequence,
            _ => return self.lose(now),
        };
        window.heard = now;
        window.sequence += stored;
        let stored = usize::try_from(stored).unwrap_or(usize::MAX).min(window.sent);
        window.items.drain(..stored);
        window.sent -= stored;
    }

    /// The next request, if there is one.
    pub(super) fn poll(&mut self, now: Duration) -> Option<OutboxAction> {
        let (attempt, most) = (self.attempt, self.most);
        match &mut self.state {
            State::Off => None,
            State::Lost { at } if now < *at => None,
            State::Lost { .. } => {
                self.state = State::Finding { since: now };
                Some(OutboxAction::FindEnd { attempt })
            }
            State::Finding { since } if now >= *since + PATIENCE => {
                self.lose(now);
                self.poll(now)
            }
            State::Finding { .. } => None,
            State::Open(window) if window.sent > 0 && now >= window.heard + PATIENCE => {
                self.lose(now);
                self.poll(now)
            }
            State::Open(window) => window.poll(attempt, most, now),
        }
    }

    fn lose(&mut self, at: Duration) {
        self.attempt += 1;
        self.state = State::Lost { at };
    }
}

impl Window {
    fn poll(&mut self, attempt: u64, most: usize, now: Duration) -> Option<OutboxAction> {
        if self.sent < most
            && let Some(item) = self.items.get(self.sent)
        {
            if self.sent == 0 {
                self.heard = now;
            }
            let (expected, item) = (self.sequence + self.sent as u64, item.clone());
            self.sent += 1;
            return Some(OutboxAction::Publish { attempt, expected, item });
        }
        if self.has_more && !self.is_reading && self.items.len() < 2 * most {
            self.is_reading = true;
            return Some(OutboxAction::Read { attempt, after: self.read, most });
        }
        None
    }
}

#[cfg(test)]
mod tests;
