//! Instructions per operation, counted by valgrind's callgrind: they repeat exactly, which times do
//! not.
//!
//! - `instructions`: measures every peer, and writes the tables and the picture of
//!   `benches/README.md`.
//! - `instructions gate`: measures ours and compares with `benches/budget.tsv`. Exit code 1: above
//!   the budget; 77: skipped, as there is no valgrind.
//! - `instructions budget`: measures ours and writes `benches/budget.tsv`.
//! - `instructions count FILE`: measures every peer, and writes the counts to a file;
//!   `instructions profiles FILE...` makes the README's tables of such files of several builds.
//!   `profiles.sh` runs both.
//! - `instructions measured PEER [OPERATION]`: only runs, for a profiler to look at.

mod budget;
mod callgrind;
#[cfg(feature = "peers")]
mod picture;
mod profiles;
mod readme;

use std::{
    env,
    error::Error,
    path::{Path, PathBuf},
    process::ExitCode,
};

use callgrind::{Measure, Row, reads, recorded, run_measured};
use statevec_benches::{
    Machine, Operation,
    peers::{each, each_half, each_of_ours},
};

/// The exit status that `.ci/run` reads as "skipped".
const SKIPPED: u8 = 77;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["measured", peer] => run_measured(peer, &Operation::ALL).map(|()| ExitCode::SUCCESS),
        ["measured", peer, operation] => one(operation)
            .and_then(|operation| run_measured(peer, &[operation]))
            .map(|()| ExitCode::SUCCESS),
        [] => with_valgrind(Task::Tables),
        ["gate"] => with_valgrind(Task::Gate),
        ["budget"] => with_valgrind(Task::Budget),
        ["count", file] => with_valgrind(Task::Count(Path::new(file))),
        ["profiles", files @ ..] => with_valgrind(Task::Profiles(files)),
        _ => Err("usage: instructions [gate | budget | count FILE | profiles FILE... | measured PEER [OPERATION]]".into()),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("instructions: {error}");
        ExitCode::FAILURE
    })
}

fn one(operation: &str) -> Result<Operation, Box<dyn Error>> {
    Ok(Operation::named(operation).ok_or_else(|| format!("there is no operation {operation:?}"))?)
}

/// A task that counts, or names the version of valgrind.
enum Task<'a> {
    Tables,
    Gate,
    Budget,
    Count(&'a Path),
    Profiles(&'a [&'a str]),
}

fn with_valgrind(task: Task<'_>) -> Result<ExitCode, Box<dyn Error>> {
    let machine = Machine::look();
    let Some(valgrind) = &machine.valgrind else {
        println!(
            "skipped, because there is no valgrind here; install it (apt-get install valgrind) to count instructions"
        );
        return Ok(ExitCode::from(SKIPPED));
    };
    match task {
        Task::Gate => budget::gate(&budget_file(), &ours()?, &[&machine.rustc, valgrind]),
        Task::Budget => budget::write(&budget_file(), &ours()?, &[&machine.rustc, valgrind]),
        Task::Count(file) => {
            let mut whole = Measure::default();
            each(&mut whole)?;
            profiles::save(file, &whole.costs)?;
            Ok(ExitCode::SUCCESS)
        }
        Task::Profiles(files) => {
            profiles::write(files, &machine.processor, &[&machine.rustc, valgrind])?;
            Ok(ExitCode::SUCCESS)
        }
        Task::Tables => {
            let (mut whole, mut halves) = (Measure::default(), Measure::default());
            each(&mut whole)?;
            each_half(&mut halves)?;
            readme::write(
                &whole.costs,
                &halves.costs,
                &engine()?,
                &machine.processor,
                &[&machine.rustc, valgrind],
            )?;
            #[cfg(feature = "peers")]
            picture::write(&folder().join("instructions.svg"), &whole.costs)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn ours() -> Result<Vec<Row>, Box<dyn Error>> {
    let mut measure = Measure::default();
    each_of_ours(&mut measure)?;
    let mut rows: Vec<_> = measure.costs.iter().flat_map(|costs| costs.rows()).collect();
    rows.extend(engine()?);
    Ok(rows)
}

/// The engine with its store.
fn engine() -> Result<Vec<Row>, Box<dyn Error>> {
    let mut rows = reads()?;
    rows.extend(recorded()?);
    Ok(rows)
}

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn budget_file() -> PathBuf {
    folder().join("budget.tsv")
}
