//! The cost of a transaction as it grows, committed and rolled back, and of a walk per key.

use std::error::Error;

use statevec_abi::plugin::ReadAccess as _;
use statevec_abi::{
    boundary::{ErrorSlot, RuntimeCommandRef, TxResult},
    dispatch,
    plugin::{Plugin, StaticPlugin, Tx},
    schema, static_plugin,
    typed::{Command, Record},
};
use statevec_benches::processor::processor_time;
use statevec_host::{Engine, LoadedPlugin, Outcome};

#[derive(Record)]
#[record(kind = 1, len = 64, pk(id))]
struct Item {
    #[field(immutable)]
    id: u64,
    value: u64,
}

/// Creates items, from a number on.
#[derive(Command)]
#[command(kind = 1)]
struct Fill {
    first: u64,
    count: u64,
}

/// Changes items, from 0 on, and then accepts (0) or rejects.
#[derive(Command)]
#[command(kind = 2)]
struct Change {
    count: u64,
    reject: u8,
}

/// Looks at every key.
#[derive(Command)]
#[command(kind = 3)]
struct Walk {
    expected: u64,
}

schema! {
    const SCHEMA = { version: "1.0", records: [Item], commands: [Fill, Change, Walk] };
}

struct Items;

static ITEMS: StaticPlugin = static_plugin!(Items, slots = 1);

impl Plugin for Items {
    fn name() -> &'static str {
        "items"
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
                Fill(Fill { first, count }) => {
                    for id in first..first + count {
                        tx.create(&Item { id, value: 0 })?;
                    }
                    Ok(())
                }
                Change(Change { count, reject }) => {
                    for id in 0..count {
                        tx.update(Item::pk(id), |item| item.set_value(item.value() + 1))?;
                    }
                    if reject == 0 { Ok(()) } else { Err(tx.reject(format_args!("as asked for"))) }
                }
                Walk(Walk { expected }) => {
                    let mut seen = 0;
                    tx.for_each_key(1, |_, _| {
                        seen += 1;
                        Ok(())
                    })?;
                    if seen == expected {
                        Ok(())
                    } else {
                        Err(tx.reject(format_args!("{seen} keys")))
                    }
                }
            }
        )
    }
}

const RECORDS: u64 = 100_000;

/// Two tables.
pub(crate) fn tables() -> Result<String, Box<dyn Error>> {
    let mut engine = Engine::create(&LoadedPlugin::from_static(&ITEMS)?, "")?;
    let fill = [0, RECORDS];
    run(&mut engine, 1, &words(&fill), 1, true)?;
    let mut text = String::from(
        "### A transaction against its size\n\n\
         | records changed | committed, ns per record | undone, ns per record |\n|--:|--:|--:|\n",
    );
    for count in [1, 10, 100, 1_000, 10_000, 100_000] {
        let repeats = (1_000_000 / count).max(10);
        let [committed, undone] = [0, 1].map(|reject| {
            let mut payload = words(&[count]);
            payload.push(reject);
            run(&mut engine, 2, &payload, repeats, reject == 0)
        });
        let (committed, undone) = (committed? / count as f64, undone? / count as f64);
        text.push_str(&format!("| {count} | {committed:.1} | {undone:.1} |\n"));
    }
    let walk = run(&mut engine, 3, &words(&[RECORDS]), 20, true)? / RECORDS as f64;
    text.push_str(&format!(
        "\nA rollback costs what the transaction touched: it copies the old bytes back. The store holds {RECORDS} records.\n\n\
         A walk over all keys (`for_each_key`, a visitor that counts) costs {walk:.1} ns per key.\n\n",
    ));
    Ok(text)
}

fn words(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// Runs a command again and again, and returns the nanoseconds of the fastest.
fn run(
    engine: &mut Engine,
    kind: u8,
    payload: &[u8],
    repeats: u64,
    commits: bool,
) -> Result<f64, Box<dyn Error>> {
    let mut ext_seqs = engine.position().next_ext_seq().unwrap_or(u64::MAX)..;
    let mut best = f64::MAX;
    for _ in 0..5 {
        let repeats = repeats.div_ceil(5);
        let began = processor_time();
        for ext_seq in ext_seqs.by_ref().take(repeats as usize) {
            match engine.run(&RuntimeCommandRef::new(kind, ext_seq, 0, payload)) {
                Outcome::Committed { .. } if commits => {}
                Outcome::Rejected(_) if !commits => {}
                other => return Err(format!("command {kind} ended with {other:?}").into()),
            }
        }
        best = best.min((processor_time() - began).as_nanos() as f64 / repeats as f64);
        if kind == 1 {
            break;
        }
    }
    Ok(best)
}
