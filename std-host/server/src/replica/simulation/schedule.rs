//! Simulated time: events in the order of their times.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
    time::Duration,
};

/// Events that are to come. Those of one time come in the order in which they were added.
#[derive(Debug)]
pub(super) struct Schedule<E> {
    pub(super) now: Duration,
    order: BinaryHeap<Reverse<(Duration, u64)>>,
    events: BTreeMap<u64, E>,
    added: u64,
}

impl<E> Schedule<E> {
    pub(super) fn new() -> Self {
        let (order, events) = (BinaryHeap::new(), BTreeMap::new());
        Self { now: Duration::ZERO, order, events, added: 0 }
    }

    pub(super) fn after(&mut self, delay: Duration, event: E) {
        self.order.push(Reverse((self.now + delay, self.added)));
        self.events.insert(self.added, event);
        self.added += 1;
    }

    /// The next event before a time. The time moves on to it.
    pub(super) fn next(&mut self, end: Duration) -> Option<E> {
        let Reverse((at, number)) = *self.order.peek()?;
        if at >= end {
            return None;
        }
        self.order.pop();
        self.now = at;
        self.events.remove(&number)
    }
}
