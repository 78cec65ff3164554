//! Crashes, faults of disks, partitions, and elections.

use std::time::Duration;

use statevec_host::{
    checkpoint,
    storage::{Crash, Fault, SimulatedDisk},
};

use super::{Happening, World};
use crate::replica::simulation::node::Node;

impl World {
    pub(super) fn trouble(&mut self) {
        let node = self.random.usize(..self.nodes.len());
        let now = self.schedule.now;
        match self.random.u8(..18) {
            0..=3 => self.crash(node),
            4..=6 => {
                let faults = [Fault::Io, Fault::Full, Fault::Crash(Crash::Power)];
                let fault = faults[self.random.usize(..faults.len())];
                let disk = &self.nodes[node].disk;
                disk.fail_change(disk.changes() + self.random.u64(..20), fault);
            }
            7..=9 => {
                self.totals.partitions += 1;
                let time = Duration::from_millis(self.random.u64(..10_000));
                self.nodes[node].cut_off_until = now + time;
            }
            10..=11 => {
                let time = Duration::from_millis(self.random.u64(..6000));
                self.cluster.is_down_until = now + time;
            }
            12..=13 => self.keep_checkpoint(node),
            14..=15 => self.stop(node),
            _ => {
                if self.checkpoint.is_some() {
                    self.crash(2);
                    self.nodes[2].disk = SimulatedDisk::new(self.random.u64(..));
                }
            }
        }
    }

    /// Makes a checkpoint, and puts it where a new replica finds it.
    fn keep_checkpoint(&mut self, node: usize) {
        let Node { process: Some(process), disk, config: "", .. } = &mut self.nodes[node] else {
            return;
        };
        if process.engine.checkpoint().is_err() {
            return self.crash(node);
        }
        let folder = process.engine.directory().checkpoints();
        let newest = checkpoint::list(disk, &folder).unwrap_or_default().pop();
        let ext_seq = process.engine.position().ext_seq;
        let published =
            self.cluster.results.last().map(|item| (item.id.ext_seq, item.id.is_result));
        // A replica that begins with the checkpoint has no results of commands before it. If they
        // are published, it can go on with publishing all the same.
        if let Some((_, path)) =
            newest.filter(|_| ext_seq.map(|ext_seq| (ext_seq, true)) <= published)
        {
            self.checkpoint = disk.contents(path);
        }
    }

    /// Ends the process, or the machine, and starts it again later.
    pub(super) fn crash(&mut self, node: usize) {
        let crash = if self.random.bool() { Crash::Power } else { Crash::Kill };
        let target = &mut self.nodes[node];
        if target.diverged.is_some() {
            return;
        }
        self.totals.crashes += 1;
        if !target.disk.is_down() {
            target.disk.crash(crash);
        }
        target.incarnation += 1;
        target.process = None;
        self.after_up_to(3000, Happening::Start { node });
    }

    pub(super) fn start(&mut self, node: usize) {
        let checkpoint = self.checkpoint.clone();
        let target = &mut self.nodes[node];
        if target.process.is_some() || target.diverged.is_some() {
            return;
        }
        target.disk.clear_faults();
        target.disk.restart();
        match target.start(checkpoint) {
            Ok(has_joined) => {
                self.totals.joins += u64::from(has_joined);
                let incarnation = target.incarnation;
                self.after_up_to(100, Happening::Tick { node, incarnation });
            }
            Err(error) => panic!("a replica does not start again: {error:?}"),
        }
    }
}
