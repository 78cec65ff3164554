//! Views of the lease at whole seconds.

use std::time::Duration;

use super::{Lease, LeaseAction, LeaseTimes, PAUSE};

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Validity of the leases here.
const VALID: u64 = 4;

fn lease(name: &str) -> Lease {
    Lease::new(name, LeaseTimes { renew: seconds(1), valid: seconds(VALID) })
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
    let soon = seconds(2) + PAUSE;
    assert_eq!(a.tick(soon).unwrap().1, LeaseAction::Write { revision: 5 }, "tried again");
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
fn a_replica_that_cannot_publish_gives_the_lease_back_and_only_reads() {
    let mut a = holder();
    a.abstain(seconds(1), seconds(30));
    assert!(!a.is_held(seconds(1)) && !a.is_given_back());
    let attempt = due(&mut a, 1, LeaseAction::GiveBack { revision: 5 });
    a.gave_back(seconds(1), attempt, Some(6));
    assert!(a.is_given_back());
    let attempt = due(&mut a, 9, LeaseAction::Read);
    a.read(seconds(9), attempt, 6, None);
    due(&mut a, 10, LeaseAction::Read);
}

#[test]
fn a_renewal_on_its_way_does_not_keep_a_lease_that_is_given_back() {
    let mut a = holder();
    let attempt = due(&mut a, 1, LeaseAction::Write { revision: 5 });
    a.abstain(seconds(1), Duration::MAX);
    assert!(a.tick(seconds(1)).is_none(), "the renewal may still change the revision");
    a.wrote(seconds(2), attempt, Some(6));
    assert!(!a.is_held(seconds(2)) && !a.is_given_back());
    let attempt = due(&mut a, 2, LeaseAction::Read);
    a.read(seconds(2), attempt, 6, Some("a".into()));
    let attempt = due(&mut a, 2, LeaseAction::GiveBack { revision: 6 });
    a.gave_back(seconds(2), attempt, None);
    assert!(!a.is_given_back(), "another write was faster, maybe an own one");
    due(&mut a, 2, LeaseAction::Read);
}

#[test]
fn a_lease_that_was_given_back_is_taken_at_once() {
    let mut b = lease("b");
    let attempt = due(&mut b, 0, LeaseAction::Read);
    b.read(seconds(0), attempt, 5, Some("a".into()));
    assert!(b.tick(seconds(0)).is_none());
    b.freed(seconds(0));
    let attempt = due(&mut b, 0, LeaseAction::Read);
    b.read(seconds(0), attempt, 6, None);
    due(&mut b, 0, LeaseAction::Write { revision: 6 });
}
