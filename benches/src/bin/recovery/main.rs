//! Recovery: entries per second from the log, records per second from a checkpoint; and how long a
//! command waits while a checkpoint is made.
//!
//! `cargo run --release --features peers --bin recovery [FOLDER]` writes the section of
//! `benches/README.md`. The files lie in FOLDER (default: the system's folder for temporary files).

mod ledger;
mod stall;

use std::{
    env,
    error::Error,
    process::ExitCode,
    time::{Duration, Instant},
};

use ledger::Ledger;
use stall::HEAD;
use statevec_benches::{Machine, report::write_section};

const ENTRIES: u64 = 2_000_000;
const RECORDS: u64 = 1_000_000;
const RUNS: usize = 3;

fn main() -> ExitCode {
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("recovery: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result<(), Box<dyn Error>> {
    let parent = env::args_os().nth(1).map_or_else(env::temp_dir, Into::into);
    let folder = tempfile::tempdir_in(&parent)?;
    let entries = Ledger::new(&folder.path().join("entries"))?;
    entries.deposit(ENTRIES, 1_000)?;
    let from_log = best(|| entries.recover(ENTRIES, ENTRIES))?;

    let records = Ledger::new(&folder.path().join("records"))?;
    records.deposit(RECORDS, RECORDS)?;
    let began = Instant::now();
    records.checkpoint()?;
    let made = began.elapsed();
    let from_checkpoint = best(|| records.recover(RECORDS, 0))?;
    let rows: String = stall::measure(&records)?.iter().map(ToString::to_string).collect();

    let Machine { processor, rustc, .. } = Machine::look();
    let rate = |count: u64, took: Duration| count as f64 / took.as_secs_f64() / 1e6;
    write_section(
        "recovery",
        &format!(
            "Machine: {processor}. Toolchain: {rustc}, the crates' release profile. Command: \
             `cargo run --release --features peers --bin recovery`. The bank's deposits; the files are in the \
             page cache, and recovery is measured in time of the processor.\n\n\
             | | |\n|---|--:|\n\
             | recovery from the log, best of {RUNS} | {:.1} million entries/s |\n\
             | recovery from a checkpoint of {RECORDS} records, best of {RUNS} | {:.1} million records/s |\n\
             | making that checkpoint from the log, in the background | {:.2} s |\n\n\
             Commands beside checkpoints, {} per second, measured with HDR histograms. The times are counted from \
             when a command was due, which corrects for coordinated omission: until it was submitted, and until \
             it was durable. They hold everything that the machine was doing; the rows without an engine show \
             how much that is. Three columns hold only the work of this machine: the processor's time of a \
             command; the time since the command before in which the engine's thread was ready and another \
             thread had its processor (the kernel's `run_delay`); and both together, counted from when a command \
             was due. The waits are how often the thread waited for anything else (the kernel's voluntary \
             context switches). On a processor of its own, the engine's thread is bound to one processor, and \
             all threads that it starts to the others.\n\n\
             {HEAD}{rows}",
            rate(ENTRIES, from_log),
            rate(RECORDS, from_checkpoint),
            made.as_secs_f64(),
            stall::RATE,
        ),
    )
}

fn best(
    mut run: impl FnMut() -> Result<Duration, Box<dyn Error>>,
) -> Result<Duration, Box<dyn Error>> {
    let mut best = Duration::MAX;
    for _ in 0..RUNS {
        best = best.min(run()?);
    }
    Ok(best)
}
