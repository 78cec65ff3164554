//! How long it takes to load a plugin and create an instance, beside a bare `dlopen`. Each time in
//! a process of its own, because a library is mapped once.

use std::{env, error::Error, process::Command, time::Instant};

use statevec_benches::{ledger::engine, library};

const PROCESSES: usize = 20;

/// One paragraph.
pub(crate) fn table() -> Result<String, Box<dyn Error>> {
    let (bare, whole) = (fastest("bare")?, fastest("whole")?);
    Ok(format!(
        "### Loading\n\n\
         Loading the bank's library, checking its table, name and schema, and creating an engine with an instance takes {whole:.0} µs; a bare \
         `dlopen` of the same file takes {bare:.0} µs (the fastest of {PROCESSES} processes each).\n",
    ))
}

fn fastest(how: &str) -> Result<f64, Box<dyn Error>> {
    let mut best = f64::MAX;
    for _ in 0..PROCESSES {
        let output = Command::new(env::current_exe()?).args(["load", how]).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let micros: f64 =
            text.trim().parse().map_err(|_| format!("loading ended with {output:?}"))?;
        best = best.min(micros);
    }
    Ok(best)
}

/// Loads in this process, and prints the microseconds.
pub(crate) fn load(how: &str) -> Result<(), Box<dyn Error>> {
    let began = Instant::now();
    match how {
        "bare" => drop(library::open(engine::LIBRARY)?),
        "whole" => drop(engine::engine()?),
        _ => return Err(format!("loading is bare or whole, not {how:?}").into()),
    }
    println!("{}", began.elapsed().as_nanos() as f64 / 1e3);
    Ok(())
}
