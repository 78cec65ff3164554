//! The longest wait of a command, with and without a checkpoint beside it.

use std::{
    error::Error,
    fmt, fs,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;
use statevec_benches::processor::processor_time;
use statevec_host::durable::DurableEngine;

use crate::ledger::{Ledger, submit};

/// Commands per second: few enough that the processor has time for the checkpoint.
pub(crate) const RATE: u64 = 50_000;
const COMMANDS: u64 = 500_000;
const ACCOUNTS: u64 = 1_000_000;
/// The longest time that is told apart, in nanoseconds.
const LONGEST: u64 = 60_000_000_000;

pub(crate) struct Stall {
    pub(crate) quiet: Row,
    pub(crate) beside: Row,
}

/// A row of the table.
pub(crate) struct Row {
    name: String,
    submitted: Histogram<u64>,
    /// Processor time of each command, without that of other threads.
    processor: Histogram<u64>,
    /// How often the engine's thread waited.
    waits: u64,
    durable: Histogram<u64>,
}

pub(crate) fn measure(ledger: &Ledger) -> Result<Stall, Box<dyn Error>> {
    let mut engine = ledger.open()?;
    let quiet = run("without a checkpoint", &mut engine, |_| Ok(()))?;
    let mut made = 0;
    let mut beside = run("", &mut engine, |engine| {
        if !engine.is_making_checkpoint() {
            made += u64::from(engine.finished_checkpoint()?.is_some());
            engine.start_checkpoint();
        }
        Ok(())
    })?;
    engine.close()?;
    beside.name = format!("beside checkpoints of {ACCOUNTS} records, {made} of them");
    Ok(Stall { quiet, beside })
}

/// Submits commands at fixed times; a sync is started behind each.
fn run(
    name: &str,
    engine: &mut DurableEngine,
    mut beside: impl FnMut(&mut DurableEngine) -> Result<(), Box<dyn Error>>,
) -> Result<Row, Box<dyn Error>> {
    let (mut submitted, mut processor) = (Histogram::new(3)?, Histogram::new(3)?);
    let interval = Duration::from_secs(1) / RATE as u32;
    let began = Instant::now();
    let durable = watch(engine, began, interval)?;
    let waits_before = waits()?;
    for number in 0..COMMANDS {
        // The time that a command had to wait for those before it counts.
        let due = interval * number as u32;
        while began.elapsed() < due {
            std::hint::spin_loop();
        }
        let processor_before = processor_time();
        beside(engine)?;
        submit(engine, number * 7919 % ACCOUNTS + 1)?;
        engine.start_sync()?;
        let took = began.elapsed().saturating_sub(due);
        submitted.record(nanos(took))?;
        processor.record(nanos(processor_time() - processor_before))?;
    }
    let waits = waits()? - waits_before;
    engine.sync()?;
    let durable = durable.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok(Row { name: name.into(), submitted, processor, waits, durable })
}

/// Counts how long commands that are submitted from now on take until they are durable.
fn watch(
    engine: &DurableEngine,
    began: Instant,
    interval: Duration,
) -> Result<Arc<Mutex<Histogram<u64>>>, Box<dyn Error>> {
    let times = Arc::new(Mutex::new(Histogram::new_with_bounds(1, LONGEST, 3)?));
    let counted = Arc::clone(&times);
    let first = engine.position().entry + 1;
    let next = Mutex::new(first);
    engine.watch().notify(move |entry| {
        let elapsed = began.elapsed();
        let mut next = next.lock().unwrap_or_else(PoisonError::into_inner);
        let mut times = counted.lock().unwrap_or_else(PoisonError::into_inner);
        while *next <= entry {
            let due = interval * (*next - first) as u32;
            times.saturating_record(nanos(elapsed.saturating_sub(due)));
            *next += 1;
        }
    });
    Ok(times)
}

/// How often this thread has waited so far.
fn waits() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/thread-self/status")?;
    let waits = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
    Ok(waits.ok_or("the kernel counts no context switches")?.trim().parse()?)
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX).max(1)
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let us = |nanos: u64| nanos as f64 / 1e3;
        let median = |times: &Histogram<u64>| us(times.value_at_quantile(0.5));
        let tail = |times: &Histogram<u64>| us(times.value_at_quantile(0.9999));
        let longest = |times: &Histogram<u64>| us(times.max());
        let Self { name, submitted, processor, waits, durable } = self;
        let (s, p, d) = (submitted, processor, durable);
        write!(f, "| {name} | {:.1} µs | {:.0} µs | {:.0} µs ", median(s), tail(s), longest(s))?;
        write!(f, "| {:.0} µs | {:.0} µs | {waits} ", tail(p), longest(p))?;
        writeln!(f, "| {:.0} µs | {:.0} µs | {:.0} µs |", median(d), tail(d), longest(d))
    }
}
