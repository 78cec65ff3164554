//! Which replica publishes, and how the lease passes to the next one.

use std::time::Duration;

use fastrand::Rng;

use super::{Happening, TROUBLE, World};
use crate::replica::{LeaseTimes, simulation::node::Node};

impl World {
    /// At most one replica publishes at a time.
    pub(super) fn check_holder(&mut self, node: usize) {
        let now = self.schedule.now;
        let holds = |node: &Node| {
            node.process.as_ref().is_some_and(|process| process.publisher.is_holder(now))
        };
        assert!(self.nodes.iter().filter(|node| holds(node)).count() < 2, "two replicas publish");
        if holds(&self.nodes[node]) && self.holder != Some(node) {
            self.totals.take_overs += u64::from(self.holder.is_some());
            self.holder = Some(node);
            let since = self.given_back.take().map(|at| now - at);
            self.totals.handovers +=
                u64::from(since.is_some_and(|since| since < LeaseTimes::default().valid));
        }
    }

    /// Stops a process in order: it gives the lease back, and ends a little later.
    pub(super) fn stop(&mut self, node: usize) {
        let now = self.schedule.now;
        let target = &mut self.nodes[node];
        let Some(process) = &mut target.process else { return };
        let incarnation = target.incarnation;
        process.publisher.resign(now);
        self.totals.stops += 1;
        self.act(node);
        // The service waits for two seconds at most.
        self.schedule.after(Duration::from_secs(2), Happening::Ended { node, incarnation });
    }

    /// Tells the others that the lease is free.
    pub(super) fn gave_back(&mut self, node: usize) {
        self.given_back = Some(self.schedule.now);
        for other in (0..self.nodes.len()).filter(|other| *other != node) {
            self.send(other, || Happening::Freed { node: other });
        }
    }

    pub(super) fn ended(&mut self, node: usize, incarnation: u64) {
        let target = &mut self.nodes[node];
        if target.incarnation != incarnation {
            return;
        }
        let Some(process) = target.process.take() else { return };
        target.incarnation += 1;
        if process.engine.close().is_err() {
            return self.crash(node);
        }
        self.after_up_to(3000, Happening::Start { node });
    }
}

/// The time for which nobody publishes if the holder is stopped in order, or killed, in an
/// otherwise sound cluster.
pub(in super::super) fn handover(seed: u64, in_order: bool) -> Duration {
    let mut world = World::new(seed, Rng::with_seed(seed), false);
    // Messages are lost up to then.
    while let Some(happening) = world.schedule.next(TROUBLE + Duration::from_secs(5)) {
        world.happen(happening);
    }
    let (before, at) = (world.holder.unwrap(), world.schedule.now);
    if in_order {
        world.stop(before);
    } else {
        // It stays down: started again, it would go on with its own lease.
        (world.nodes[before].process, world.nodes[before].incarnation) = (None, u64::MAX);
    }
    while world.holder == Some(before) {
        let happening = world.schedule.next(at + Duration::from_secs(60)).unwrap();
        world.happen(happening);
    }
    world.schedule.now - at
}
