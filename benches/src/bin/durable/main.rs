//! Durable deposits per second: the engine with its transaction log beside SQLite, redb and fjall,
//! at four batch sizes.
//!
//! `cargo run --release --features peers --bin durable [FOLDER]` writes the section of
//! `benches/README.md`. The files lie in FOLDER (default: the system's folder for temporary files),
//! which must be on the disk to measure.

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
const BATCHES: [(usize, usize); 4] = [(1, 200), (16, 3_200), (256, 25_600), (4096, 102_400)];
const ACCOUNTS: u64 = 1000;
const RUNS: usize = 10;
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
    let mut total = vec![[Duration::ZERO; BATCHES.len()]; ledgers.len()];
    for _ in 0..RUNS {
        for (column, (batch, count)) in BATCHES.into_iter().enumerate() {
            for deposits in clock.scattered(count).chunks(batch) {
                run_in_turn(&mut ledgers, deposits, |place, took| total[place][column] += took)?;
            }
        }
    }
    compare_state(&mut ledgers)?;
    write_section("durable", &table(&ledgers, &total))
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

/// Every ledger runs the same batch, one after another.
///
/// The time of a sync varies more, with the other load on the disk, than the ledgers differ. So the
/// ledgers take turns at each batch, and not at each run.
fn run_in_turn(
    ledgers: &mut [Box<dyn Ledger>],
    deposits: &[Deposit],
    mut took: impl FnMut(usize, Duration),
) -> Result<(), Box<dyn Error>> {
    for (place, ledger) in ledgers.iter_mut().enumerate() {
        let began = Instant::now();
        ledger.run_batch(deposits)?;
        took(place, began.elapsed());
    }
    Ok(())
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

fn table(ledgers: &[Box<dyn Ledger>], total: &[[Duration; BATCHES.len()]]) -> String {
    let Machine { processor, rustc, .. } = Machine::look();
    let mut text = format!(
        "Machine: {processor}. Toolchain: {rustc}, the crates' release profile. Command: \
         `cargo run --release --features peers --bin durable`. Deposits per second, the mean of {RUNS} runs; \
         a batch is made durable with one commit, and all run the same batch in turn. In brackets: times SQLite.\n\n| |"
    );
    for (batch, _) in BATCHES {
        text.push_str(&format!(" batch {batch} |"));
    }
    text.push_str("\n|---|");
    text.push_str(&"--:|".repeat(BATCHES.len()));
    for (ledger, took) in ledgers.iter().zip(total) {
        text.push_str(&format!("\n| {} |", ledger.name()));
        for (column, (_, count)) in BATCHES.into_iter().enumerate() {
            let rate = (RUNS * count) as f64 / took[column].as_secs_f64();
            let times = total[0][column].as_secs_f64() / took[column].as_secs_f64();
            text.push_str(&format!(" {rate:.0} ({times:.1}) |"));
        }
    }
    text.push_str(
        "\n\nAll do the same: two accounts change per deposit, and afterwards they hold the same accounts. \
         The durable engine makes one `fdatasync` per batch, as `strace -f -y -e trace=fdatasync` shows; a new \
         segment of its log takes one more. It holds its records in memory, and its log also keeps the commands \
         and events.\n",
    );
    text
}
