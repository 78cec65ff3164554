//! The benched plugin in a sandbox (wasmtime), beside the same plugin in a shared library: the best
//! of many short runs, with the two taking turns. Writes that table of `benches/README.md`.
//!
//! `run.sh` compiles the module first.

mod sandbox;

use std::{collections::BTreeMap, error::Error, hint::black_box, time::Instant};

use statevec_benches::{
    Machine, Operation, Peer,
    drive::drive,
    operation::COMMANDS,
    peers::{CoreLibrary, Ours, PeerVisitor},
    report::write_section,
    verify::{expected_checksum, verify},
};

use sandbox::Sandbox;

const TURNS: usize = 8;
/// How often a turn runs each operation.
const RUNS: usize = 12;
/// How many times a run goes through an operation's commands.
const ROUNDS: u64 = 8;

#[derive(Default)]
struct Best(BTreeMap<(Operation, &'static str), f64>);

impl PeerVisitor for Best {
    fn visit<P: Peer>(&mut self) -> Result<(), Box<dyn Error>> {
        let mut peer = P::load()?;
        for operation in Operation::ALL {
            let commands = operation.commands();
            black_box(drive(&mut peer, operation, &commands, 1));
            let best = self.0.entry((operation, P::NAME)).or_insert(f64::MAX);
            for _ in 0..RUNS {
                let began = Instant::now();
                black_box(drive(&mut peer, operation, &commands, ROUNDS));
                let nanos = began.elapsed().as_nanos() as f64 / (ROUNDS * COMMANDS) as f64;
                *best = best.min(nanos);
            }
        }
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let checksum = verify(&mut Sandbox::load()?)?;
    if checksum != expected_checksum() {
        return Err(format!("the sandbox's store has the checksum {checksum:x}").into());
    }
    let mut best = Best::default();
    for _ in 0..TURNS {
        best.visit::<Ours<CoreLibrary>>()?;
        best.visit::<Sandbox>()?;
    }
    let Machine { processor, rustc, .. } = Machine::look();
    let names = [Ours::<CoreLibrary>::NAME, Sandbox::NAME];
    let mut text = format!(
        "Machine: {processor}. Toolchain: {rustc}. Command: `benches/wasm/run.sh`.\n\n\
         | nanoseconds per | {} | times |\n|---|--:|--:|--:|\n",
        names.join(" | ")
    );
    for operation in Operation::ALL {
        let [library, sandbox] = names.map(|name| best.0.get(&(operation, name)).copied());
        let (Some(library), Some(sandbox)) = (library, sandbox) else { continue };
        let times = sandbox / library;
        let name = operation.name();
        text.push_str(&format!("| {name} | {library:.1} | {sandbox:.1} | {times:.1} |\n"));
    }
    write_section("wasm", &text)
}
