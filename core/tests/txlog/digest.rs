//! The digest of a state.

use std::collections::BTreeMap;

use proptest::{collection::vec, prelude::*};
use statevec_abi::{
    abi::RecordKey,
    txlog::{Change, StateDigest},
};

const KEY: RecordKey = RecordKey { kind: 3, sys_id: 17 };

/// Computed by another implementation of XXH64, in Python.
#[test]
fn it_has_the_same_value_everywhere() {
    let mut digest = StateDigest::EMPTY;
    digest.add_record(KEY, b"data");
    assert_eq!(digest.to_string(), "98fc5e515ffaa5a7ebcedfe28c891f4e");
    let mut digest = StateDigest::EMPTY;
    digest.set_next_sys_id(3, 1, 18);
    assert_eq!(digest.to_string(), "0e4feba1dcf70e3c3e56556ab6c9ef52");
    let long: [u8; 100] = core::array::from_fn(|at| at as u8);
    let mut digest = StateDigest::EMPTY;
    digest.add_record(KEY, &long);
    assert_eq!(digest.to_string(), "03878dc15f447c73d2e49467393f4161");
}

#[test]
fn records_that_swap_their_numbers_or_kinds_change_it() {
    let of = |records: &[(u8, u64, &[u8])]| {
        let mut digest = StateDigest::EMPTY;
        for (kind, sys_id, data) in records {
            digest.add_record(RecordKey { kind: *kind, sys_id: *sys_id }, data);
        }
        digest
    };
    let a_b = of(&[(1, 1, b"a"), (1, 2, b"b")]);
    assert_eq!(a_b, of(&[(1, 2, b"b"), (1, 1, b"a")]));
    assert_ne!(a_b, of(&[(1, 1, b"b"), (1, 2, b"a")]));
    assert_ne!(of(&[(1, 2, b"")]), of(&[(2, 1, b"")]));
    assert_ne!(of(&[(1, 1, b"")]), of(&[(1, 1, b"\0")]));
    assert_ne!(of(&[(1, 1, b"")]), StateDigest::EMPTY);
}

#[test]
fn a_number_that_was_given_and_taken_back_changes_it() {
    let mut digest = StateDigest::EMPTY;
    digest.apply(&Change::CreatedAndDeleted { key: RecordKey { kind: 1, sys_id: 1 } });
    let mut next = StateDigest::EMPTY;
    next.set_next_sys_id(1, 1, 2);
    assert_eq!(digest, next);
    assert_ne!(digest, StateDigest::EMPTY);
}

proptest! {
    #[test]
    fn applying_changes_gives_the_digest_of_the_state(steps in vec((1_u8..3, any::<u8>(), any::<[u8; 3]>()), 0..60)) {
        let mut records: BTreeMap<(u8, u64), [u8; 3]> = BTreeMap::new();
        let mut next = [1_u64; 3];
        let mut digest = StateDigest::EMPTY;
        for (kind, choice, data) in steps {
            let of_kind = records.range((kind, 0)..(kind + 1, 0));
            let chosen = of_kind.map(|(key, data)| (*key, *data)).nth(usize::from(choice / 4));
            match (choice % 4, chosen) {
                (0, Some(((kind, sys_id), old))) => {
                    let key = RecordKey { kind, sys_id };
                    digest.apply(&Change::Updated { key, old: &old, new: &data });
                    records.insert((kind, sys_id), data);
                }
                (1, Some(((kind, sys_id), old))) => {
                    digest.apply(&Change::Deleted { key: RecordKey { kind, sys_id }, old: &old });
                    records.remove(&(kind, sys_id));
                }
                (made, _) => {
                    let next = &mut next[usize::from(kind)];
                    let key = RecordKey { kind, sys_id: *next };
                    *next += 1;
                    if made == 2 {
                        digest.apply(&Change::CreatedAndDeleted { key });
                    } else {
                        digest.apply(&Change::Created { key, data: &data });
                        records.insert((kind, key.sys_id), data);
                    }
                }
            }
        }
        let mut whole = StateDigest::EMPTY;
        for (kind, next) in [(1, next[1]), (2, next[2])] {
            whole.set_next_sys_id(kind, 1, next);
        }
        for ((kind, sys_id), data) in records {
            whole.add_record(RecordKey { kind, sys_id }, &data);
        }
        prop_assert_eq!(digest, whole);
    }
}
