//! The longest wait of a command, with and without a checkpoint beside it.

mod pace;
mod placing;
mod row;

use std::{
    error::Error,
    ffi::CStr,
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
use pace::{COMMANDS, INTERVAL, Paced, nanos, pace};
use placing::Placing;
pub(crate) use row::HEAD;
use row::Row;

const ACCOUNTS: u64 = 1_000_000;
/// The longest time that is told apart, in nanoseconds.
const LONGEST: u64 = 60_000_000_000;

/// The rows of the table.
pub(crate) fn measure(ledger: &Ledger) -> Result<Vec<Row>, Box<dyn Error>> {
    let mut rows = rows(ledger, &Placing::by_the_kernel()?)?;
    if let Some(apart) = Placing::apart()? {
        rows.extend(self::rows(ledger, &apart)?);
    }
    Ok(rows)
}

fn rows(ledger: &Ledger, placing: &Placing) -> Result<Vec<Row>, Box<dyn Error>> {
    let (place, [floor_thread, quiet_thread, beside_thread]) = (placing.text, placing.threads);
    let floor = Row {
        name: format!("no engine, beside a thread that spins{place}"),
        paced: floor(placing, floor_thread)?,
        durable: None,
    };
    let with_engine = |mut engine: DurableEngine| -> Result<_, Box<dyn Error>> {
        let quiet = run(quiet_thread, &mut engine, |_| Ok(()))?;
        let mut made = 0;
        let beside = run(beside_thread, &mut engine, |engine| {
            if !engine.is_making_checkpoint() {
                made += u64::from(engine.finished_checkpoint()?.is_some());
                engine.start_checkpoint();
            }
            Ok(())
        })?;
        engine.close()?;
        Ok([
            quiet.row(format!("without a checkpoint{place}")),
            beside.row(format!("beside {made} checkpoints of {ACCOUNTS} records{place}")),
        ])
    };
    let with_engine = placing.run(|| ledger.open(), |engine| with_engine(engine?))??;
    Ok([floor].into_iter().chain(with_engine).collect())
}

/// Commands that do nothing, beside a thread that never waits: the least that this machine shows.
fn floor(placing: &Placing, thread: &CStr) -> Result<Paced, Box<dyn Error>> {
    let over = AtomicBool::new(false);
    thread::scope(|threads| {
        let spin = || {
            while !over.load(Ordering::Relaxed) {
                std::hint::spin_loop();
            }
        };
        let start = || thread::Builder::new().name("spin".into()).spawn_scoped(threads, spin);
        let paced = placing.run(start, |spinning| {
            spinning?;
            pace(thread, Instant::now(), |_| Ok(()))
        });
        over.store(true, Ordering::Relaxed);
        paced?
    })
}

struct Measured {
    paced: Paced,
    durable: Histogram<u64>,
}

impl Measured {
    fn row(self, name: String) -> Row {
        Row { name, paced: self.paced, durable: Some(self.durable) }
    }
}

/// Submits commands at fixed times; a sync is started behind each.
fn run(
    thread: &CStr,
    engine: &mut DurableEngine,
    mut beside: impl FnMut(&mut DurableEngine) -> Result<(), Box<dyn Error>>,
) -> Result<Measured, Box<dyn Error>> {
    let began = Instant::now();
    let durable = watch(engine, began)?;
    let paced = pace(thread, began, |number| {
        beside(engine)?;
        submit(engine, number * 7919 % ACCOUNTS + 1)?;
        engine.start_sync()?;
        Ok(())
    })?;
    engine.sync()?;
    // The last notice may come after the sync has returned.
    let durable = durable.recv_timeout(Duration::from_secs(10))?;
    Ok(Measured { paced, durable })
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
