//! The cost of a deposit as the number of accounts grows.

use std::{error::Error, fs};

use crate::bank::{self, Deposits};

const COMMANDS: usize = 1_000_000;
const RUNS: usize = 3;

/// The table, one row per number of accounts.
pub(crate) fn table() -> Result<String, Box<dyn Error>> {
    let mut text = String::from(
        "### Deposits against the number of accounts\n\n\
         | accounts | open one, ns | deposit, ns | validate, ns per account | memory per account, bytes |\n|--:|--:|--:|--:|--:|\n",
    );
    for accounts in [1_000, 100_000, 1_000_000, 10_000_000] {
        text.push_str(&row(accounts)?);
        eprintln!("{accounts} accounts measured");
    }
    text.push_str(
        "\nDeposits go to accounts all over the place. What grows is the wait for memory: an account's row and its place in the index are \
         not in the processor's caches when there are many. Opening includes the growth of the tables, by doubling. Memory is what the process grew by; \
         an account's row takes 8 + 8 + 48 bytes, its place in the order of numbers 16, and in the index 5 and more.\n\n",
    );
    Ok(text)
}

fn row(accounts: u64) -> Result<String, Box<dyn Error>> {
    let opening = Deposits::to_each(accounts)?;
    let before = resident();
    let mut engine = bank::engine()?;
    let open = opening.run(&mut engine)?;
    let grown = resident().zip(before).map(|(after, before)| after.saturating_sub(before));
    drop(opening);
    let deposits = Deposits::scattered(accounts, COMMANDS)?;
    let mut deposit = f64::MAX;
    for _ in 0..RUNS {
        deposit = deposit.min(deposits.run(&mut engine)?);
    }
    let began = std::time::Instant::now();
    engine.validate().map_err(|failure| failure.to_string())?;
    let validate = began.elapsed().as_nanos() as f64 / (accounts + 1) as f64;
    // The system gives memory in pages, and the process had some of it before.
    let memory = match grown {
        Some(bytes) if accounts >= 100_000 => format!("{:.0}", bytes as f64 / accounts as f64),
        _ => "–".into(),
    };
    Ok(format!("| {accounts} | {open:.0} | {deposit:.0} | {validate:.0} | {memory} |\n"))
}

/// The memory of this process in bytes, where the system tells.
fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? * 1024)
}
