//! Texts that a plugin's author sees in the harness.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use statevec_abi::{plugin::StaticPlugin, prelude::*, schema, static_plugin};
use statevec_host::harness::Harness;

#[derive(Debug, PartialEq, Record)]
#[record(kind = 1, len = 64, pk(id))]
struct Note {
    #[field(immutable)]
    id: u64,
}

#[derive(Command)]
#[command(kind = 1)]
struct Take {
    id: u64,
}

schema! {
    const NOTES = { version: "1.0", records: [Note], commands: [Take], events: [] };
}

/// Takes notes below 10.
struct Notes;

const PLUGIN: StaticPlugin = static_plugin!(Notes, slots = 4);

impl Plugin for Notes {
    fn name() -> &'static str {
        "notes"
    }

    fn schema() -> &'static str {
        NOTES.json
    }

    fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> {
        Ok(Self)
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        dispatch!(
            tx,
            match command {
                Take(Take { id }) => {
                    tx.log(format_args!("note {id}"))?;
                    if id >= 10 {
                        return Err(tx.reject(format_args!("{id} is too large")));
                    }
                    tx.create(&Note { id }).map(drop)
                }
            }
        )
    }
}

#[test]
fn debug_messages_of_the_last_command_are_there_committed_or_not() {
    let mut harness = Harness::linked(&PLUGIN, "").unwrap();
    assert_eq!(harness.log().count(), 0);
    for id in [7, 10] {
        let _ = harness.run(&Take { id });
        assert_eq!(harness.log().collect::<Vec<_>>(), [format!("note {id}")]);
    }
}

#[test]
fn duplicate_key_is_decoded_in_the_text() {
    let mut harness = Harness::linked(&PLUGIN, "").unwrap();
    harness.run(&Take { id: 7 }).unwrap();
    let rejection = harness.expect_rejection(&Take { id: 7 });
    assert_eq!(rejection.message, "Note (id 7) exists already");
}
