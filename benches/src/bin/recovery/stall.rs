//! The longest wait of a command, with and without a checkpoint beside it.

use std::{
    error::Error,
    fmt,
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;
use statevec_host::durable::DurableEngine;

use crate::ledger::{Ledger, submit};

/// Commands per second: few enough that the processor has time for the checkpoint.
pub(crate) const RATE: u64 = 50_000;
const COMMANDS: u64 = 250_000;
const ACCOUNTS: u64 = 1_000_000;

pub(crate) struct Stall {
    pub(crate) quiet: Row,
    pub(crate) beside: Row,
}

/// A row of the table.
pub(crate) struct Row {
    name: String,
    times: Histogram<u64>,
}

pub(crate) fn measure(ledger: &Ledger) -> Result<Stall, Box<dyn Error>> {
    let mut engine = ledger.open()?;
    let quiet = run(&mut engine, |_| Ok(()))?;
    let mut made = 0;
    let beside = run(&mut engine, |engine| {
        if !engine.is_making_checkpoint() {
            made += u64::from(engine.start_checkpoint()?.is_some());
        }
        Ok(())
    })?;
    engine.close()?;
    let quiet = Row { name: "without a checkpoint".into(), times: quiet };
    let name = format!("beside checkpoints of {ACCOUNTS} records, {} of them", made + 1);
    Ok(Stall { quiet, beside: Row { name, times: beside } })
}

/// Submits commands at fixed times; a sync is started behind each.
fn run(
    engine: &mut DurableEngine,
    mut beside: impl FnMut(&mut DurableEngine) -> Result<(), Box<dyn Error>>,
) -> Result<Histogram<u64>, Box<dyn Error>> {
    let mut times = Histogram::new(3)?;
    let interval = Duration::from_secs(1) / RATE as u32;
    let began = Instant::now();
    for number in 0..COMMANDS {
        // The time that a command had to wait for those before it counts.
        let due = interval * number as u32;
        while began.elapsed() < due {
            std::hint::spin_loop();
        }
        beside(engine)?;
        submit(engine, number * 7919 % ACCOUNTS + 1)?;
        engine.start_sync()?;
        let took = began.elapsed().saturating_sub(due);
        times.record(u64::try_from(took.as_nanos())?.max(1))?;
    }
    engine.sync()?;
    Ok(times)
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let us = |nanos: u64| nanos as f64 / 1e3;
        let Self { name, times } = self;
        let (median, tail) = (times.value_at_quantile(0.5), times.value_at_quantile(0.9999));
        let (median, tail, longest) = (us(median), us(tail), us(times.max()));
        writeln!(f, "| {name} | {median:.1} µs | {tail:.0} µs | {longest:.0} µs |")
    }
}
