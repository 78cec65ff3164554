//! The lease that decides which replica publishes.
//!
//! The lease saves work; it does not keep the results right. If two replicas publish at once, the
//! expected sequence of each message lets only one of two equal messages in.

use std::time::Duration;

/// The times of a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LeaseTimes {
    /// The holder writes so often, and all others read so often.
    pub(crate) renew: Duration,
    /// A lease that was not written for so long may be taken over.
    pub(crate) valid: Duration,
}

impl Default for LeaseTimes {
    fn default() -> Self {
        Self { renew: Duration::from_millis(500), valid: Duration::from_secs(3) }
    }
}

/// The pause after a failed access. Short pauses matter while a leader of the key is elected.
const PAUSE: Duration = Duration::from_millis(100);

/// An access to the key that holds the lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LeaseAction {
    Read,
    /// Writes this replica's name, if the key still has the revision. Revision 0: there is no key.
    Write {
        revision: u64,
    },
    /// Removes this replica's name, if the key still has the revision.
    GiveBack {
        revision: u64,
    },
}

/// One replica's view of the lease. Times are those of a local monotonic clock.
#[derive(Debug)]
pub(super) struct Lease {
    name: String,
    times: LeaseTimes,
    /// The newest revision and its holder, with the time at which it was first seen.
    seen: Option<Seen>,
    held_until: Option<Duration>,
    /// The time of the access that was not answered yet.
    asked: Option<Duration>,
    /// Number of the last access. A late answer has another one.
    attempt: u64,
    next: Duration,
    /// This replica does not publish, and leaves the lease to others until then.
    abstains_until: Duration,
}

#[derive(Debug, Clone)]
struct Seen {
    revision: u64,
    holder: Option<String>,
    since: Duration,
}

impl Lease {
    pub(super) fn new(name: &str, times: LeaseTimes) -> Self {
        Self {
            name: name.into(),
            times,
            seen: None,
            held_until: None,
            asked: None,
            attempt: 0,
            next: Duration::ZERO,
            abstains_until: Duration::ZERO,
        }
    }

    /// Returns true while this replica may publish.
    pub(super) fn is_held(&self, now: Duration) -> bool {
        self.held_until.is_some_and(|until| now < until)
    }

    /// The holder that was seen last.
    pub(super) fn holder(&self) -> Option<&str> {
        self.seen.as_ref().and_then(|seen| seen.holder.as_deref())
    }

    /// Returns true if the lease is known not to be this replica's, and no access can change that.
    pub(super) fn is_given_back(&self) -> bool {
        let is_others = self.seen.is_some() && self.holder() != Some(&self.name);
        is_others && self.asked.is_none() && self.held_until.is_none()
    }

    /// Leaves the lease to others until a time. If this replica has it, it is given back.
    pub(super) fn abstain(&mut self, now: Duration, until: Duration) {
        self.abstains_until = until.max(self.abstains_until);
        self.held_until = None;
        if self.holder() == Some(&self.name) {
            self.next = now;
        }
    }

    /// Another replica has given the lease back.
    pub(super) fn freed(&mut self, now: Duration) {
        self.next = now;
    }

    /// The next access and its number, if one is due.
    pub(super) fn tick(&mut self, now: Duration) -> Option<(u64, LeaseAction)> {
        let is_lost = self.asked.is_some_and(|since| now >= since + self.times.valid);
        if now < self.next || (self.asked.is_some() && !is_lost) {
            return None;
        }
        let action = self.due(now);
        self.attempt += 1;
        self.asked = Some(now);
        self.next = now + self.times.renew;
        Some((self.attempt, action))
    }

    fn due(&self, now: Duration) -> LeaseAction {
        let Some(Seen { revision, holder, since }) = &self.seen else { return LeaseAction::Read };
        let is_own = holder.as_deref() == Some(&self.name);
        let is_stale = holder.is_none() || now >= *since + self.times.valid;
        match (now < self.abstains_until, is_own) {
            (true, true) => LeaseAction::GiveBack { revision: *revision },
            (false, is_own) if is_own || is_stale => LeaseAction::Write { revision: *revision },
            _ => LeaseAction::Read,
        }
    }

    /// The answer to a read: revision and holder. Revision 0 without a key.
    pub(super) fn read(
        &mut self,
        now: Duration,
        attempt: u64,
        revision: u64,
        holder: Option<String>,
    ) {
        if self.take_asked(attempt).is_none() {
            return;
        }
        let is_known = self.seen.as_ref().is_some_and(|seen| seen.revision == revision);
        if !is_known {
            self.seen = Some(Seen { revision, holder, since: now });
            if self.holder() != Some(&self.name) {
                self.held_until = None;
            }
        }
        if self.due(now) != LeaseAction::Read {
            self.next = now;
        }
    }

    /// The answer to a write: the new revision, or `None` if another replica was faster.
    pub(super) fn wrote(&mut self, now: Duration, attempt: u64, revision: Option<u64>) {
        let Some(since) = self.take_asked(attempt) else { return };
        match revision {
            Some(revision) if now >= self.abstains_until => {
                let holder = Some(self.name.clone());
                self.seen = Some(Seen { revision, holder, since: now });
                // Others count from a later moment, at which they see the revision.
                self.held_until = Some(since + self.times.valid);
            }
            _ => {
                self.held_until = None;
                self.seen = None;
                self.next = now;
            }
        }
    }

    /// The answer to giving the lease back: the new revision, or `None` if the key had another one.
    pub(super) fn gave_back(&mut self, now: Duration, attempt: u64, revision: Option<u64>) {
        if self.take_asked(attempt).is_none() {
            return;
        }
        self.seen = revision.map(|revision| Seen { revision, holder: None, since: now });
        if self.seen.is_none() {
            self.next = now;
        }
    }

    /// An access failed. It may have taken effect all the same.
    pub(super) fn failed(&mut self, now: Duration, attempt: u64) {
        if self.take_asked(attempt).is_none() {
            return;
        }
        self.next = now + PAUSE;
        // A write whose answer was lost has changed the revision.
        if !self.is_held(now) {
            self.seen = self.seen.take().filter(|seen| seen.holder.as_deref() != Some(&self.name));
        }
    }

    fn take_asked(&mut self, attempt: u64) -> Option<Duration> {
        if attempt == self.attempt { self.asked.take() } else { None }
    }
}

#[cfg(test)]
mod tests;
