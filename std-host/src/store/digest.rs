//! The digest of a store's state.

use statevec_abi::{abi::RecordKey, txlog::StateDigest};

use super::Store;

impl Store {
    /// The digest of all records and next sys_ids. A
    /// [`FixedStore`](statevec_abi::fixed_store::FixedStore) in the same state has the same.
    ///
    /// It reads all records. [`StateDigest::apply`] keeps a digest up to date in time proportional
    /// to a transaction's changes.
    #[must_use]
    pub fn digest(&self) -> StateDigest {
        let mut digest = StateDigest::EMPTY;
        for table in self.tables.iter() {
            let kind = table.layout().kind();
            digest.set_next_sys_id(kind, 1, table.next_id());
            for slot in table.slots() {
                let record = table.record(slot);
                digest.add_record(RecordKey { kind, sys_id: record.sys_id }, record.data);
            }
        }
        digest
    }
}
