//! Answers that are late, lost, or not what was hoped for.

use std::time::Duration;

use super::{Answer, Outbox, OutboxAction, PATIENCE, PublishedEnd};
use crate::replica::{Content, Item, ItemId};

const START: Duration = Duration::ZERO;

fn item(ext_seq: u64) -> Item {
    let id = ItemId { ext_seq, part: 0, is_result: true };
    Item { id, tx_seq: None, content: Content::Result(vec![1]) }
}

/// An outbox whose stream ends with message 10, the result of command 4, and that has sent the
/// results of commands 5 to 7.
fn sending() -> Outbox {
    let mut outbox = Outbox::new(4);
    outbox.switch(true, START);
    assert_eq!(outbox.poll(START), Some(OutboxAction::FindEnd { attempt: 1 }));
    let last = Some(item(4).id);
    outbox.end_found(1, PublishedEnd { sequence: 10, last }, START);
    let read = OutboxAction::Read { attempt: 1, after: last, most: 4 };
    assert_eq!(outbox.poll(START), Some(read));
    outbox.items(1, (5..=7).map(item).collect());
    for (expected, ext_seq) in [(10, 5), (11, 6), (12, 7)] {
        let publish = OutboxAction::Publish { attempt: 1, expected, item: item(ext_seq) };
        assert_eq!(outbox.poll(START), Some(publish));
    }
    outbox
}

fn reads_on(outbox: &mut Outbox, now: Duration) {
    let read = OutboxAction::Read { attempt: 1, after: Some(item(7).id), most: 4 };
    assert_eq!(outbox.poll(now), Some(read));
    outbox.items(1, Vec::new());
    assert_eq!(outbox.poll(now), None);
}

#[test]
fn messages_wait_for_their_answers_and_the_log_for_more() {
    let mut outbox = sending();
    reads_on(&mut outbox, START);
    outbox.answer(1, 11, Answer::Stored(12), START);
    assert!(!outbox.is_idle(), "one message has no answer");
    outbox.answer(1, 10, Answer::NotStored, START);
    outbox.answer(1, 12, Answer::Stored(13), START);
    assert!(outbox.is_idle(), "the late answer was of a message that is in the stream");
    outbox.grown();
    let read = OutboxAction::Read { attempt: 1, after: Some(item(7).id), most: 4 };
    assert_eq!(outbox.poll(START), Some(read));
}

#[test]
fn a_failed_message_lets_all_behind_the_end_be_sent_again() {
    let mut outbox = sending();
    outbox.answer(1, 10, Answer::NotStored, START);
    assert_eq!(outbox.poll(START), Some(OutboxAction::FindEnd { attempt: 2 }));
    outbox.answer(1, 11, Answer::Stored(12), START);
    let last = Some(item(6).id);
    outbox.end_found(2, PublishedEnd { sequence: 12, last }, START);
    let read = OutboxAction::Read { attempt: 2, after: last, most: 4 };
    assert_eq!(outbox.poll(START), Some(read), "message 7 is read again");
    outbox.items(2, vec![item(7)]);
    let publish = OutboxAction::Publish { attempt: 2, expected: 12, item: item(7) };
    assert_eq!(outbox.poll(START), Some(publish));
}

#[test]
fn a_duplicate_at_another_place_is_no_success() {
    let mut outbox = sending();
    outbox.answer(1, 10, Answer::Stored(4), START);
    assert_eq!(outbox.poll(START), Some(OutboxAction::FindEnd { attempt: 2 }));
}

#[test]
fn answers_that_never_come_count_as_failures() {
    let mut outbox = sending();
    let later = START + PATIENCE;
    reads_on(&mut outbox, START);
    assert_eq!(outbox.poll(later), Some(OutboxAction::FindEnd { attempt: 2 }));
    assert_eq!(outbox.poll(later), None);
    let again = Some(OutboxAction::FindEnd { attempt: 3 });
    assert_eq!(outbox.poll(later + PATIENCE), again, "that answer was lost as well");
    outbox.end_found(2, PublishedEnd::default(), later + PATIENCE);
    assert_eq!(outbox.poll(later + PATIENCE), None, "it came too late");
}

#[test]
fn nothing_is_sent_without_the_lease() {
    let mut outbox = sending();
    outbox.switch(false, START);
    outbox.grown();
    outbox.answer(1, 10, Answer::Stored(11), START);
    assert_eq!(outbox.poll(START + PATIENCE), None);
}
