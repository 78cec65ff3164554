//! Records that are created and deleted, and records in the order of their keys.

use std::error::Error;

use statevec_abi::{
    boundary::{ErrorSlot, RuntimeCommandRef, TxResult},
    dispatch,
    plugin::{Plugin, ReadAccess as _, StaticPlugin, Tx},
    schema, static_plugin,
    typed::{Command, Record},
};
use statevec_host::{Engine, LoadedPlugin, Outcome};

use crate::opening::{Least, Opening, RUNS, scattered};

#[derive(Record)]
#[record(kind = 1, len = 64, pk(id))]
struct Item {
    #[field(immutable)]
    id: u64,
    value: u64,
}

/// Kept in the order of the keys.
#[derive(Record)]
#[record(kind = 2, len = 64, pk(id), range_scan)]
struct Ordered {
    #[field(immutable)]
    id: u64,
    value: u64,
}

#[derive(Command)]
#[command(kind = 1)]
struct Create {
    id: u64,
}

#[derive(Command)]
#[command(kind = 2)]
struct Delete {
    id: u64,
}

#[derive(Command)]
#[command(kind = 3)]
struct CreateOrdered {
    id: u64,
}

schema! {
    const SCHEMA = {
        version: "1.0",
        records: [Item, Ordered],
        commands: [Create, Delete, CreateOrdered],
    };
}

struct Records;

static RECORDS: StaticPlugin = static_plugin!(Records, slots = 1);

impl Plugin for Records {
    fn name() -> &'static str {
        "records"
    }

    fn schema() -> &'static str {
        SCHEMA.json
    }

    fn create<'c>(_config: &str, _error: ErrorSlot<'c>) -> TxResult<'c, Self> {
        Ok(Self)
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        dispatch!(
            tx,
            match command {
                Create(Create { id }) => tx.create(&Item { id, value: 0 }).map(drop),
                Delete(Delete { id }) => match tx.delete(Item::pk(id))? {
                    true => Ok(()),
                    false => Err(tx.reject(format_args!("no item {id}"))),
                },
                CreateOrdered(CreateOrdered { id }) =>
                    tx.create(&Ordered { id, value: 0 }).map(drop),
            }
        )
    }
}

/// Creates records, deletes them in another order, and creates ordered ones.
pub(crate) fn measure(records: u64) -> Result<Vec<Opening>, Box<dyn Error>> {
    let mut all = Vec::new();
    for (name, _, _) in STEPS {
        all.push((Opening::new(format!("engine, {name}"), false, 2)?, Least::default()));
    }
    for _ in 0..RUNS {
        let mut engine = Engine::create(&LoadedPlugin::from_static(&RECORDS)?, "")?;
        for ((_, kind, step), (opening, least)) in STEPS.into_iter().zip(&mut all) {
            opening.run(least, records, |number| {
                let payload = scattered(number * step, records).to_le_bytes();
                let seq = engine.position().next_ext_seq().unwrap_or(u64::MAX);
                match engine.run(&RuntimeCommandRef::new(kind, seq, seq, &payload)) {
                    Outcome::Committed { .. } => Ok(()),
                    other => Err(format!("{other:?}").into()),
                }
            })?;
        }
    }
    let finish = |(mut opening, least): (Opening, Least)| {
        opening.finish(&least)?;
        Ok(opening)
    };
    all.into_iter().map(finish).collect()
}

/// Name, command, and the step from one record to the next.
const STEPS: [(&str, u8, u64); 3] =
    [("create a record", 1, 1), ("delete a record", 2, 3), ("create a record in key order", 3, 1)];
