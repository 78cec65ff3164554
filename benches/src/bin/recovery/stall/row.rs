//! A row of the table.

use std::fmt;

use hdrhistogram::Histogram;

use super::pace::{Paced, Queued};

/// The columns of [`Row`], and their alignment.
pub(crate) const HEAD: &str = "\
| | submitted: 50 % | 99.99 % | longest | processor: 99.99 % | longest | queued: 99.99 % | longest \
| both: 99.99 % | longest | waits | durable: 50 % | 99.99 % | longest |\n\
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n";

pub(crate) struct Row {
    pub(super) name: String,
    pub(super) paced: Paced,
    /// From when a command was due until it was durable. `None` without a log.
    pub(super) durable: Option<Histogram<u64>>,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, paced, durable } = self;
        let Paced { submitted, processor, queued, waits } = paced;
        write!(f, "| {name} | {:.1} µs", micros(submitted.value_at_quantile(0.5)))?;
        tail(f, Some(submitted))?;
        tail(f, Some(processor))?;
        let queued = queued.as_ref();
        tail(f, queued.map(|Queued { alone, .. }| alone))?;
        tail(f, queued.map(|Queued { with_processor, .. }| with_processor))?;
        write!(f, " | {waits} | ")?;
        match durable {
            Some(times) => write!(f, "{:.0} µs", micros(times.value_at_quantile(0.5)))?,
            None => write!(f, "–")?,
        }
        tail(f, durable.as_ref())?;
        writeln!(f, " |")
    }
}

/// Two cells; dashes for times that were not measured.
fn tail(f: &mut fmt::Formatter<'_>, times: Option<&Histogram<u64>>) -> fmt::Result {
    match times {
        Some(times) => {
            let (tail, longest) = (times.value_at_quantile(0.9999), times.max());
            write!(f, " | {:.0} µs | {:.0} µs", micros(tail), micros(longest))
        }
        None => write!(f, " | – | –"),
    }
}

fn micros(nanos: u64) -> f64 {
    nanos as f64 / 1e3
}
