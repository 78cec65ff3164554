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
        Self { renew: Duration::from_secs(1), valid: Duration::from_secs(4) }
    }
}

/// A replica that cannot publish leaves the lease to others for so long.
const ABSTENTION: Duration = Duration::from_secs(30);

/// An access to the key that holds the lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LeaseAction {
    Read,
    /// Writes this replica's name, if the key still has the revision. Revision 0: there is no key.
    Write {
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
    /// This replica cannot publish, and leaves the lease to others until then.
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

    /// Leaves the lease to others for a while.
    pub(super) fn abstain(&mut self, now: Duration) {
        self.abstains_until = now + ABSTENTION;
        self.held_until = None;
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
        if now >= self.abstains_until && (is_own || is_stale) {
            LeaseAction::Write { revision: *revision }
        } else {
            LeaseAction::Read
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

    /// An access failed. It may have taken effect all the same.
    pub(super) fn failed(&mut self, now: Duration, attempt: u64) {
        if self.take_asked(attempt).is_none() {
            return;
        }
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
mod tests {
    use std::time::Duration;

    use super::{Lease, LeaseAction, LeaseTimes};

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn lease(name: &str) -> Lease {
        Lease::new(name, LeaseTimes::default())
    }

    /// Does what is due, which must be this access, and returns its number.
    #[track_caller]
    fn due(lease: &mut Lease, now: u64, expected: LeaseAction) -> u64 {
        let (attempt, action) = lease.tick(seconds(now)).unwrap();
        assert_eq!(action, expected, "at {now}");
        attempt
    }

    /// A replica that took a free lease at the start.
    fn holder() -> Lease {
        let mut a = lease("a");
        let attempt = due(&mut a, 0, LeaseAction::Read);
        a.read(seconds(0), attempt, 0, None);
        let attempt = due(&mut a, 0, LeaseAction::Write { revision: 0 });
        assert!(!a.is_held(seconds(0)), "the write is not confirmed");
        a.wrote(seconds(1), attempt, Some(5));
        a
    }

    #[test]
    fn a_lease_that_nobody_holds_is_taken_at_once() {
        let a = holder();
        assert!(a.is_held(seconds(3)) && !a.is_held(seconds(4)), "it counts from the write on");
    }

    #[test]
    fn a_lease_that_is_renewed_is_not_taken_over() {
        let mut b = lease("b");
        for second in 0..20 {
            let attempt = due(&mut b, second, LeaseAction::Read);
            b.read(seconds(second), attempt, 1 + second / 3, Some("a".into()));
        }
    }

    #[test]
    fn a_lease_whose_holder_is_silent_is_taken_over_once() {
        let take_over = |name| {
            let mut other = lease(name);
            for second in [0, 3] {
                let attempt = due(&mut other, second, LeaseAction::Read);
                other.read(seconds(second), attempt, 3, Some("a".into()));
            }
            let attempt = due(&mut other, 4, LeaseAction::Write { revision: 3 });
            (other, attempt)
        };
        let ((mut b, of_b), (mut c, of_c)) = (take_over("b"), take_over("c"));
        b.wrote(seconds(4), of_b, Some(4));
        c.wrote(seconds(4), of_c, None);
        assert!(b.is_held(seconds(5)) && !c.is_held(seconds(5)));
        due(&mut c, 5, LeaseAction::Read);
    }

    #[test]
    fn a_holder_without_answers_stops_before_another_may_take_over() {
        let mut a = holder();
        let attempt = due(&mut a, 1, LeaseAction::Write { revision: 5 });
        a.failed(seconds(2), attempt);
        assert!(a.is_held(seconds(3)));
        assert!(!a.is_held(seconds(4)));
    }

    #[test]
    fn an_answer_that_comes_after_the_next_question_does_not_count() {
        let mut a = holder();
        let late = due(&mut a, 1, LeaseAction::Write { revision: 5 });
        due(&mut a, 5, LeaseAction::Write { revision: 5 });
        a.wrote(seconds(5), late, Some(6));
        assert!(!a.is_held(seconds(5)), "the write took effect at a time that nobody knows");
    }

    #[test]
    fn a_replica_that_cannot_publish_only_reads() {
        let mut a = holder();
        a.abstain(seconds(1));
        assert!(!a.is_held(seconds(1)));
        due(&mut a, 9, LeaseAction::Read);
    }
}
