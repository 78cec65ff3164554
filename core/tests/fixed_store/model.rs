//! Random commands, compared with a simple model of the store.

use std::collections::BTreeMap;

use proptest::{collection::vec, prelude::*};
use statevec_abi::{
    abi::RecordKey,
    fixed_store::{FixedMemory, FixedStore},
    txlog::StateDigest,
    typed::Record,
};

use crate::script::{Bench, Op, SCHEMA, SIZE, Share, Thing, share, thing};

/// Records by key, with their numbers; and the next number of each kind.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Model {
    things: BTreeMap<u8, (u64, u8)>,
    shares: BTreeMap<u8, (u64, u8)>,
    next: [u64; 2],
    events: usize,
}

impl Model {
    const EMPTY: Self =
        Self { things: BTreeMap::new(), shares: BTreeMap::new(), next: [1, 1], events: 0 };

    /// The state after a command, if it is accepted.
    fn run(&self, ops: &[Op]) -> Option<Self> {
        let mut after = Self { events: 0, ..self.clone() };
        ops.iter().try_for_each(|op| after.apply(*op))?;
        Some(after)
    }

    fn apply(&mut self, op: Op) -> Option<()> {
        match op {
            Op::Create(id, value) => create(&mut self.things, &mut self.next[0], id, value)?,
            Op::CreateShare(id, value) => create(&mut self.shares, &mut self.next[1], id, value)?,
            Op::Update(id, value) => {
                if let Some(record) = self.things.get_mut(&id) {
                    record.1 = value;
                }
            }
            Op::Delete(id) => drop(self.things.remove(&id)),
            Op::DeleteShare(id) => drop(self.shares.remove(&id)),
            Op::Poke { id, .. } if self.things.contains_key(&id) => return None,
            Op::Emit { .. } => self.events += 1,
            Op::Reject => return None,
            _ => {}
        }
        Some(())
    }

    fn image(&self) -> Vec<String> {
        let mut image = vec![format!("2: next {:?}", Some(self.next[0]))];
        let (things, shares) = self.records();
        image.extend(things.iter().map(|(id, data)| format!("{id} {data:?}")));
        image.push(format!("5: next {:?}", Some(self.next[1])));
        image.extend(shares.iter().map(|(id, data)| format!("{id} {data:?}")));
        image
    }

    fn digest(&self) -> StateDigest {
        let mut digest = StateDigest::EMPTY;
        let (things, shares) = self.records();
        let kinds = [(Thing::KIND, things), (Share::KIND, shares)];
        for ((kind, records), next) in kinds.into_iter().zip(self.next) {
            digest.set_next_sys_id(kind, 1, next);
            for (sys_id, data) in records {
                digest.add_record(RecordKey { kind, sys_id }, &data);
            }
        }
        digest
    }

    fn records(&self) -> (BTreeMap<u64, Vec<u8>>, BTreeMap<u64, Vec<u8>>) {
        let thing = |(key, record): (&u8, &(u64, u8))| {
            (record.0, thing(*key, record.1).to_bytes().to_vec())
        };
        let share = |(key, record): (&u8, &(u64, u8))| {
            (record.0, share(*key, record.1).to_bytes().to_vec())
        };
        (self.things.iter().map(thing).collect(), self.shares.iter().map(share).collect())
    }
}

fn create(records: &mut BTreeMap<u8, (u64, u8)>, next: &mut u64, id: u8, value: u8) -> Option<()> {
    if records.contains_key(&id) {
        return None;
    }
    records.insert(id, (*next, value));
    *next += 1;
    Some(())
}

pub(crate) fn op() -> impl Strategy<Value = Op> {
    let id = || 0..12_u8;
    prop_oneof![
        4 => (id(), any::<u8>()).prop_map(|(id, value)| Op::Create(id, value)),
        6 => (id(), any::<u8>()).prop_map(|(id, value)| Op::Update(id, value)),
        3 => id().prop_map(Op::Delete),
        3 => (id(), any::<u8>()).prop_map(|(id, value)| Op::CreateShare(id, value)),
        2 => id().prop_map(Op::DeleteShare),
        1 => (id(), 0..8_u8).prop_map(|(id, at)| Op::Poke { id, at, byte: 0xEE }),
        2 => (0..20_u8).prop_map(|len| Op::Emit { kind: 7, len }),
        1 => Just(Op::Reject),
    ]
}

proptest! {
    #[test]
    fn store_holds_what_the_model_holds(commands in vec(vec(op(), 0..7), 0..60)) {
        // Room for all that the operations can ask for.
        let mut memory: FixedMemory<24, SIZE, 256, 7, 2> = FixedMemory::new();
        let mut bench = Bench::new(FixedStore::new(SCHEMA.def, &mut memory).unwrap());
        let mut model = Model::EMPTY;
        for ops in &commands {
            let expected = model.run(ops);
            prop_assert_eq!(bench.run(ops).is_ok(), expected.is_some());
            let events = expected.as_ref().map_or(0, |after| after.events);
            prop_assert_eq!(bench.store.events().count(), events);
            model = expected.unwrap_or(model);
            prop_assert_eq!(bench.image(), model.image());
            prop_assert_eq!(bench.store.digest(), model.digest());
        }
    }
}
