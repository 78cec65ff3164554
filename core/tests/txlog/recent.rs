//! The last entries in a fixed amount of memory.

use proptest::prelude::*;
use statevec_abi::txlog::{
    Alignment, EncodeError, Entry, EntryOutcome, LogReader, RecentEntries, StateDigest,
};

use crate::generated::{OwnedEntry, entries, header, read};

/// The entries of a ring, written as a log and read again.
fn written<const N: usize>(recent: &RecentEntries<'_, N>) -> (Vec<u8>, Vec<u64>) {
    let mut bytes = [0; 4096];
    recent.write(&mut bytes[..]).unwrap();
    let mut numbers = Vec::new();
    read(&bytes, |number, _| numbers.push(number)).unwrap();
    (bytes.to_vec(), numbers)
}

fn transaction(ext_seq: u64, payload: usize) -> OwnedEntry {
    OwnedEntry::Transaction {
        ext_seq,
        command: (1, vec![ext_seq as u8; payload]),
        outcome: crate::generated::OwnedOutcome::Committed(ext_seq),
        events: vec![],
        changes: vec![],
        digest: u128::from(ext_seq) << 64,
    }
}

#[test]
fn the_oldest_entries_make_room_and_the_header_says_where_the_rest_starts() {
    // Each entry takes 64 bytes.
    let mut recent: RecentEntries<'_, 200> = RecentEntries::new(header(Alignment::None));
    for number in 41..=50 {
        recent.push(&transaction(number, 4).transaction(number).unwrap()).unwrap();
    }
    let (bytes, numbers) = written(&recent);
    assert_eq!(numbers, [48, 49, 50]);
    let reader = LogReader::new(&bytes).unwrap();
    let start = reader.header();
    assert_eq!((start.first_entry, start.tx_seq, start.last_ext_seq), (48, 47, Some(47)));
    assert_eq!((start.digest, start.previous), (StateDigest::from_u128(47 << 64), 0));
    assert_eq!(start.plugin_name, "ledger");
}

#[test]
fn an_entry_larger_than_the_memory_leaves_a_gap_that_is_visible() {
    let mut recent: RecentEntries<'_, 200> = RecentEntries::new(header(Alignment::None));
    recent.push(&transaction(41, 4).transaction(41).unwrap()).unwrap();
    let error = recent.push(&transaction(42, 150).transaction(42).unwrap()).unwrap_err();
    assert_eq!(error, EncodeError::TooLong { field: "entry", len: 210, limit: 200 });
    assert_eq!((recent.next_entry(), written(&recent).1), (43, vec![]));
    recent.push(&transaction(43, 4).transaction(43).unwrap()).unwrap();
    assert_eq!((recent.header().first_entry, recent.header().tx_seq), (43, 42));
}

#[test]
fn an_entry_out_of_turn_changes_nothing() {
    let mut recent: RecentEntries<'_, 200> = RecentEntries::new(header(Alignment::None));
    recent.push(&transaction(41, 4).transaction(41).unwrap()).unwrap();
    let error = recent.push(&transaction(43, 4).transaction(43).unwrap()).unwrap_err();
    assert_eq!(error, EncodeError::WrongNumber { expected: 42, found: 43 });
    assert_eq!(written(&recent).1, [41]);
}

proptest! {
    #[test]
    fn the_entries_that_are_kept_are_the_last_ones_unchanged(entries in entries(), more in entries()) {
        let mut recent: RecentEntries<'_, 500> = RecentEntries::new(header(Alignment::None));
        let pushed: Vec<_> = entries.iter().chain(&more).filter(|entry| {
            let number = recent.next_entry();
            let Some(entry) = entry.transaction(number) else { return false };
            let _too_long = recent.push(&entry);
            true
        }).collect();
        let mut expected = pushed.iter().enumerate().rev();
        let kept: Vec<_> = recent.entries().map(Result::unwrap).collect();
        for read in kept.iter().rev() {
            let (position, owned) = expected.next().unwrap();
            let number = 41 + position as u64;
            prop_assert!(owned.is(number, read));
        }
        // The header is the state behind the entry before.
        if let Some((position, owned)) = expected.next() {
            let number = 41 + position as u64;
            let before = owned.transaction(number).unwrap();
            prop_assert_eq!(recent.header().digest, before.digest);
            prop_assert_eq!(recent.header().last_ext_seq, Some(before.ext_seq));
            if let EntryOutcome::Committed { tx_seq } = before.outcome {
                prop_assert_eq!(recent.header().tx_seq, tx_seq);
            }
        }
        prop_assert!(kept.iter().all(|entry| matches!(entry, Entry::Transaction(_))));
    }
}
