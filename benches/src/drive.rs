//! The measured loops. They are generic over the peer, so that what stands between loop and
//! boundary is the peer's own code.

use std::hint::black_box;

use statevec_abi::boundary::RuntimeCommandRef;

use crate::{Operation, Peer, operation::COMMANDS};

/// Runs an operation, [`COMMANDS`] times per round. The result depends on every outcome.
pub fn drive<P: Peer>(
    peer: &mut P,
    operation: Operation,
    commands: &[RuntimeCommandRef<'_>],
    rounds: u64,
) -> u64 {
    match operation {
        Operation::CreateDestroy => {
            let created =
                (0..rounds * COMMANDS).filter(|_| black_box(&mut *peer).create_and_destroy());
            created.count() as u64
        }
        Operation::EntrySchema => {
            let lens =
                (0..rounds * COMMANDS).filter_map(|_| black_box(&mut *peer).entry_and_schema());
            lens.sum::<usize>() as u64
        }
        _ => (0..rounds).map(|_| run_all(peer, commands)).sum(),
    }
}

fn run_all<P: Peer>(peer: &mut P, commands: &[RuntimeCommandRef<'_>]) -> u64 {
    let mut outcomes = 0;
    for command in commands {
        outcomes += match peer.run(command) {
            Ok(()) => 1,
            Err(failure) => u64::from(failure.kind) + failure.text.len() as u64,
        };
    }
    outcomes
}
