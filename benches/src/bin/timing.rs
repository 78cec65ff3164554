//! Nanoseconds per operation: the best of many short runs. The peers take turns, so that other load
//! on the machine affects all of them alike.
//!
//! `timing` measures everything and writes the table of `benches/README.md`. Criterion's benches
//! say more about one peer; this compares.

use std::{collections::BTreeMap, error::Error, hint::black_box, time::Instant};

use statevec_benches::{
    Machine, Operation, Peer,
    drive::drive,
    operation::COMMANDS,
    peers::{PeerVisitor, each},
    report::write_section,
};

/// How often the peers take turns.
const TURNS: usize = 8;
/// How many runs each makes of each operation when it is its turn.
const RUNS: usize = 12;
/// How many times a run goes through an operation's commands.
const ROUNDS: u64 = 8;

#[derive(Default)]
struct Best {
    peers: Vec<&'static str>,
    nanos: BTreeMap<(Operation, &'static str), f64>,
}

impl PeerVisitor for Best {
    fn visit<P: Peer>(&mut self) -> Result<(), Box<dyn Error>> {
        let mut peer = P::load()?;
        if !self.peers.contains(&P::NAME) {
            self.peers.push(P::NAME);
        }
        for operation in Operation::ALL {
            if operation == Operation::EntrySchema && peer.entry_and_schema().is_none() {
                continue;
            }
            let commands = operation.commands();
            black_box(drive(&mut peer, operation, &commands, 1));
            let best = self.nanos.entry((operation, P::NAME)).or_insert(f64::MAX);
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
    let mut best = Best::default();
    for _ in 0..TURNS {
        each(&mut best)?;
    }
    let Machine { processor, rustc, .. } = Machine::look();
    let mut text = format!("Machine: {processor}. Toolchain: {rustc}.\n\n| nanoseconds per |");
    for peer in &best.peers {
        text.push_str(&format!(" {peer} |"));
    }
    text.push_str(&format!("\n|---|{}\n", "--:|".repeat(best.peers.len())));
    for operation in Operation::ALL {
        text.push_str(&format!("| {} |", operation.name()));
        for peer in &best.peers {
            match best.nanos.get(&(operation, peer)) {
                Some(nanos) => text.push_str(&format!(" {nanos:.1} |")),
                None => text.push_str(" – |"),
            }
        }
        text.push('\n');
    }
    write_section("timing", &text)
}
