//! The longest wait of a command, with and without a checkpoint beside it.

mod pace;
mod row;

use std::{
    error::Error,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, channel},
    },
    thread,
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;
use statevec_host::durable::DurableEngine;

use crate::ledger::{Ledger, submit};
pub(crate) use pace::RATE;
use pace::{COMMANDS, INTERVAL, nanos, pace};
pub(crate) use row::HEAD;
use row::Row;

const ACCOUNTS: u64 = 1_000_000;
/// The longest time that is told apart, in nanoseconds.
const LONGEST: u64 = 60_000_000_000;

/// The rows of the table.
pub(crate) fn measure(ledger: &Ledger) -> Result<[Row; 3], Box<dyn Error>> {
    let floor = floor()?;
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
    Ok([floor, quiet, beside])
}

/// Commands that do nothing, beside a thread that never waits: the least that this machine shows.
fn floor() -> Result<Row, Box<dyn Error>> {
    let over = AtomicBool::new(false);
    let paced = thread::scope(|threads| {
        threads.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                std::hint::spin_loop();
            }
        });
        let paced = pace(Instant::now(), |_| Ok(()));
        over.store(true, Ordering::Relaxed);
        paced
    })?;
    Ok(Row { name: "no engine, beside a thread that spins".into(), paced, durable: None })
}

/// Submits commands at fixed times; a sync is started behind each.
fn run(
    name: &str,
    engine: &mut DurableEngine,
    mut beside: impl FnMut(&mut DurableEngine) -> Result<(), Box<dyn Error>>,
) -> Result<Row, Box<dyn Error>> {
    let began = Instant::now();
    let durable = watch(engine, began)?;
    let paced = pace(began, |number| {
        beside(engine)?;
        submit(engine, number * 7919 % ACCOUNTS + 1)?;
        engine.start_sync()?;
        Ok(())
    })?;
    engine.sync()?;
    // The last notice may come after the sync has returned.
    let durable = durable.recv_timeout(Duration::from_secs(10))?;
    Ok(Row { name: name.into(), paced, durable: Some(durable) })
}

/// Counts how long the commands that are submitted from now on take until they are durable. The
/// result comes behind the last one.
fn watch(
    engine: &DurableEngine,
    began: Instant,
) -> Result<Receiver<Histogram<u64>>, Box<dyn Error>> {
    let (result, receiver) = channel();
    let first = engine.position().entry + 1;
    let counted = Mutex::new(Histogram::<u64>::new_with_bounds(1, LONGEST, 3)?);
    engine.watch().notify(move |entry| {
        let elapsed = began.elapsed();
        let mut times = counted.lock().unwrap_or_else(PoisonError::into_inner);
        let before = times.len();
        for number in before..COMMANDS.min((entry + 1).saturating_sub(first)) {
            let due = INTERVAL * number as u32;
            times.saturating_record(nanos(elapsed.saturating_sub(due)));
        }
        if before < COMMANDS && times.len() == COMMANDS {
            // The send fails if the measurement has given up.
            let _sent = result.send(times.clone());
        }
    });
    Ok(receiver)
}
