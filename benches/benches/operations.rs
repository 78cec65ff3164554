//! Time per operation, for every peer: `cargo bench --features peers` in this workspace.

use std::{error::Error, time::Duration};

use criterion::{BenchmarkId, Criterion, Throughput};
use statevec_benches::{
    Operation, Peer,
    drive::drive,
    operation::COMMANDS,
    peers::{PeerVisitor, each},
    verify::{expected_checksum, verify},
};

fn main() -> Result<(), Box<dyn Error>> {
    let criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    let mut criterion = criterion.configure_from_args();
    for operation in Operation::ALL {
        let mut time = Time { operation, criterion: &mut criterion };
        each(&mut time)?;
    }
    criterion.final_summary();
    Ok(())
}

/// Times one operation with the peers that it visits.
struct Time<'c> {
    operation: Operation,
    criterion: &'c mut Criterion,
}

impl PeerVisitor for Time<'_> {
    fn visit<P: Peer>(&mut self) -> Result<(), Box<dyn Error>> {
        let mut peer = P::load()?;
        let checksum = verify(&mut peer)?;
        assert_eq!(checksum, expected_checksum(), "{} did other work than the rest", P::NAME);
        if self.operation == Operation::EntrySchema && peer.entry_and_schema().is_none() {
            return Ok(());
        }
        let commands = self.operation.commands();
        let mut group = self.criterion.benchmark_group(self.operation.name());
        group.throughput(Throughput::Elements(COMMANDS));
        let id = BenchmarkId::from_parameter(P::NAME);
        group.bench_function(id, |bencher| {
            bencher.iter(|| drive(&mut peer, self.operation, &commands, 1));
        });
        group.finish();
        Ok(())
    }
}
