//! Two plugins, or two builds of one.

use std::time::{Duration, Instant};

use fastrand::Rng;

use super::{Workload, measure::time_round};
use crate::{EngineError, LoadedPlugin};

/// Pairs of rounds that are measured at least.
const LEAST_PAIRS: usize = 20;

/// Samples that are drawn for the confidence interval.
const SAMPLES: usize = 2000;

/// The time of another plugin as a multiple of the first one's.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Comparison {
    /// The ratio of the times: 1.1 is 10 % slower than the first plugin.
    pub ratio: f64,
    /// The interval that holds the ratio with a confidence of 95 %.
    pub confidence: [f64; 2],
    /// Pairs of rounds that were measured.
    pub pairs: usize,
}

impl Comparison {
    /// Returns true if the plugins differ with a confidence of 95 %.
    #[must_use]
    pub fn is_significant(&self) -> bool {
        let [low, high] = self.confidence;
        low > 1.0 || high < 1.0
    }
}

/// Measures rounds of two plugins in turns, for about so long and 20 pairs at least.
///
/// A disturbance of the machine meets both of a pair alike. The ratio is the geometric mean over
/// the pairs, and the interval comes from resampling them (bootstrap), which assumes no
/// distribution. Both plugins must have commands of the same form.
///
/// # Errors
///
/// A plugin cannot be created or unloaded.
pub fn compare(
    first: (&LoadedPlugin, &str),
    other: (&LoadedPlugin, &str),
    workload: &Workload,
    duration: Duration,
) -> Result<Comparison, EngineError> {
    let time = |(plugin, config): (&LoadedPlugin, &str)| time_round(plugin, config, workload);
    let start = Instant::now();
    let mut ratios: Vec<f64> = Vec::new();
    time(first)?;
    time(other)?;
    while ratios.len() < LEAST_PAIRS || start.elapsed() < duration {
        // Who comes first changes, so that neither has the warmer cache all the time.
        let (one, two) = if ratios.len().is_multiple_of(2) {
            let one = time(first)?;
            (one, time(other)?)
        } else {
            let two = time(other)?;
            (time(first)?, two)
        };
        ratios.push((two.as_secs_f64().max(1e-9) / one.as_secs_f64().max(1e-9)).ln());
    }
    Ok(Comparison {
        ratio: mean(&ratios).exp(),
        confidence: confidence(&ratios).map(f64::exp),
        pairs: ratios.len(),
    })
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// The interval between the 2.5th and the 97.5th percentile of the means of samples, each drawn
/// from the values with repetition.
fn confidence(values: &[f64]) -> [f64; 2] {
    let mut random = Rng::with_seed(0);
    let mut means: Vec<f64> = (0..SAMPLES)
        .map(|_| {
            let drawn = (0..values.len()).filter_map(|_| random.choice(values));
            drawn.sum::<f64>() / values.len().max(1) as f64
        })
        .collect();
    means.sort_unstable_by(f64::total_cmp);
    [means[SAMPLES / 40], means[SAMPLES - 1 - SAMPLES / 40]]
}

#[cfg(test)]
mod tests {
    use super::{Comparison, confidence, mean};

    #[test]
    fn interval_holds_the_mean_and_shrinks_with_more_values() {
        let values = |count: usize| -> Vec<f64> {
            (0..count).map(|position| if position % 2 == 0 { 0.9 } else { 1.1 }).collect()
        };
        let mut before = f64::INFINITY;
        for count in [20, 200, 2000] {
            let values = values(count);
            let [low, high] = confidence(&values);
            assert!(low < mean(&values) && mean(&values) < high);
            assert!(high - low < before / 2.0, "{count}");
            before = high - low;
        }
    }

    #[test]
    fn noise_is_no_difference_and_a_shift_is_one() {
        let shifted = |shift: f64| {
            let values: Vec<f64> = (0..100).map(|at| f64::from(at % 7) / 10.0 - shift).collect();
            let confidence = confidence(&values).map(f64::exp);
            Comparison { ratio: mean(&values).exp(), confidence, pairs: 100 }
        };
        assert!(!shifted(0.3).is_significant());
        assert!(shifted(0.2).is_significant() && shifted(0.4).is_significant());
    }
}
