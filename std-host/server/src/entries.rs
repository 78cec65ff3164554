//! Entries of the log, for readers.
//!
//! Only durable entries are read. Readers that follow the log share one walk through it and its
//! last entries as text; readers of older entries have walks of their own, a few at a time.

mod recent;
mod text;
mod walks;

use std::sync::Arc;

use statevec_host::{
    durable::{DataDirectory, EntryWriters},
    txlog::LogError,
};
use tokio::sync::Semaphore;

use recent::Recent;
pub(crate) use text::EntryText;
use text::PIECE;
use walks::{READERS, Walks};

/// Reads entries for requests.
pub(crate) struct EntryReader {
    shared: Arc<Shared>,
    permits: Semaphore,
}

struct Shared {
    recent: Recent,
    walks: Walks,
}

impl EntryReader {
    pub(crate) fn new(directory: &DataDirectory, writers: EntryWriters) -> Self {
        let walks = Walks::new(directory, writers);
        let shared = Arc::new(Shared { recent: Recent::default(), walks });
        Self { shared, permits: Semaphore::new(READERS) }
    }

    /// Entries from a number on, up to a durable one; at least one if there is one, and about as
    /// many as are good to send at once.
    pub(crate) async fn read(
        &self,
        from: u64,
        durable: u64,
        most: usize,
    ) -> Result<Vec<Arc<EntryText>>, LogError> {
        if from > durable {
            return Ok(Vec::new());
        }
        if let Some(found) = self.shared.recent.get(from, most) {
            return Ok(found);
        }
        // An error would mean a closed semaphore, and nothing closes it.
        let _permit = self.permits.acquire().await;
        let shared = Arc::clone(&self.shared);
        let reading = tokio::task::spawn_blocking(move || shared.read(from, durable, most));
        reading.await.unwrap_or_else(|error| match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is ending, and nobody reads any more.
            Err(_) => Ok(Vec::new()),
        })
    }
}

impl Shared {
    fn read(&self, from: u64, durable: u64, most: usize) -> Result<Vec<Arc<EntryText>>, LogError> {
        if let Some(found) = self.recent.get(from, most) {
            return Ok(found);
        }
        let mut found = self.walks.read(from, durable, most, PIECE)?;
        self.recent.add(&found);
        found.truncate(most);
        Ok(found)
    }
}
