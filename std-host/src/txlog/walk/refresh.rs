//! Goes on with a walk in a log that has grown.

use std::{path::Path, sync::Arc};

use super::LogWalk;
use crate::txlog::{LogError, list_segments};

impl LogWalk {
    /// Looks for entries that were written since, and gives back the memory of what was read ahead.
    ///
    /// A walk beside a writer calls it when entries have become durable, and reads on up to the last
    /// one of them. Bytes behind that one may be changing.
    ///
    /// # Errors
    ///
    /// The storage's, or the log is damaged.
    pub fn refresh(&mut self, dir: &Path) -> Result<(), LogError> {
        self.end = None;
        match &mut self.reader {
            Some(reader) => {
                reader.refresh()?;
                let first = reader.before().entry + 1;
                let mut segments = list_segments(&*self.storage, dir)?;
                segments.retain(|segment| segment.first_entry > first);
                self.segments = segments.into_iter();
            }
            None => {
                let from = self.from.max(self.position.entry + 1);
                *self = Self::open(Arc::clone(&self.storage), dir, from)?;
            }
        }
        Ok(())
    }
}
