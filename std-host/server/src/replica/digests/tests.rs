//! Replicas that differ, and those that only come late.

use std::time::Duration;

use super::{DigestExchange, Heartbeat, KEPT};

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn told(name: &str, is_publisher: bool, digests: &[(u64, u128)]) -> Heartbeat {
    Heartbeat { name: name.into(), is_publisher, digests: digests.to_vec() }
}

fn own(digest: u128) -> DigestExchange {
    let mut exchange = DigestExchange::new(2);
    exchange.own(10, digest);
    exchange
}

#[test]
fn one_that_differs_from_two_stops_and_says_where() {
    let mut exchange = own(1);
    exchange.heard(&told("b", true, &[(10, 2)]), seconds(0));
    exchange.heard(&told("c", false, &[(10, 2)]), seconds(0));
    let divergence = exchange.check(seconds(0)).unwrap_err();
    assert_eq!((divergence.ext_seq, divergence.theirs), (10, 2));
    let text = divergence.to_string();
    assert!(text.contains("that of b, c behind ext_seq 10"), "{text}");
    assert!(text.contains("replay"), "{text}");
}

#[test]
fn the_majority_goes_on_even_if_the_publisher_differs() {
    let mut exchange = own(1);
    exchange.heard(&told("b", true, &[(10, 2)]), seconds(0));
    exchange.heard(&told("c", false, &[(10, 1)]), seconds(0));
    assert_eq!(exchange.check(seconds(0)), Ok(()));
    let standing = exchange.standing();
    assert_eq!((standing.agreed, standing.differing), (Some(10), vec!["b".to_owned()]));
}

#[test]
fn nobody_is_judged_before_a_majority_has_told() {
    let mut exchange = own(1);
    exchange.heard(&told("b", true, &[(10, 2)]), seconds(0));
    exchange.heard(&told("c", false, &[]), seconds(0));
    assert_eq!(exchange.check(seconds(1)), Ok(()), "c may agree with this one");
    exchange.heard(&told("c", false, &[(10, 2)]), seconds(2));
    assert!(exchange.check(seconds(2)).is_err());
}

#[test]
fn replicas_that_were_never_heard_count_if_it_is_known_that_they_exist() {
    let mut exchange = DigestExchange::new(3);
    exchange.own(10, 1);
    exchange.heard(&told("b", true, &[(10, 2)]), seconds(0));
    assert_eq!(exchange.check(seconds(0)), Ok(()));
}

#[test]
fn of_two_the_publisher_is_right() {
    let mut follower = own(1);
    follower.heard(&told("b", true, &[(10, 2)]), seconds(0));
    assert!(follower.check(seconds(0)).is_err());
    let mut publisher = own(2);
    publisher.heartbeat("b", true);
    publisher.heard(&told("a", false, &[(10, 1)]), seconds(0));
    assert_eq!(publisher.check(seconds(0)), Ok(()));
}

#[test]
fn of_two_without_a_publisher_both_stop() {
    let mut exchange = own(1);
    exchange.heard(&told("b", false, &[(10, 2)]), seconds(0));
    assert!(exchange.check(seconds(0)).is_err());
}

#[test]
fn digests_at_other_commands_are_not_compared() {
    let mut exchange = own(1);
    exchange.heard(&told("b", true, &[(20, 2)]), seconds(0));
    assert_eq!(exchange.check(seconds(9)), Ok(()));
}

#[test]
fn memory_is_bounded() {
    let mut exchange = own(0);
    for at in 2..1000 {
        exchange.own(at * 10, u128::from(at));
        exchange.heard(&told("b", false, &[(at * 10, u128::from(at))]), seconds(at));
        assert_eq!(exchange.check(seconds(at)), Ok(()));
    }
    assert_eq!(exchange.heartbeat("a", false).digests.len(), KEPT);
    assert_eq!(exchange.standing().agreed, Some(9990));
}
