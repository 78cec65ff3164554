//! Times of turns.

use std::time::Duration;

/// How long each turn of a batch size took.
#[derive(Debug, Clone, Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn add(&mut self, took: Duration) {
        self.0.push(took);
    }

    /// Half of the turns took longer. Unlike the mean, it does not depend on what else the disk
    /// had to do now and then.
    pub(crate) fn median(&self) -> Duration {
        let mut times = self.0.clone();
        times.sort_unstable();
        times.get(times.len() / 2).copied().unwrap_or_default()
    }

    /// How many times as long the same turns took another ledger: the median of all turns.
    pub(crate) fn times_faster_than(&self, other: &Self) -> f64 {
        let ratio = |(own, other): (&Duration, &Duration)| other.as_secs_f64() / own.as_secs_f64();
        let mut ratios: Vec<f64> = self.0.iter().zip(&other.0).map(ratio).collect();
        ratios.sort_unstable_by(f64::total_cmp);
        ratios.get(ratios.len() / 2).copied().unwrap_or_default()
    }
}
