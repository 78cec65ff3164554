//! Arbitrary bytes as the payload of a transaction log's frame.
//!
//! - Reading never panics. An entry that is read is written as the same bytes.
//! - Entries have consecutive numbers, as many as the frame counts. After an error there are none.
//! - An error lies inside the payload, or at its end, and its text is short.

use statevec_abi::txlog::{Entries, Entry, EntryFault};

/// See the module. The first byte is the number of entries that the frame counts.
pub fn check(input: &[u8]) {
    let Some((&count, payload)) = input.split_first() else { return };
    // The first entry's own number, so that most inputs are not refused for it.
    let number = payload.get(5..).and_then(|rest| rest.first_chunk());
    let first = number.map_or(1, |number| u64::from_le_bytes(*number));
    let mut entries = Entries::new(payload, first, count.into());
    let mut written = Vec::new();
    let mut next = first;
    let mut error = None;
    for entry in &mut entries {
        match entry {
            Ok(entry) => {
                assert_eq!(entry.number(), next);
                next = next.wrapping_add(1);
                check_entry(&entry, &mut written);
                assert!(payload.starts_with(&written), "{entry:?}");
            }
            Err(found) => {
                assert!(error.is_none(), "two errors");
                error = Some(found);
            }
        }
    }
    match error {
        None => {
            assert_eq!(written, payload, "bytes were skipped");
            assert_eq!(next, first.wrapping_add(count.into()), "entries are missing");
        }
        Some(error) => {
            assert!((written.len()..=payload.len()).contains(&error.offset), "{error:?}");
            assert!(error.to_string().len() < 120, "{error}");
            if let EntryFault::Truncated { needed, left, .. } = error.fault {
                assert!(needed > left && left <= payload.len(), "{error:?}");
            }
        }
    }
    assert!(entries.next().is_none());
}

fn check_entry(entry: &Entry<'_>, written: &mut Vec<u8>) {
    if let Entry::Transaction(entry) = entry {
        let (events, changes) = (entry.events, entry.changes);
        assert_eq!(events.len(), events.count());
        assert_eq!(changes.len(), changes.count());
    }
    entry.encode(written).expect("a vector takes everything");
}
