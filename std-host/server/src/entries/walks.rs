//! Walks through the log that were interrupted, to go on from.

use std::sync::{Arc, Mutex, PoisonError};

use statevec_host::{
    durable::{DataDirectory, EntryWriters},
    txlog::{LogError, LogWalk},
};

use super::text::EntryText;

/// How many readers walk through the log at a time.
pub(super) const READERS: usize = 4;

/// Interrupted walks. A reader that asks for one page after another goes on where it was, and does
/// not read the segment from its start again.
pub(super) struct Walks {
    directory: DataDirectory,
    writers: EntryWriters,
    idle: Mutex<Vec<LogWalk>>,
}

impl Walks {
    pub(super) fn new(directory: &DataDirectory, writers: EntryWriters) -> Self {
        Self { directory: directory.clone(), writers, idle: Mutex::default() }
    }

    /// Reads entries from a number on, up to a durable one, to the end of a frame.
    ///
    /// `most` and `bytes` are bounds beyond which nothing is kept.
    pub(super) fn read(
        &self,
        from: u64,
        durable: u64,
        most: usize,
        bytes: usize,
    ) -> Result<Vec<Arc<EntryText>>, LogError> {
        let mut walk = self.take(from)?;
        let (mut found, mut found_bytes, mut is_cut) = (Vec::new(), 0, false);
        // Frames that are not durable yet are not looked at: they may be half written.
        while walk.position().entry < durable && found.len() < most && found_bytes < bytes {
            let writer = self.writers.of_header(walk.header())?;
            let is_read = walk.next_frame(|walked| {
                let number = walked.entry.number();
                if number < from {
                    return Ok(());
                }
                if found.len() >= most || found_bytes >= bytes {
                    is_cut = true;
                    return Ok(());
                }
                let text = EntryText::new(&writer, &walked.entry);
                found_bytes += text.bytes();
                found.push(Arc::new(text));
                Ok::<_, LogError>(())
            })?;
            if !is_read {
                break;
            }
        }
        if !is_cut {
            self.keep(walk);
        }
        Ok(found)
    }

    /// The idle walk that is nearest before an entry, or a new one.
    fn take(&self, from: u64) -> Result<LogWalk, LogError> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let nearest = idle
            .iter()
            .enumerate()
            .filter(|(_, walk)| walk.position().entry < from)
            .max_by_key(|(_, walk)| walk.position().entry)
            .map(|(place, _)| place);
        if let Some(place) = nearest {
            let mut walk = idle.swap_remove(place);
            drop(idle);
            walk.show_all();
            // The bytes that were read ahead no longer agree with the file, which has grown.
            walk.refresh(&self.directory.log())?;
            return Ok(walk);
        }
        drop(idle);
        let storage = Arc::clone(self.directory.storage());
        LogWalk::open(storage, &self.directory.log(), from)
    }

    /// Keeps a walk, in place of the one that is furthest behind if there are many.
    fn keep(&self, walk: LogWalk) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push(walk);
        if idle.len() > READERS {
            let last = idle
                .iter()
                .enumerate()
                .min_by_key(|(_, walk)| walk.position().entry)
                .map_or(0, |(place, _)| place);
            idle.swap_remove(last);
        }
    }
}
