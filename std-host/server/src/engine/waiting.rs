//! Answers that wait until their entries are durable.

use std::collections::VecDeque;

/// Sends an answer. Dropping it tells the receiver that no answer comes.
pub(super) type Release = Box<dyn FnOnce() + Send>;

/// Answers in order, each with the entry that it waits for.
#[derive(Default)]
pub(super) struct Waiting(VecDeque<(u64, Release)>);

impl Waiting {
    /// Adds an answer. Its entry is not before that of the answer before it.
    pub(super) fn push(&mut self, entry: u64, release: Release) {
        self.0.push_back((entry, release));
    }

    /// Sends the answers up to a durable entry.
    pub(super) fn release(&mut self, durable: u64) {
        while let Some((entry, _)) = self.0.front()
            && *entry <= durable
            && let Some((_, release)) = self.0.pop_front()
        {
            release();
        }
    }

    /// Drops the answers that wait.
    pub(super) fn drop_all(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    };

    use super::Waiting;

    #[test]
    fn no_answer_leaves_before_its_entry_is_durable() {
        let sent = Arc::new(AtomicU64::new(0));
        let mut waiting = Waiting::default();
        for entry in [1, 2, 2, 4] {
            let sent = Arc::clone(&sent);
            let release = move || {
                sent.fetch_add(1, Ordering::Relaxed);
            };
            waiting.push(entry, Box::new(release));
        }
        for (durable, expected) in [(0, 0), (1, 1), (3, 3)] {
            waiting.release(durable);
            assert_eq!(sent.load(Ordering::Relaxed), expected, "entry {durable} is durable");
        }
        waiting.drop_all();
        waiting.release(9);
        assert_eq!(sent.load(Ordering::Relaxed), 3, "a dropped answer is never sent");
    }
}
