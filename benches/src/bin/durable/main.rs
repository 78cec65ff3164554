//! Durable deposits per second: the engine with its transaction log beside SQLite, redb and fjall,
//! at four batch sizes.
//!
//! `cargo run --release --features peers --bin durable [FOLDER]` writes the section of
//! `benches/README.md`. The files lie in FOLDER (default: the system's folder for temporary files),
//! which must be on the disk to measure. The second table is that of a folder in memory, where a
//! sync costs nothing; its times are those of the processor. `durable --pictures` only draws the
//! tables that stand in the README.

mod clock;
mod fjall;
mod floor;
mod ours;
mod peer;
mod picture;
mod redb;
mod sqlite;
mod times;

use std::{array, env, error::Error, path::Path, process::ExitCode, time::Duration};

use clock::Clock;
use peer::{Deposit, Kept, Ledger, Open};
use statevec_benches::{Machine, report::write_section};
use times::Times;

/// Batch sizes, and how many turns of each a run makes.
const BATCHES: [(usize, usize); 4] = [(1, 4), (16, 4), (256, 4), (4096, 2)];
/// Batches that a ledger runs one after another before the next ledger runs them.
const TURN: usize = 8;
const ACCOUNTS: u64 = 1000;
const RUNS: usize = 20;
/// The first is the one that the others are compared with.
const PEERS: [(Open, Kept); 9] = [
    (sqlite::open, Kept::Entries),
    (redb::open, Kept::Entries),
    (fjall::open, Kept::Entries),
    (ours::open, Kept::Entries),
    (ours::open_ahead, Kept::Entries),
    (sqlite::open, Kept::Accounts),
    (redb::open, Kept::Accounts),
    (fjall::open, Kept::Accounts),
    (floor::open, Kept::Accounts),
];
const MEMORY: &str = "/dev/shm";

fn main() -> ExitCode {
    let outcome = if env::args().nth(1).is_some_and(|argument| argument == "--pictures") {
        picture::draw()
    } else {
        report()
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("durable: {error}");
            ExitCode::FAILURE
        }
    }
}

fn report() -> Result<(), Box<dyn Error>> {
    let folder = env::args_os().nth(1).map_or_else(env::temp_dir, Into::into);
    let on_disk = measure(&folder, Clock::Wall)?;
    let in_memory = measure(Path::new(MEMORY), Clock::Processor)?;
    let Machine { processor, rustc, .. } = Machine::look();
    write_section(
        "durable",
        &format!(
            "Machine: {processor}. Toolchain: {rustc}, the crates' release profile. Command: \
             `cargo run --release --features peers --bin durable`. Deposits per second at the median turn of \
             {TURN} batches; a batch is made durable with one commit, and all run the same batches in turn. In \
             brackets: times SQLite, the median of the ratios of each turn, because the disk of a virtual machine \
             syncs fast only until an allowance is used up.\n\n\
             On disk:\n\n{on_disk}\n\
             In memory ({MEMORY}, where a sync costs nothing), per second of the processor's time, which shows the \
             work beside the disk's:\n\n\
             {in_memory}\n\
             All make the same deposits: two accounts change per deposit, and afterwards all hold the same \
             accounts. Under its `ext_seq`, each of the first five keeps the command and its two events; for the \
             databases these are 72 bytes of a second table. The log keeps the outcome, the changes and the digest \
             of the state, too. The durable engine makes exactly one `fdatasync` per batch, and waits for it; or it has \
             up to eight batches in flight, each in one synced write of its own, and waits for the oldest. The journal is the \
             floor: it writes the commands to a file that was filled with zeros before, syncs, and changes an \
             array.\n",
        ),
    )?;
    picture::draw()
}

/// All ledgers run the same batches, and the table of their times comes back.
fn measure(parent: &Path, clock: Clock) -> Result<String, Box<dyn Error>> {
    let folders: Vec<_> =
        PEERS.iter().map(|_| tempfile::tempdir_in(parent)).collect::<Result<_, _>>()?;
    let mut ledgers: Vec<_> = PEERS
        .iter()
        .zip(&folders)
        .map(|((open, kept), folder)| open(folder.path(), *kept))
        .collect::<Result<_, _>>()?;
    let mut source = Deposits::default();
    let opening = source.to(1..=ACCOUNTS);
    for ledger in &mut ledgers {
        ledger.run_batch(&opening)?;
        ledger.finish()?;
    }
    let mut times = vec![BATCHES.map(|_| Times::default()); ledgers.len()];
    for _ in 0..RUNS {
        for (column, (batch, count)) in BATCHES.into_iter().enumerate() {
            for _ in 0..count {
                let batches: [_; TURN] = array::from_fn(|_| source.scattered(batch));
                run_in_turn(&mut ledgers, &batches, clock, |place, took| {
                    times[place][column].add(took);
                })?;
            }
        }
    }
    compare_state(&mut ledgers)?;
    Ok(table(&ledgers, &times))
}

/// Makes deposits with ascending numbers and times.
#[derive(Default)]
struct Deposits {
    made: u64,
    random: u64,
}

impl Deposits {
    fn to(&mut self, accounts: impl Iterator<Item = u64>) -> Vec<Deposit> {
        accounts
            .map(|account| {
                self.made += 1;
                Deposit { ext_seq: self.made, account, now_us: self.made }
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
        self.to(accounts.into_iter())
    }
}

/// Every ledger runs the same batches, one ledger after another.
///
/// The time of a sync varies more, with the other load on the disk, than the ledgers differ. So the
/// ledgers take turns after a few batches, and not after each run.
fn run_in_turn(
    ledgers: &mut [Box<dyn Ledger>],
    batches: &[Vec<Deposit>],
    clock: Clock,
    mut took: impl FnMut(usize, Duration),
) -> Result<(), Box<dyn Error>> {
    for (place, ledger) in ledgers.iter_mut().enumerate() {
        let began = clock.now();
        for deposits in batches {
            ledger.run_batch(deposits)?;
        }
        ledger.finish()?;
        took(place, clock.now() - began);
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

fn table(ledgers: &[Box<dyn Ledger>], times: &[[Times; BATCHES.len()]]) -> String {
    let mut text = "| |".to_owned();
    for (batch, _) in BATCHES {
        text.push_str(&format!(" batch {batch} |"));
    }
    text.push_str("\n|---|");
    text.push_str(&"--:|".repeat(BATCHES.len()));
    text.push('\n');
    for (ledger, own) in ledgers.iter().zip(times) {
        text.push_str(&format!("| {} |", ledger.name()));
        for (column, (batch, _)) in BATCHES.into_iter().enumerate() {
            let rate = (TURN * batch) as f64 / own[column].median().as_secs_f64();
            let times = own[column].times_faster_than(&times[0][column]);
            text.push_str(&format!(" {rate:.0} ({times:.1}) |"));
        }
        text.push('\n');
    }
    text
}
