//! A source that does what a sound stream never does.

use super::{IngressError, IngressOrder, Step, StoredCommand, StreamFacts};

const STREAM: StreamFacts = StreamFacts { created: 7, first: 1, last: 9, is_dense: true };

fn command(sequence: u64) -> StoredCommand<'static> {
    StoredCommand { sequence, time_us: 100 + sequence, kind: 1, payload: b"deposit" }
}

/// A replica that has recorded message 3, and read it again.
fn at_three() -> IngressOrder {
    let mut order = IngressOrder::default();
    assert_eq!(order.resume(Some(&command(3)), &STREAM), Ok(3));
    assert_eq!(order.message(3, Some(&command(3))), Ok(Step::Known));
    order
}

#[test]
fn messages_run_in_order_from_the_one_behind_the_last_recorded() {
    let mut order = at_three();
    assert_eq!(order.message(4, Some(&command(4))), Ok(Step::Run));
    assert_eq!(order.message(5, None), Ok(Step::Unreadable));
    assert_eq!(order.message(6, Some(&command(6))), Ok(Step::Run));
    let mut new = IngressOrder::default();
    assert_eq!(new.resume(None, &STREAM), Ok(1));
    assert_eq!(new.message(1, Some(&command(1))), Ok(Step::Run));
}

#[test]
fn a_message_that_comes_twice_stops() {
    let mut order = at_three();
    assert_eq!(order.message(4, Some(&command(4))), Ok(Step::Run));
    let repeated = order.message(4, Some(&command(4)));
    assert_eq!(repeated, Err(IngressError::Repeated { sequence: 4 }));
}

#[test]
fn another_message_under_the_last_number_stops() {
    let mut order = at_three();
    let other = StoredCommand { payload: b"withdraw", ..command(3) };
    assert_eq!(order.message(3, Some(&other)), Err(IngressError::Changed { sequence: 3 }));
    assert_eq!(order.message(3, None), Err(IngressError::Changed { sequence: 3 }));
}

#[test]
fn messages_out_of_order_stop_at_the_first_that_is_early() {
    let mut order = at_three();
    let early = order.message(5, Some(&command(5)));
    assert_eq!(early, Err(IngressError::Missing { from: 4, to: 4 }));
    let mut filtered = IngressOrder::default();
    let stream = StreamFacts { is_dense: false, ..STREAM };
    assert_eq!(filtered.resume(None, &stream), Ok(1));
    assert_eq!(filtered.message(5, Some(&command(5))), Ok(Step::Run));
    let late = filtered.message(4, Some(&command(4)));
    assert_eq!(late, Err(IngressError::OutOfOrder { last: 5, found: 4 }));
}

#[test]
fn a_sequence_that_goes_back_stops() {
    let mut order = at_three();
    let back = order.message(1, Some(&command(1)));
    assert_eq!(back, Err(IngressError::OutOfOrder { last: 3, found: 1 }));
    let shorter = StreamFacts { last: 2, ..STREAM };
    let expected = IngressError::WentBack { last: 2, recorded: 3 };
    assert_eq!(order.seen(&shorter, Some(3)), Err(expected.clone()));
    assert_eq!(IngressOrder::default().resume(Some(&command(3)), &shorter), Err(expected));
}

#[test]
fn a_message_that_changed_while_the_replica_was_away_stops() {
    for changed in [
        StoredCommand { time_us: 1, ..command(3) },
        StoredCommand { kind: 2, ..command(3) },
        StoredCommand { payload: b"", ..command(3) },
    ] {
        let mut order = IngressOrder::default();
        assert_eq!(order.resume(Some(&command(3)), &STREAM), Ok(3));
        assert_eq!(order.message(3, Some(&changed)), Err(IngressError::Changed { sequence: 3 }));
    }
}

#[test]
fn a_stream_that_was_made_anew_stops_also_if_it_is_longer() {
    let mut order = at_three();
    let anew = StreamFacts { created: 8, last: 100, ..STREAM };
    assert_eq!(order.seen(&anew, Some(3)), Err(IngressError::MadeAnew));
    assert_eq!(order.resume(Some(&command(3)), &anew), Err(IngressError::MadeAnew));
}

#[test]
fn messages_that_were_removed_before_they_were_read_stop() {
    let mut order = IngressOrder::default();
    let cut = StreamFacts { first: 6, ..STREAM };
    let missing = IngressError::Missing { from: 4, to: 5 };
    assert_eq!(order.resume(Some(&command(3)), &cut), Err(missing));
    let kept = StreamFacts { first: 4, ..STREAM };
    assert_eq!(order.resume(Some(&command(3)), &kept), Ok(4), "there is nothing to compare with");
}

#[test]
fn each_stop_says_that_nothing_was_run() {
    for error in [
        IngressError::Repeated { sequence: 1 },
        IngressError::OutOfOrder { last: 2, found: 1 },
        IngressError::Missing { from: 1, to: 2 },
        IngressError::Changed { sequence: 1 },
        IngressError::WentBack { last: 1, recorded: 2 },
        IngressError::MadeAnew,
    ] {
        let text = error.to_string();
        assert!(text.contains("Nothing") && text.contains(": "), "{text}");
    }
}
