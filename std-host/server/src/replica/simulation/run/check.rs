//! The state of the cluster at the end.

use super::World;
use crate::replica::simulation::oracle::truth;

impl World {
    /// Trouble is over: each replica has the right state, and consumers have the right results.
    pub(super) fn check(&mut self, differs: bool) {
        let truth = truth(&self.cluster.commands, "");
        let last = truth.digests.last_key_value().map(|(ext_seq, digest)| (*ext_seq, *digest));
        for (number, node) in self.nodes.iter().enumerate() {
            if differs && number == 2 {
                continue;
            }
            assert_eq!(node.diverged, None, "{}", node.name);
            let position = *node.process.as_ref().unwrap().engine.position();
            let found = position.ext_seq.map(|ext_seq| (ext_seq, position.digest.to_u128()));
            assert_eq!(found, last, "{} is not where it should be", node.name);
        }
        if !differs {
            assert_eq!(self.cluster.results, truth.items);
            return;
        }
        let node = &self.nodes[2];
        match (&node.diverged, &node.process) {
            (Some(divergence), _) => {
                let right = truth.digests[&divergence.ext_seq];
                assert_eq!(divergence.theirs, right);
                assert_ne!(divergence.own, right);
            }
            (None, process) => {
                let position = *process.as_ref().unwrap().engine.position();
                let found = position.ext_seq.map(|ext_seq| (ext_seq, position.digest.to_u128()));
                assert_eq!(found, last, "a replica with other results was not found");
            }
        }
    }
}
