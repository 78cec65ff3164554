#![forbid(unsafe_code)]
//! The server's side of the comparison: the digest of a store.

use statevec_abi::{RecordKey, StateDigest};
use statevec_host::Store;

/// The digest of all records, as
/// [`FixedStore::digest`](statevec_abi::fixed_store::FixedStore::digest) makes it.
#[must_use]
pub fn digest(store: &Store) -> u64 {
    let mut digest = StateDigest::new();
    for kind in 1..=u8::MAX {
        for record in store.records(kind) {
            digest.record(RecordKey { kind, sys_id: record.sys_id }, record.data);
        }
    }
    digest.finish()
}
