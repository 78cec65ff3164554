//! The cost of a deposit as the number of accounts grows, beside maps and databases in memory.

use std::{
    collections::{BTreeMap, HashMap},
    env,
    error::Error,
    fs,
    path::Path,
    process::Command,
};

use statevec_benches::{
    chart::{Chart, Series},
    ledger::{
        Account, Deposits, EngineLedger, Ledger, MapLedger, PLATFORM, engine::Feeding, map::Stored,
        redb::RedbLedger, sqlite::SqliteLedger,
    },
    processor::processor_time,
};

const ACCOUNTS: [u64; 5] = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];
/// Deposits in a turn.
const DEPOSITS: usize = 1_000_000;
/// Deposits in a turn of a database.
const DATABASE_DEPOSITS: usize = 20_000;
const TURNS: usize = 7;

/// The figures of one number of accounts.
pub(crate) struct Row {
    pub(crate) accounts: u64,
    /// Name, and nanoseconds per deposit: the best turn.
    pub(crate) peers: Vec<(String, f64)>,
    /// The engine's time over the `HashMap`'s, turn by turn: the median.
    ratio: f64,
    /// Nanoseconds to open an account, and to validate one.
    open: f64,
    validate: f64,
    /// Bytes per account of the engine and the maps.
    memory: [Option<f64>; 3],
}

/// The rows, each measured by a process of its own.
pub(crate) fn rows() -> Result<Vec<Row>, Box<dyn Error>> {
    let mut rows = Vec::new();
    for accounts in ACCOUNTS {
        let program = env::current_exe()?;
        let output = Command::new(program).args(["row", &accounts.to_string()]).output()?;
        let text = String::from_utf8(output.stdout)?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        rows.push(parse(accounts, &text).ok_or_else(|| format!("no row in {text:?}"))?);
        eprintln!("{accounts} accounts measured");
    }
    Ok(rows)
}

/// Reads what [`print_row`] writes.
fn parse(accounts: u64, text: &str) -> Option<Row> {
    let mut lines = text.lines();
    let mut numbers = lines.next()?.split(' ').map(|number| number.parse::<f64>().ok());
    let [ratio, open, validate] = [numbers.next()??, numbers.next()??, numbers.next()??];
    let mut bytes = || numbers.next().flatten();
    let memory = [bytes(), bytes(), bytes()];
    let peer = |line: &str| {
        let (nanos, name) = line.split_once(' ')?;
        Some((name.to_owned(), nanos.parse().ok()?))
    };
    let peers = lines.map(peer).collect::<Option<_>>()?;
    Some(Row { accounts, peers, ratio, open, validate, memory })
}

/// Measures one number of accounts in this process.
pub(crate) fn print_row(accounts: &str) -> Result<(), Box<dyn Error>> {
    let accounts: u64 = accounts.parse()?;
    let opening = Deposits::to_each(accounts);
    let mut engine = EngineLedger::library(Feeding::Batch)?;
    let (open, engine_memory) = grown(accounts, || engine.run(&opening))?;
    let mut hash_map = MapLedger::<HashMap<u64, Stored>>::default();
    let (_, hash_memory) = grown(accounts, || hash_map.run(&opening))?;
    let mut tree_map = MapLedger::<BTreeMap<u64, Stored>>::default();
    let (_, tree_memory) = grown(accounts, || tree_map.run(&opening))?;
    drop(opening);

    let deposits = Deposits::scattered(accounts, DEPOSITS);
    let mut best = [f64::MAX; 4];
    let mut ratios = Vec::new();
    for _ in 0..TURNS {
        engine.feed(Feeding::Batch);
        let batch = engine.run(&deposits)?;
        let map = hash_map.run(&deposits)?;
        engine.feed(Feeding::OneByOne);
        let turn = [batch, engine.run(&deposits)?, map, tree_map.run(&deposits)?];
        best.iter_mut().zip(turn).for_each(|(best, nanos)| *best = best.min(nanos));
        ratios.push(batch / map);
    }
    ratios.sort_by(f64::total_cmp);
    let ratio = ratios.get(TURNS / 2).copied().unwrap_or_default();
    check(&mut engine, accounts, &deposits, 2 * TURNS)?;
    check(&mut hash_map, accounts, &deposits, TURNS)?;
    check(&mut tree_map, accounts, &deposits, TURNS)?;
    let began = processor_time();
    engine.engine().validate().map_err(|failure| failure.to_string())?;
    let validate = (processor_time() - began).as_nanos() as f64 / (accounts + 1) as f64;

    let names = ["engine, `run_batch`", "engine, `run`", "`HashMap`", "`BTreeMap`"];
    let mut peers: Vec<_> = names.map(str::to_owned).into_iter().zip(best).collect();
    drop((hash_map, tree_map, engine));
    peers.push(database(&mut RedbLedger::new()?, accounts)?);
    peers.push(database(&mut SqliteLedger::new()?, accounts)?);
    print!("{ratio} {open} {validate}");
    for bytes in [engine_memory, hash_memory, tree_memory] {
        print!(" {}", bytes.map_or_else(|| "–".into(), |bytes| bytes.to_string()));
    }
    println!();
    for (name, nanos) in peers {
        println!("{nanos} {name}");
    }
    Ok(())
}

fn database(ledger: &mut dyn Ledger, accounts: u64) -> Result<(String, f64), Box<dyn Error>> {
    ledger.open(accounts)?;
    let deposits = Deposits::scattered(accounts, DATABASE_DEPOSITS);
    let (first, second) = (ledger.run(&deposits)?, ledger.run(&deposits)?);
    check(ledger, accounts, &deposits, 2)?;
    Ok((ledger.name(), first.min(second)))
}

/// Checks that all deposits of all runs arrived.
fn check(
    ledger: &mut dyn Ledger,
    accounts: u64,
    deposits: &Deposits,
    runs: usize,
) -> Result<(), Box<dyn Error>> {
    let mut counts = HashMap::new();
    deposits.accounts().for_each(|account| *counts.entry(account).or_insert(0) += runs);
    let mut same = |id: u64, changes: u64, balance: i64| {
        let (account, expected) = (ledger.account(id)?, Account { balance, changes });
        if account == expected {
            Ok(())
        } else {
            Err(format!("{}: account {id} is {account:?}, not {expected:?}", ledger.name()).into())
        }
    };
    let platform = accounts + (deposits.payloads().len() * runs) as u64;
    same(PLATFORM, platform, -platform.cast_signed())?;
    let mut first = deposits.accounts().take(1000);
    first.try_for_each(|id| {
        let changes = 1 + counts.get(&id).map_or(0, |count| *count as u64);
        same(id, changes, changes.cast_signed())
    })
}

/// Runs something that opens accounts. Returns its result, and how many bytes the process grew by
/// per account: the system gives memory in pages, so that few accounts tell nothing.
fn grown<T>(
    accounts: u64,
    open: impl FnOnce() -> Result<T, Box<dyn Error>>,
) -> Result<(T, Option<f64>), Box<dyn Error>> {
    let before = resident();
    let opened = open()?;
    let bytes = resident().zip(before).map(|(after, before)| after.saturating_sub(before));
    let bytes = bytes.filter(|_| accounts >= 100_000);
    Ok((opened, bytes.map(|bytes| bytes as f64 / accounts as f64)))
}

/// The memory of this process in bytes, where the system tells.
fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? * 1024)
}

/// The tables.
pub(crate) fn tables(rows: &[Row]) -> String {
    let mut text = String::from("### Deposits against the number of accounts\n\n");
    let names = rows.first().map_or(&[][..], |row| &row.peers);
    text.push_str("| ns per deposit, with so many accounts |");
    rows.iter().for_each(|row| text.push_str(&format!(" {} |", row.accounts)));
    text.push_str(&format!("\n|---|{}\n", "--:|".repeat(rows.len())));
    for (at, (name, _)) in names.iter().enumerate() {
        line(&mut text, name, rows, |row| {
            row.peers.get(at).map(|(_, nanos)| format!("{nanos:.0}"))
        });
    }
    line(&mut text, "engine over `HashMap`", rows, |row| Some(format!("{:.2}", row.ratio)));
    text.push_str(&format!(
        "\nDeposits go to accounts all over the place. A deposit changes two accounts (the customer's and the platform's) and makes two events. \
         The engine runs the bank's shared library. The maps are those of the standard library, with the bank's logic, an undo log and events, \
         written for them and without a boundary. Times are the processor's. The databases run one transaction per command, redb without durability, SQLite with prepared statements \
         and without a journal file; they keep no events. The best of {TURNS} turns of {DEPOSITS} deposits; of 2 turns of {DATABASE_DEPOSITS} for the databases. \
         The last line is the median over the turns. Afterwards all hold the expected balances.\n\n\
         | engine, per account |"
    ));
    rows.iter().for_each(|row| text.push_str(&format!(" {} |", row.accounts)));
    text.push_str(&format!("\n|---|{}\n", "--:|".repeat(rows.len())));
    line(&mut text, "open, ns", rows, |row| Some(format!("{:.0}", row.open)));
    line(&mut text, "validate, ns", rows, |row| Some(format!("{:.0}", row.validate)));
    let memory =
        ["memory, bytes", "memory of the `HashMap`, bytes", "memory of the `BTreeMap`, bytes"];
    for (at, name) in memory.into_iter().enumerate() {
        line(&mut text, name, rows, |row| {
            row.memory.get(at).copied().flatten().map(|bytes| format!("{bytes:.0}"))
        });
    }
    text.push_str(
        "\nMemory is what the process grew by. An account's row takes 8 + 8 + 48 bytes, its place in the order of numbers 16, and in the index about 10. \
         The map's accounts take 32 bytes.\n\n",
    );
    text
}

/// The picture.
pub(crate) fn draw(rows: &[Row]) -> Result<(), Box<dyn Error>> {
    let peers = rows.first().map_or(0, |row| row.peers.len());
    let series = (0..peers).filter_map(|at| {
        let name = rows.first()?.peers.get(at)?.0.replace('`', "");
        let values = rows.iter().map(|row| row.peers.get(at).map(|(_, nanos)| *nanos)).collect();
        Some(Series { name, values })
    });
    let chart = Chart {
        title: "Nanoseconds per deposit, by number of accounts",
        places: rows.iter().map(|row| row.accounts.to_string()).collect(),
        series: series.collect(),
        ours: 2,
        label: |nanos| format!("{nanos} ns"),
    };
    chart.write(&Path::new(env!("CARGO_MANIFEST_DIR")).join("engine.svg"))
}

fn line(text: &mut String, name: &str, rows: &[Row], cell: impl Fn(&Row) -> Option<String>) {
    text.push_str(&format!("| {name} |"));
    for row in rows {
        text.push_str(&format!(" {} |", cell(row).unwrap_or_else(|| "–".into())));
    }
    text.push('\n');
}
