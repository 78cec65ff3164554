#![no_std]
#![forbid(unsafe_code)]
//! A small plugin: counters with names.

use statevec_abi::prelude::*;

/// A counter.
#[derive(Debug, Clone, PartialEq, Eq, Record)]
#[record(kind = 1, len = 64, pk(name))]
pub struct Counter {
    /// Its name.
    #[field(immutable)]
    pub name: FixedBytes<12>,
    /// Its current value.
    pub count: i32,
    /// How many times it was counted.
    pub times: u32,
}

/// Makes a counter. There must be none of that name: the host refuses a second one.
#[derive(Debug, Clone, PartialEq, Eq, Command)]
#[command(kind = 1)]
pub struct Open {
    /// Its name.
    pub name: FixedBytes<12>,
}

/// Adds to a counter.
#[derive(Debug, Clone, PartialEq, Eq, Command)]
#[command(kind = 2)]
pub struct Count<'a> {
    /// The counter.
    pub name: FixedBytes<12>,
    /// By how much.
    pub step: i32,
    /// The reason; at most 40 bytes.
    pub note: &'a [u8],
}

/// Removes a counter.
#[derive(Debug, Clone, PartialEq, Eq, Command)]
#[command(kind = 3)]
pub struct Close {
    /// The counter.
    pub name: FixedBytes<12>,
}

/// A counter has counted.
#[derive(Debug, Clone, PartialEq, Eq, Event)]
#[event(kind = 1, max_len = 60)]
pub struct Counted<'a> {
    /// The counter.
    pub name: FixedBytes<12>,
    /// Its current value.
    pub count: i32,
    /// The reason.
    pub note: &'a [u8],
}

schema! {
    /// The schema of the counters.
    pub const SCHEMA = {
        version: "1.0",
        records: [Counter],
        commands: [Open, Count, Close],
        events: [Counted],
        types: [],
    };
}

/// The plugin.
#[derive(Debug)]
pub struct Tally;

impl Plugin for Tally {
    fn name() -> &'static str {
        "tally"
    }

    fn schema() -> &'static str {
        SCHEMA.json
    }

    fn create<'c>(config: &str, error: ErrorSlot<'c>) -> TxResult<'c, Self> {
        if !config.is_empty() {
            return Err(error.config_error(format_args!("tally has nothing to configure")));
        }
        Ok(Self)
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        dispatch!(
            tx,
            match command {
                Open(open) => open_counter(tx, open.name),
                Count(count) => count_on(tx, &count),
                Close(close) => close_counter(tx, &close.name),
            },
            schema = SCHEMA
        )
    }

    fn validate_biz_invariants<'c>(&self, state: &mut ReadContext<'c>) -> TxResult<'c> {
        state.for_each(|state, counter: Counter| {
            if counter.times == 0 && counter.count != 0 {
                return Err(state.reject(format_args!("a counter moved without counting")));
            }
            Ok(())
        })
    }
}

fn open_counter<'tx>(tx: &mut Tx<'tx>, name: FixedBytes<12>) -> TxResult<'tx> {
    tx.create(&Counter { name, count: 0, times: 0 }).map(drop)
}

fn count_on<'tx>(tx: &mut Tx<'tx>, &Count { name, step, note }: &Count<'_>) -> TxResult<'tx> {
    let counted = tx.update(Counter::pk(&name), |counter| {
        let count = counter.count().checked_add(step)?;
        counter.set_count(count);
        counter.set_times(counter.times().wrapping_add(1));
        Some(count)
    })?;
    match counted {
        Some(Some(count)) => tx.emit(&Counted { name, count, note }),
        Some(None) => Err(tx.reject(format_args!("the counter would overflow"))),
        None => Err(no_such_counter(tx)),
    }
}

fn close_counter<'tx>(tx: &mut Tx<'tx>, name: &FixedBytes<12>) -> TxResult<'tx> {
    if tx.delete(Counter::pk(name))? { Ok(()) } else { Err(no_such_counter(tx)) }
}

fn no_such_counter<'tx>(tx: &mut Tx<'tx>) -> ErrorWritten<'tx> {
    tx.reject(format_args!("there is no such counter"))
}
