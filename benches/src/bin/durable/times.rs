//! Times of batches.

use std::time::Duration;

/// How long each batch of a size took.
#[derive(Debug, Clone, Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn add(&mut self, took: Duration) {
        self.0.push(took);
    }

    /// Half of the batches took longer. Unlike the mean, it is the same whatever else the disk had
    /// to do now and then.
    pub(crate) fn median(&self) -> Duration {
        let mut times = self.0.clone();
        times.sort_unstable();
        times.get(times.len() / 2).copied().unwrap_or_default()
    }
}
