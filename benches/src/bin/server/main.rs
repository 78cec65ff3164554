//! The server, beside the program that runs a file and beside a handler over SQLite. This process
//! makes the load; each server is a process of its own.
//!
//! - `server`: measures, and writes the table of `benches/README.md`. The programs of the other
//!   workspace must be built: `cargo build --release -p statevec-server -p statevec-host
//!   -p statevec-bank-so`.
//! - `server sqlite DIR`: the handler over SQLite, which the first form starts.

mod file;
mod load;
mod programs;
mod sqlite;

use std::{env, error::Error, path::Path};

use statevec_benches::{Machine, report::write_section};

use load::{Load, Measured};
use programs::Server;

/// Commands of a batch.
const BATCH: usize = 100;
/// How often the peers take turns. The best of them counts.
const ROUNDS: usize = 3;

/// The rates and times of the peers, the best so far.
#[derive(Default)]
struct Best {
    file: f64,
    batches: Option<Measured>,
    one_batch: Option<Measured>,
    singles: Option<Measured>,
    keyed: Option<Measured>,
    sqlite: Option<Measured>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["sqlite", dir] => sqlite::serve(Path::new(dir)),
        _ => measure(),
    }
}

fn measure() -> Result<(), Box<dyn Error>> {
    let mut best = Best::default();
    for _ in 0..ROUNDS {
        best.file = best.file.max(file::commands_per_second(BATCH)?);
        let many = Load { connections: 16, commands: BATCH, has_keys: false };
        let one = Load { connections: 1, ..many };
        let singles = Load { connections: 64, commands: 1, has_keys: false };
        let keyed = Load { has_keys: true, ..singles };
        for (load, slot) in [
            (many, &mut best.batches),
            (one, &mut best.one_batch),
            (singles, &mut best.singles),
            (keyed, &mut best.keyed),
        ] {
            keep_better(slot, load.run(&Server::statevec()?)?);
        }
        keep_better(&mut best.sqlite, singles.run(&Server::sqlite()?)?);
    }
    write_section("server", &table(best).ok_or("a peer was not measured")?)
}

fn keep_better(best: &mut Option<Measured>, new: Measured) {
    if best.as_ref().is_none_or(|best| best.rate < new.rate) {
        *best = Some(new);
    }
}

fn table(best: Best) -> Option<String> {
    let Machine { processor, rustc, .. } = Machine::look();
    let (batches, one_batch) = (best.batches?, best.one_batch?);
    let (singles, keyed, sqlite) = (best.singles?, best.keyed?, best.sqlite?);
    let row = |name: &str, measured: &Measured, against: f64| {
        let [p50, p99, p999] = measured.millis;
        let (rate, per_sync) = (measured.rate, measured.per_sync);
        let per_sync = per_sync.map_or("1".into(), |number| format!("{number:.1}"));
        let times = rate / against;
        format!(
            "| {name} | {rate:.0} ({times:.2}) | {per_sync} | {p50:.2} | {p99:.2} | {p999:.2} |\n"
        )
    };
    let mut text = format!(
        "Machine: {processor}. Toolchain: {rustc}. Command: `cargo run --release --features server --bin server`. \
         The load comes from another process on the same machine; the best of {ROUNDS} turns of {} seconds. Times are \
         those of a request, in milliseconds. In brackets: times the first row.\n\n",
        load::SECONDS,
    );
    let head = "| commands per second | commands per sync | p50 | p99 | p99.9 |\n|---|--:|--:|--:|--:|--:|\n";
    text.push_str(&format!("| batches of {BATCH} deposits {head}"));
    text.push_str(&format!(
        "| `statevec-host run --data --sync-every {BATCH}`, from a file | {:.0} (1.00) | – | – | – | – |\n",
        best.file
    ));
    text.push_str(&row("server, 1 connection", &one_batch, best.file));
    text.push_str(&row("server, 16 connections", &batches, best.file));
    text.push_str(&format!("\n| single deposits, 64 connections {head}"));
    let name =
        format!("the same request over SQLite {}, WAL, synchronous=FULL", rusqlite::version());
    text.push_str(&row(&name, &sqlite, sqlite.rate));
    text.push_str(&row("server", &singles, sqlite.rate));
    text.push_str(&row("server, with an Idempotency-Key each", &keyed, sqlite.rate));
    text.push_str(
        "\nThe handler over SQLite stands behind the same axum and makes one transaction per request. The server \
         counts its syncs itself (`statevec_syncs_total`).\n",
    );
    Some(text)
}
