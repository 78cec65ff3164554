//! The longest command while accounts are opened, beside maps and databases in memory.
//!
//! `tail` measures everything and writes the section of `benches/README.md`. `tail --quick` opens
//! few accounts and writes nothing: it checks that the program works.

mod opening;
mod records;

use std::{
    collections::{BTreeMap, HashMap},
    env,
    error::Error,
    path::Path,
    process::ExitCode,
};

use opening::{Opening, PERCENTILES, RUNS};
use statevec_benches::{
    Machine,
    chart::{Chart, Series},
    ledger::{
        EngineLedger, MapLedger, engine::Feeding, map::Stored, redb::RedbLedger,
        sqlite::SqliteLedger,
    },
    report::write_section,
};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        [] => measure(10_000_000, 250_000).and_then(|openings| write(&openings)),
        ["--quick"] => measure(100_000, 1_000).map(|openings| print!("{}", table(&openings))),
        _ => Err("usage: tail [--quick]".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tail: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Opens so many accounts, and fewer in databases, which take tens of times as long.
fn measure(accounts: u64, database_accounts: u64) -> Result<Vec<Opening>, Box<dyn Error>> {
    let engine = || EngineLedger::library(Feeding::OneByOne);
    let (opening, mut engine) = Opening::measure(engine, accounts, 2)?;
    let mut openings = vec![opening];
    openings.push(opening::rollbacks(&mut engine, accounts.min(1_000_000))?);
    drop(engine);
    openings.extend(records::measure(accounts.min(1_000_000))?);
    let hash_map = || Ok(MapLedger::<HashMap<u64, Stored>>::default());
    openings.push(Opening::measure(hash_map, accounts, 2)?.0);
    let tree_map = || Ok(MapLedger::<BTreeMap<u64, Stored>>::default());
    openings.push(Opening::measure(tree_map, accounts, 2)?.0);
    openings.push(Opening::measure(RedbLedger::new, database_accounts, 50)?.0);
    openings.push(Opening::measure(SqliteLedger::new, database_accounts, 20)?.0);
    Ok(openings)
}

fn table(openings: &[Opening]) -> String {
    let mut text = String::from(
        "| | commands | one every | processor: 99.99 % | 99.9999 % | longest | from due: 50 % | 99.99 % | longest |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    openings.iter().for_each(|opening| text.push_str(&opening.to_string()));
    text
}

fn write(openings: &[Opening]) -> Result<(), Box<dyn Error>> {
    let Machine { processor, rustc, .. } = Machine::look();
    write_section(
        "tail",
        &format!(
            "Machine: {processor}. Toolchain: {rustc}, the workspace's release profile. Command: `cargo run --release --features peers --bin tail`. \
             HDR histograms, in microseconds. Accounts are opened one after another, in an order all over the place, and each command is due at a fixed time: \
             the time from then to its end counts the wait for those before it, which corrects for coordinated omission, and holds what else the machine was doing. \
             The processor's time of a command is the least of {RUNS} runs, command by command: growth comes at the same command in each run, \
             what else the machine does comes at another.\n\n{}\n",
            table(openings)
        ),
    )?;
    let series = |opening: &Opening| Series {
        name: opening.name().to_owned(),
        values: opening.percentiles().map(|nanos| Some(nanos / 1e3)).to_vec(),
    };
    let chart = Chart {
        title: "Processor time of one command while accounts are opened, by percentile",
        places: PERCENTILES.iter().map(|percentile| format!("{percentile}")).collect(),
        series: openings.iter().filter(|opening| opening.opens()).map(series).collect(),
        ours: 1,
        label: |micros| format!("{micros} µs"),
    };
    chart.write(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tail.svg"))
}
