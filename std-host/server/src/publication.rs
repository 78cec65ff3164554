//! The way by which results leave.

use tokio::sync::watch;

/// Learns which entries are durable, and publishes them.
///
/// The engine calls it on its own thread, after each sync. A publication that takes time only wakes
/// a task of its own, which reads the entries from the local log.
pub(crate) trait Publication: Send {
    /// Entries up to this one are durable. The number never decreases.
    fn durable(&mut self, entry: u64);
}

/// Results stay in the local log. Readers of the log learn that there is more to read.
#[derive(Debug)]
pub(crate) struct LocalPublication {
    durable: watch::Sender<u64>,
}

impl LocalPublication {
    pub(crate) fn new() -> (Self, watch::Receiver<u64>) {
        let (durable, receiver) = watch::channel(0);
        (Self { durable }, receiver)
    }
}

impl Publication for LocalPublication {
    fn durable(&mut self, entry: u64) {
        self.durable.send_if_modified(|last| {
            let is_news = *last < entry;
            *last = entry.max(*last);
            is_news
        });
    }
}
