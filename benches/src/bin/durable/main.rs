//! Durable deposits per second: the engine with its transaction log beside SQLite, redb and fjall, at
//! four batch sizes.
//!
//! `cargo run --release --features peers --bin durable [FOLDER]` writes the section of
//! `benches/README.md`. The files lie in FOLDER (default: the system's folder for temporary files), which
//! must be on the disk to measure.

mod fjall;
mod ours;
mod peer;
mod redb;
mod sqlite;

use std::{
    env,
    error::Error,
    process::ExitCode,
    time::{Duration, Instant},
};

use peer::{Deposit, Ledger, Open};
use statevec_benches::{Machine, report::write_section};

/// Batch sizes, and how many deposits of each a run makes.
const BATCHES: [(usize, usize); 4] = [(1, 400), (16, 6_400), (256, 51_200), (4096, 204_800)];
const ACCOUNTS: u64 = 1000;
const RUNS: usize = 5;
const PEERS: [Open; 4] = [sqlite::open, redb::open, fjall::open, ours::open];

fn main() -> ExitCode {
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("durable: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result<(), Box<dyn Error>> {
    let parent = env::args_os().nth(1).map_or_else(env::temp_dir, Into::into);
    let folders: Vec<_> =
        PEERS.iter().map(|_| tempfile::tempdir_in(&parent)).collect::<Result<_, _>>()?;
    let mut ledgers: Vec<_> = PEERS
        .iter()
        .zip(&folders)
        .map(|(open, folder)| open(folder.path()))
        .collect::<Result<_, _>>()?;
    let mut clock = Clock::default();
    let opening = clock.deposits(1..=ACCOUNTS);
    for ledger in &mut ledgers {
        ledger.run_batch(&opening)?;
    }
    let mut best = vec![[Duration::MAX; BATCHES.len()]; ledgers.len()];
    for _ in 0..RUNS {
        for (column, (batch, count)) in BATCHES.into_iter().enumerate() {
            let deposits = clock.scattered(count);
            for (ledger, best) in ledgers.iter_mut().zip(&mut best) {
                let took = run(&mut **ledger, &deposits, batch)?;
                best[column] = best[column].min(took);
            }
        }
    }
    compare_state(&mut ledgers)?;
    write_section("durable", &table(&ledgers, &best))
}

/// Deposits with ascending times.
#[derive(Default)]
struct Clock {
    now_us: u64,
    random: u64,
}

impl Clock {
    fn deposits(&mut self, accounts: impl Iterator<Item = u64>) -> Vec<Deposit> {
        accounts
            .map(|account| {
                self.now_us += 1;
                Deposit { account, now_us: self.now_us }
            })
            .collect()
    }

    fn scattered(&mut self, count: usize) -> Vec<Deposit> {
        let mut random = self.random;
        let accounts: Vec<_> = (0..count)
            .map(|_| {
                random = random
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                (random >> 33) % ACCOUNTS + 1
            })
            .collect();
        self.random = random;
        self.deposits(accounts.into_iter())
    }
}

fn run(
    ledger: &mut dyn Ledger,
    deposits: &[Deposit],
    batch: usize,
) -> Result<Duration, Box<dyn Error>> {
    let began = Instant::now();
    for batch in deposits.chunks(batch) {
        ledger.run_batch(batch)?;
    }
    Ok(began.elapsed())
}

/// All ledgers must hold the same accounts: they did the same work.
fn compare_state(ledgers: &mut [Box<dyn Ledger>]) -> Result<(), Box<dyn Error>> {
    for account in 0..=ACCOUNTS {
        let states = ledgers
            .iter_mut()
            .map(|ledger| Ok((ledger.name(), ledger.account(account)?)))
            .collect::<Result<Vec<_>, Box<dyn Error>>>()?;
        if states.iter().any(|(_, state)| *state != states[0].1) {
            return Err(format!("account {account} differs: {states:?}").into());
        }
    }
    Ok(())
}

fn table(ledgers: &[Box<dyn Ledger>], best: &[[Duration; BATCHES.len()]]) -> String {
    let Machine { processor, rustc, .. } = Machine::look();
    let mut text = format!(
        "Machine: {processor}. Toolchain: {rustc}, the crates' release profile. Command: \
         `cargo run --release --features peers --bin durable`. Deposits per second, the best of {RUNS} runs \
         in turn; a batch is made durable with one commit. In brackets: times SQLite.\n\n| |"
    );
    for (batch, _) in BATCHES {
        text.push_str(&format!(" batch {batch} |"));
    }
    text.push_str("\n|---|");
    text.push_str(&"--:|".repeat(BATCHES.len()));
    for (ledger, best_of) in ledgers.iter().zip(best) {
        text.push_str(&format!("\n| {} |", ledger.name()));
        for (column, (_, count)) in BATCHES.into_iter().enumerate() {
            let rate = count as f64 / best_of[column].as_secs_f64();
            let times = best[0][column].as_secs_f64() / best_of[column].as_secs_f64();
            text.push_str(&format!(" {rate:.0} ({times:.1}) |"));
        }
    }
    text.push_str(
        "\n\nAll do the same: two accounts change per deposit, and afterwards they hold the same accounts.\n",
    );
    text
}
