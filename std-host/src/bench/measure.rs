//! Throughput and latency of a plugin.

use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use super::{Workload, workload::new_engine};
use crate::{EngineError, LoadedPlugin};

/// Rounds that are measured at least.
const LEAST_ROUNDS: usize = 5;

/// Measurements of a plugin.
#[derive(Debug, Clone)]
pub struct Measured {
    commands: usize,
    /// Times of whole rounds, ascending.
    rounds: Vec<Duration>,
    /// Times of single commands in nanoseconds.
    latency: Histogram<u64>,
}

/// Measures rounds of a workload for about so long, and five at least.
///
/// Rounds with one measurement for all commands, for the throughput, and rounds with one for each
/// command, for the latency, take turns: reading the clock takes as long as a small command.
///
/// # Errors
///
/// The plugin cannot be created or unloaded.
pub fn measure(
    plugin: &LoadedPlugin,
    config: &str,
    workload: &Workload,
    duration: Duration,
) -> Result<Measured, EngineError> {
    let start = Instant::now();
    let mut rounds = Vec::new();
    // A nanosecond to an hour, with three digits; times outside are counted as the nearest one.
    let mut latency = Histogram::new_with_bounds(1, 3_600_000_000_000, 3)
        .unwrap_or_else(|_| unreachable!("these bounds are valid"));
    // The first round warms up caches and branch predictors.
    time_round(plugin, config, workload)?;
    while rounds.len() < LEAST_ROUNDS || start.elapsed() < duration {
        rounds.push(time_round(plugin, config, workload)?);
        time_commands(plugin, config, workload, &mut latency)?;
    }
    rounds.sort_unstable();
    Ok(Measured { commands: workload.len(), rounds, latency })
}

/// The time of all commands of a round, without creating and unloading the plugin.
pub(super) fn time_round(
    plugin: &LoadedPlugin,
    config: &str,
    workload: &Workload,
) -> Result<Duration, EngineError> {
    let mut engine = new_engine(plugin, config)?;
    let start = Instant::now();
    workload.run(&mut engine, |_| ());
    let time = start.elapsed();
    engine.unload()?;
    Ok(time)
}

fn time_commands(
    plugin: &LoadedPlugin,
    config: &str,
    workload: &Workload,
    latency: &mut Histogram<u64>,
) -> Result<(), EngineError> {
    let mut engine = new_engine(plugin, config)?;
    let mut before = Instant::now();
    workload.run(&mut engine, |_| {
        let now = Instant::now();
        let nanoseconds = now.duration_since(before).as_nanos();
        latency.saturating_record(u64::try_from(nanoseconds).unwrap_or(u64::MAX));
        before = now;
    });
    engine.unload()?;
    Ok(())
}

impl Measured {
    /// Commands per second, in the median of the rounds.
    #[must_use]
    pub fn commands_per_second(&self) -> f64 {
        self.rate(self.rounds.len() / 2)
    }

    /// Commands per second in the slowest and in the fastest round.
    #[must_use]
    pub fn range(&self) -> [f64; 2] {
        [self.rate(self.rounds.len().saturating_sub(1)), self.rate(0)]
    }

    fn rate(&self, round: usize) -> f64 {
        let seconds = self.rounds.get(round).map_or(0.0, Duration::as_secs_f64);
        self.commands as f64 / seconds.max(1e-9)
    }

    /// How many rounds were measured.
    #[must_use]
    pub fn rounds(&self) -> usize {
        self.rounds.len()
    }

    /// The time that so many percent of the commands do not exceed. It includes one reading of the
    /// clock.
    #[must_use]
    pub fn latency(&self, percent: f64) -> Duration {
        Duration::from_nanos(self.latency.value_at_quantile(percent / 100.0))
    }

    /// The longest time of a command.
    #[must_use]
    pub fn longest(&self) -> Duration {
        Duration::from_nanos(self.latency.max())
    }
}
