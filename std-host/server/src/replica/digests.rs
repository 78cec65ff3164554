//! Replicas tell each other their digests, and one that differs stops.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

/// Digests that a replica sends, and that are remembered of each other one.
const KEPT: usize = 256;

/// A replica that was not heard for so long does not count any more.
const FORGOTTEN: Duration = Duration::from_secs(300);

/// The message of a replica to the others, about once a second.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Heartbeat {
    pub(crate) name: String,
    /// True if it holds the lease.
    pub(crate) is_publisher: bool,
    /// Digests behind commands, each with the command's `ext_seq`, oldest first.
    pub(crate) digests: Vec<(u64, u128)>,
}

/// This replica's state differs from that of the others.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "this replica's state differs from that of {} behind ext_seq {ext_seq}: its digest is {own:032x}, theirs is \
     {theirs:032x}. It has stopped, and its log is kept: `statevec-host replay` with the plugin build of the others \
     names the first entry and field that differ. Then start it with an empty data directory",
    others.join(", ")
)]
pub(crate) struct Divergence {
    pub(crate) ext_seq: u64,
    pub(crate) own: u128,
    pub(crate) theirs: u128,
    pub(crate) others: Vec<String>,
}

/// The agreement among replicas.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Standing {
    /// The last command at which another replica had the same digest.
    pub(crate) agreed: Option<u64>,
    /// Replicas whose digest differs from this one's.
    pub(crate) differing: Vec<String>,
}

/// Compares digests behind the same commands.
#[derive(Debug)]
pub(crate) struct DigestExchange {
    /// Replicas that there are at least, with this one.
    members: usize,
    own: VecDeque<(u64, u128)>,
    latest: Option<(u64, u128)>,
    peers: BTreeMap<String, Peer>,
    agreed: Option<u64>,
    is_publisher: bool,
}

#[derive(Debug, Default)]
struct Peer {
    heard: Duration,
    is_publisher: bool,
    digests: BTreeMap<u64, u128>,
}

impl DigestExchange {
    /// `members` is the number of replicas that there are at least; more are counted when they are
    /// heard.
    pub(crate) fn new(members: usize) -> Self {
        let (own, peers) = (VecDeque::new(), BTreeMap::new());
        Self { members, own, latest: None, peers, agreed: None, is_publisher: false }
    }

    /// This replica's digest behind a command.
    pub(crate) fn own(&mut self, ext_seq: u64, digest: u128) {
        if self.own.back().is_none_or(|(last, _)| *last < ext_seq) {
            if self.own.len() == KEPT {
                self.own.pop_front();
            }
            self.own.push_back((ext_seq, digest));
        }
    }

    /// This replica's digest behind its last command, for the comparison of idle replicas.
    pub(crate) fn latest(&mut self, ext_seq: u64, digest: u128) {
        self.latest = Some((ext_seq, digest));
    }

    fn all(&self) -> impl Iterator<Item = (u64, u128)> {
        let last = self.own.back().map(|(last, _)| *last);
        let latest = self.latest.filter(|(latest, _)| Some(*latest) > last);
        self.own.iter().copied().chain(latest)
    }

    /// The message to the others.
    pub(crate) fn heartbeat(&mut self, name: &str, is_publisher: bool) -> Heartbeat {
        self.is_publisher = is_publisher;
        Heartbeat { name: name.into(), is_publisher, digests: self.all().collect() }
    }

    /// Another replica was heard.
    pub(crate) fn heard(&mut self, heartbeat: &Heartbeat, now: Duration) {
        let peer = self.peers.entry(heartbeat.name.clone()).or_default();
        (peer.heard, peer.is_publisher) = (now, heartbeat.is_publisher);
        peer.digests.extend(heartbeat.digests.iter().copied());
        while peer.digests.len() > KEPT {
            peer.digests.pop_first();
        }
    }

    /// The agreement so far.
    pub(crate) fn standing(&self) -> Standing {
        let differs = |peer: &Peer| {
            self.all().any(|(at, own)| peer.digests.get(&at).is_some_and(|theirs| *theirs != own))
        };
        let differing = self.peers.iter().filter(|(_, peer)| differs(peer));
        Standing {
            agreed: self.agreed,
            differing: differing.map(|(name, _)| name.clone()).collect(),
        }
    }

    /// Compares, and judges wherever replicas differ.
    pub(crate) fn check(&mut self, now: Duration) -> Result<(), Divergence> {
        self.peers.retain(|_, peer| now < peer.heard + FORGOTTEN);
        let mut agreed = self.agreed;
        for (ext_seq, own) in self.all() {
            let (mut agree, mut differ) = (false, false);
            for theirs in self.peers.values().filter_map(|peer| peer.digests.get(&ext_seq)) {
                agree |= *theirs == own;
                differ |= *theirs != own;
            }
            if agree {
                agreed = agreed.max(Some(ext_seq));
            }
            if differ {
                self.judge(ext_seq, own)?;
            }
        }
        self.agreed = agreed;
        Ok(())
    }

    /// This replica is in the wrong if most have another digest in common.
    ///
    /// Without such a majority all have to tell their digests first; then the larger side is right.
    /// Of two sides that are alike, that of the publisher is; without a publisher both are taken
    /// for wrong.
    fn judge(&self, ext_seq: u64, own: u128) -> Result<(), Divergence> {
        let total = self.members.max(self.peers.len() + 1);
        let mut sides: BTreeMap<u128, Vec<&str>> = BTreeMap::new();
        let mut publishers = BTreeSet::new();
        if self.is_publisher {
            publishers.insert(own);
        }
        for (name, peer) in &self.peers {
            if let Some(digest) = peer.digests.get(&ext_seq) {
                sides.entry(*digest).or_default().push(name);
                if peer.is_publisher {
                    publishers.insert(*digest);
                }
            }
        }
        let mine = 1 + sides.remove(&own).map_or(0, |names| names.len());
        let told = mine + sides.values().map(Vec::len).sum::<usize>();
        let Some((theirs, others)) = sides.into_iter().max_by_key(|(_, names)| names.len()) else {
            return Ok(());
        };
        let all_told = told >= total;
        let is_right_side = publishers.contains(&own) && !publishers.contains(&theirs);
        let is_wrong = 2 * others.len() > total
            || (all_told && others.len() > mine)
            || (all_told && others.len() == mine && !is_right_side);
        if is_wrong {
            let others = others.into_iter().map(str::to_owned).collect();
            return Err(Divergence { ext_seq, own, theirs, others });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
