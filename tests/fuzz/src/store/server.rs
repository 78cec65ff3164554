//! The server's store.

use std::{
    collections::BTreeMap,
    mem,
    rc::Rc,
    sync::{Arc, LazyLock},
};

use arbitrary::{Arbitrary, Result, Unstructured};
use statevec_abi::abi::{RecordKey, RecordKind};
use statevec_abi_alloc::schema::SchemaRegistry;
use statevec_host::{Store, StoreLimits};

use super::{
    contents::assert_contents,
    model::{Model, ModelRecords, Room},
    runner::Runner,
    schema::{self, data_size},
    script::{Call, End, Transaction},
};

/// Limits that transactions reach now and then.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits(StoreLimits);

impl<'a> Arbitrary<'a> for Limits {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let records_per_kind = u.int_in_range(1..=7)?;
        let transaction_bytes = if u.ratio(1, 2)? { u.int_in_range(0..=600)? } else { 1 << 20 };
        Ok(Self(StoreLimits { records_per_kind, transaction_bytes }))
    }
}

static SCHEMA: LazyLock<Arc<SchemaRegistry>> =
    LazyLock::new(|| Arc::new(SchemaRegistry::from_def(&schema::SCHEMA).expect("a good schema")));

pub(super) fn check(limits: &Limits, transactions: &[Rc<Transaction>]) {
    let mut store = Store::with_limits(SCHEMA.clone(), limits.0).expect("small records");
    let mut model = Model::new(ServerRoom { limits: limits.0, left: 0, buried: BTreeMap::new() });
    let mut runner = Runner::new();
    for script in transactions {
        let before = store.image();
        let expected = model.run(script);

        let mut transaction = store.begin();
        let ran = runner.run(transaction.host(), script);
        let is_kept = ran.failure.is_none() && script.end != End::Leak;
        let mut events = Vec::new();
        if is_kept {
            events.extend(transaction.commit().map(|event| (event.kind, event.payload.to_vec())));
        } else if script.end == End::Leak {
            mem::forget(transaction);
        } else {
            drop(transaction);
        }
        let log: Vec<_> = store.log().map(<[u8]>::to_vec).collect();
        if script.end == End::Leak {
            drop(store.begin());
        }

        assert_eq!(ran, expected);
        assert_eq!((&events, &log), (&model.events, &model.log));
        assert!(is_kept || store.image() == before, "a rollback left a trace");
        store.check_consistency().unwrap_or_else(|what| panic!("{what}"));
        assert_contents!(store, model);
    }
}

/// A row per record, which a deletion frees at commit, and bytes of the undo log and of events,
/// which stay taken until the transaction ends.
#[derive(Debug, Clone)]
struct ServerRoom {
    limits: StoreLimits,
    left: usize,
    /// Records that were deleted in this transaction.
    buried: BTreeMap<RecordKind, usize>,
}

impl Room for ServerRoom {
    fn begin(&mut self) {
        self.left = self.limits.transaction_bytes;
        self.buried.clear();
    }

    fn write(&mut self, call: &Call) -> bool {
        let bytes = match call {
            Call::Update { kind, .. } => data_size(kind.number()).unwrap_or(0),
            Call::Emit { payload, .. } => payload.len(),
            Call::Log { .. } => return true,
            _ => 0,
        };
        match self.left.checked_sub(bytes + 24) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }

    fn create(&mut self, tables: &BTreeMap<RecordKind, ModelRecords>, kind: RecordKind) -> bool {
        let rows = tables[&kind].records.len() + self.buried.get(&kind).copied().unwrap_or(0);
        rows < self.limits.records_per_kind as usize
    }

    fn update(&mut self, _: RecordKey) -> bool {
        true
    }

    fn delete(&mut self, key: RecordKey) -> bool {
        *self.buried.entry(key.kind).or_default() += 1;
        true
    }

    fn changed(&mut self, _: RecordKey) {}

    fn emit(&mut self, _: usize) -> bool {
        true
    }
}
