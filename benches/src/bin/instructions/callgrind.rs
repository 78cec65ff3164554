//! Counting: this program runs itself under callgrind, once per peer.
//!
//! callgrind writes a file each time [`measured`] returns, with the instructions inside it since
//! the last one. Each operation is run N times and then 2·N times; the difference is the cost of N
//! operations alone.

use std::{
    env,
    error::Error,
    fs,
    hint::black_box,
    path::{Path, PathBuf},
    process::{self, Command},
};

use statevec_benches::{
    Operation, Peer,
    drive::drive,
    engine_reads::{self, EngineReads},
    operation::COMMANDS,
    peers::{PeerVisitor, each, each_half},
    recorded::{self, Deposits, Recorded},
    verify::{expected_checksum, verify},
};

/// N is this many times [`COMMANDS`].
const ROUNDS: u64 = 8;

/// Processes that [`least`] takes the least of.
const PROCESSES: u64 = 3;

/// The function below, as valgrind names it.
const MEASURED: &str = "instructions::callgrind::measured";

#[inline(never)]
fn measured(run: &mut dyn FnMut()) {
    run();
    // Keeps the call above from being this function's last instruction, so that it stays a function
    // of its own.
    black_box(());
}

/// Instructions per operation of one peer.
pub(crate) struct Costs {
    pub(crate) peer: &'static str,
    /// In the order of [`Operation::ALL`]; `None` where the peer has no such thing.
    costs: [Option<f64>; Operation::ALL.len()],
}

impl Costs {
    pub(crate) fn of(&self, operation: Operation) -> Option<f64> {
        let places = Operation::ALL.iter().zip(self.costs);
        places.into_iter().find_map(|(&place, cost)| (place == operation).then_some(cost)?)
    }

    /// Operations by name, with their costs.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Row> {
        let of = |operation: Operation| {
            let (peer, operation, cost) = (self.peer, operation.name(), self.of(operation)?);
            Some(Row { peer, operation, cost })
        };
        Operation::ALL.into_iter().filter_map(of)
    }

    /// The cost of each read after the first.
    pub(crate) fn further_read(&self, one: Operation, ten: Operation) -> Option<f64> {
        Some((self.of(ten)? - self.of(one)?) / 9.0)
    }
}

/// A row of the budget.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub(crate) peer: &'static str,
    pub(crate) operation: &'static str,
    /// Instructions.
    pub(crate) cost: f64,
}

/// Verifies and measures every peer that it visits.
#[derive(Default)]
pub(crate) struct Measure {
    pub(crate) costs: Vec<Costs>,
}

impl PeerVisitor for Measure {
    fn visit<P: Peer>(&mut self) -> Result<(), Box<dyn Error>> {
        let mut peer = P::load()?;
        let checksum = verify(&mut peer)?;
        if checksum != expected_checksum() {
            return Err(format!(
                "{}: the checksum of the store is {checksum:x} and not {:x}",
                P::NAME,
                expected_checksum()
            )
            .into());
        }
        let counted = count(P::NAME, Operation::ALL.len())?;
        let mut costs = [None; Operation::ALL.len()];
        costs.iter_mut().zip(counted).for_each(|(cost, counted)| *cost = Some(counted));
        if peer.entry_and_schema().is_none() {
            let place =
                Operation::ALL.iter().position(|&operation| operation == Operation::EntrySchema);
            costs[place.unwrap_or_default()] = None;
        }
        eprintln!("{}: checksum of the store {checksum:016x}, counted", P::NAME);
        self.costs.push(Costs { peer: P::NAME, costs });
        Ok(())
    }
}

/// Counts what a log entry costs: instructions per deposit, one row for each of
/// [`Recorded::ALL`].
pub(crate) fn recorded() -> Result<Vec<Row>, Box<dyn Error>> {
    let mut deposits = Deposits::new()?;
    for recorded in [Recorded::Digest, Recorded::Entry] {
        deposits.run(1, recorded)?;
    }
    let [kept, whole] = deposits.digests();
    if kept != whole {
        return Err(format!("the changes give digest {kept}, and the records {whole}").into());
    }
    let costs = Recorded::ALL.into_iter().zip(least(recorded::NAME, Recorded::ALL.len())?);
    let row = |(recorded, cost): (Recorded, f64)| Row {
        peer: recorded::NAME,
        operation: recorded.name(),
        cost,
    };
    Ok(costs.map(row).collect())
}

/// Counts operations that change nothing in an engine with its store.
pub(crate) fn reads() -> Result<Vec<Row>, Box<dyn Error>> {
    let costs = least(engine_reads::NAME, engine_reads::OPERATIONS.len())?;
    let row = |(operation, cost): (Operation, f64)| Row {
        peer: engine_reads::NAME,
        operation: operation.name(),
        cost,
    };
    Ok(engine_reads::OPERATIONS.into_iter().zip(costs).map(row).collect())
}

/// The least of several processes. Each one's index hashes with a seed of its own, and some seeds
/// make more keys collide than others.
fn least(peer: &str, operations: usize) -> Result<Vec<f64>, Box<dyn Error>> {
    let mut least = count(peer, operations)?;
    for _ in 1..PROCESSES {
        let counts = count(peer, operations)?;
        least.iter_mut().zip(counts).for_each(|(least, count)| *least = least.min(count));
    }
    Ok(least)
}

/// Runs this program under callgrind. Gives the instructions of each of the measured operations.
fn count(peer: &str, operations: usize) -> Result<Vec<f64>, Box<dyn Error>> {
    let folder = Folder::new()?;
    let out = folder.0.join("out");
    let program = env::current_exe()?;
    let output = Command::new("valgrind")
        // The environment lies on the stack, and how many instructions a copy takes depends on how
        // its ends are aligned.
        .env_clear()
        .args([
            "--tool=callgrind",
            &format!("--toggle-collect={MEASURED}"),
            &format!("--dump-after={MEASURED}"),
        ])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(&program)
        .args(["measured", peer])
        .output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{peer}: valgrind ended with {}: {said}", output.status).into());
    }
    let count = |index: usize| {
        let (once, twice) = (total(&out, 2 * index + 1)?, total(&out, 2 * index + 2)?);
        Ok((twice - once) / (ROUNDS * COMMANDS) as f64)
    };
    (0..operations).map(count).collect()
}

/// The number of instructions in one of callgrind's files.
fn total(out: &Path, number: usize) -> Result<f64, Box<dyn Error>> {
    let path = out.with_extension(number.to_string());
    let text = fs::read_to_string(&path).map_err(|error| {
        format!(
            "callgrind wrote no {}: {error}; was {MEASURED} inlined or stripped?",
            path.display()
        )
    })?;
    let total = text
        .lines()
        .find_map(|line| line.strip_prefix("totals: ").or(line.strip_prefix("summary: ")));
    Ok(total.ok_or_else(|| format!("no total in {}", path.display()))?.trim().parse()?)
}

/// A folder for callgrind's files, removed when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self, Box<dyn Error>> {
        let path = env::temp_dir().join(format!("statevec-instructions-{}", process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("{} stays: {error}", self.0.display());
        }
    }
}

/// The command that runs under callgrind.
pub(crate) fn run_measured(peer: &str, operations: &[Operation]) -> Result<(), Box<dyn Error>> {
    if peer == recorded::NAME {
        return run_recorded();
    }
    if peer == engine_reads::NAME {
        return run_reads();
    }
    let mut run = RunMeasured { peer, operations, found: false };
    each(&mut run)?;
    each_half(&mut run)?;
    if run.found { Ok(()) } else { Err(format!("there is no peer {peer:?}").into()) }
}

fn run_recorded() -> Result<(), Box<dyn Error>> {
    let mut deposits = Deposits::new()?;
    for recorded in Recorded::ALL {
        deposits.run(1, recorded)?;
        for rounds in [ROUNDS, 2 * ROUNDS] {
            let mut outcome = Ok(0);
            measured(&mut || outcome = black_box(deposits.run(rounds, recorded)));
            outcome?;
        }
    }
    Ok(())
}

fn run_reads() -> Result<(), Box<dyn Error>> {
    let mut reads = EngineReads::new()?;
    for operation in engine_reads::OPERATIONS {
        let commands = operation.commands();
        reads.run(operation, &commands, 1)?;
        for rounds in [ROUNDS, 2 * ROUNDS] {
            let mut outcome = Ok(0);
            measured(&mut || outcome = black_box(reads.run(operation, &commands, rounds)));
            outcome?;
        }
    }
    Ok(())
}

struct RunMeasured<'p> {
    peer: &'p str,
    operations: &'p [Operation],
    found: bool,
}

impl PeerVisitor for RunMeasured<'_> {
    fn visit<P: Peer>(&mut self) -> Result<(), Box<dyn Error>> {
        if P::NAME != self.peer {
            return Ok(());
        }
        self.found = true;
        let mut peer = P::load()?;
        for &operation in self.operations {
            let commands = operation.commands();
            // Once before, so that what happens once only is behind.
            black_box(drive(&mut peer, operation, &commands, 1));
            for rounds in [ROUNDS, 2 * ROUNDS] {
                measured(&mut || {
                    black_box(drive(&mut peer, operation, &commands, rounds));
                });
            }
        }
        Ok(())
    }
}
