//! Types that an author declared and forgot in `schema!`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail loudly")]

use statevec_abi::{abi::runtime_error_kind::SCHEMA_MISMATCH, prelude::*};
use statevec_host::{harness::Harness, typed::TypedError};

#[derive(Debug, PartialEq, Record)]
#[record(kind = 1, len = 64, pk(id))]
struct Listed {
    #[field(immutable)]
    id: u64,
}

#[derive(Debug, Record)]
#[record(kind = 2, len = 64, pk(id))]
struct Forgotten {
    #[field(immutable)]
    id: u64,
}

/// Makes the change that `what` names.
#[derive(Command)]
#[command(kind = 1)]
struct Do {
    what: u8,
}

#[derive(Command)]
#[command(kind = 2)]
struct DoForgotten {}

#[derive(Debug, Event)]
#[event(kind = 1)]
struct Told {}

const CREATE: u8 = 0;
const UPDATE: u8 = 1;
const READ: u8 = 2;
const EMIT: u8 = 3;
const NOTHING: u8 = 4;

schema! {
    const SCHEMA = { version: "1.0", records: [Listed], commands: [Do] };
}

struct Forgetful;

impl Plugin for Forgetful {
    fn name() -> &'static str {
        "forgetful"
    }

    fn schema() -> &'static str {
        SCHEMA.json
    }

    fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> {
        Ok(Self)
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        dispatch!(
            tx,
            match command {
                Do(Do { what }) => {
                    tx.create(&Listed { id: 1 })?;
                    match what {
                        CREATE => tx.create(&Forgotten { id: 1 }).map(drop),
                        UPDATE => tx.update(Forgotten::pk(1), |_| ()).map(drop),
                        READ => tx.for_each(|_, _: Forgotten| Ok(())),
                        EMIT => tx.emit(&Told {}),
                        _ => Ok(()),
                    }
                }
                DoForgotten(_) => Ok(()),
            }
        )
    }
}

fn harness() -> Harness {
    const FORGETFUL: StaticPlugin = static_plugin!(Forgetful, slots = 8);
    Harness::linked(&FORGETFUL, "").unwrap()
}

fn failure(what: u8) -> String {
    let mut harness = harness();
    let error = harness.run(&Do { what }).unwrap_err();
    let TypedError::Failed(failure) = error else { panic!("no failure: {error}") };
    assert_eq!(failure.kind, SCHEMA_MISMATCH);
    assert_eq!(harness.records::<Listed>().unwrap(), []);
    failure.message.to_string()
}

#[test]
fn an_unlisted_event_passes_for_a_rejection() {
    let text = "the schema has no event kind 1: add the event to events: […] of schema!";
    assert_eq!(failure(EMIT), text);
}

#[test]
fn an_unlisted_record_passes_for_a_rejection() {
    let text = "the schema has no record kind 2: add the record to records: […] of schema!";
    assert_eq!(failure(CREATE), text);
    assert_eq!(failure(READ), text);
    let with_key = "the schema has no record kind 2 with a primary key: \
                    add the record to records: […] of schema!, with pk(…)";
    assert_eq!(failure(UPDATE), with_key);
}

#[test]
fn an_unlisted_command_runs() {
    let error = harness().run(&DoForgotten {}).unwrap_err().to_string();
    let text = "`DoForgotten` is not in the plugin's schema: add it to commands: […] of schema!";
    assert_eq!(error, text);
}

#[test]
fn unlisted_records_and_events_are_none() {
    let mut harness = harness();
    let record = "`Forgotten` is not in the plugin's schema: add it to records: […] of schema!";
    assert_eq!(harness.records::<Forgotten>().unwrap_err().to_string(), record);
    assert_eq!(harness.get(Forgotten::pk(1)).unwrap_err().to_string(), record);
    let committed = harness.run(&Do { what: NOTHING }).unwrap();
    let event = "`Told` is not in the plugin's schema: add it to events: […] of schema!";
    assert_eq!(committed.events::<Told>().unwrap_err().to_string(), event);
}
