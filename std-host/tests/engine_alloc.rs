//! Once buffers have grown, no command allocates, committed or not. This is a binary of its own,
//! because it counts allocations.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use statevec_abi::plugin::ReadAccess as _;
use statevec_abi::{
    boundary::{ErrorSlot, RuntimeCommandRef, TxResult},
    plugin::{Plugin, StaticPlugin, Tx},
    schema, static_plugin,
    txlog::{StateDigest, TransactionEntry},
    typed::{Command, Event, Record},
};
use statevec_fixtures::counting::{Counting, allocations};
use statevec_host::{Engine, LoadedPlugin, Outcome};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[derive(Record)]
#[record(kind = 1, len = 64, pk(id))]
struct Item {
    #[field(immutable)]
    id: u64,
    count: u64,
}

#[derive(Command)]
#[command(kind = 1)]
struct Do {
    what: u8,
    id: u64,
}

#[derive(Event)]
#[event(kind = 1)]
struct Done {
    id: u64,
}

schema! {
    /// Items that are counted.
    const ITEMS = { version: "1.0", records: [Item], commands: [Do], events: [Done] };
}

struct Items;

const PLUGIN: StaticPlugin = static_plugin!(Items, slots = 1);

const CREATE: u8 = 0;
const READ_UPDATE_EMIT: u8 = 1;
const WALK: u8 = 2;
const DELETE_AND_CREATE: u8 = 3;
const REJECT_AFTER_WRITES: u8 = 4;
const DUPLICATE: u8 = 5;
const CHANGE_KEY: u8 = 6;
const UNKNOWN_KIND: u8 = 7;

impl Plugin for Items {
    fn name() -> &'static str {
        "items"
    }

    fn schema() -> &'static str {
        ITEMS.json
    }

    fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> {
        Ok(Self)
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        let [what, id @ ..] = command.payload() else { return Ok(()) };
        let pk = id.first_chunk().map_or([0; 8], |id| u64::from_le_bytes(*id).to_be_bytes());
        let init = |data: &mut [u8]| data[..8].copy_from_slice(id);
        match *what {
            CREATE | DUPLICATE => tx.create_raw(1, init).map(drop),
            READ_UPDATE_EMIT => {
                let count = tx.read_by_pk_raw(1, &pk, |data| data[8])?;
                tx.read_raw(1, 1, |data| data[8])?;
                tx.update_by_pk_raw(1, &pk, |data| data[8] = count.unwrap_or(0).wrapping_add(1))?;
                tx.emit_raw(1, id)
            }
            WALK => {
                tx.for_each_key(1, |state, key| state.read_raw(1, key.sys_id, |_| ()).map(drop))
            }
            DELETE_AND_CREATE => {
                tx.delete_by_pk_raw(1, &pk)?;
                tx.create_raw(1, init).map(drop)
            }
            REJECT_AFTER_WRITES => {
                tx.delete_by_pk_raw(1, &pk)?;
                tx.create_raw(1, init)?;
                tx.update_by_pk_raw(1, &pk, |data| data[8] = 1)?;
                tx.emit_raw(1, id)?;
                Err(tx.reject(format_args!("item {id:?} is not wanted")))
            }
            CHANGE_KEY => tx.update_by_pk_raw(1, &pk, |data| data[0] ^= 1).map(drop),
            _ => tx.create_raw(9, init).map(drop),
        }
    }
}

/// Runs a command. Returns its result and the number of allocations.
fn run(engine: &mut Engine, what: u8, id: u64) -> (Result<usize, u16>, u64) {
    let mut payload = [what; 9];
    payload[1..].copy_from_slice(&id.to_le_bytes());
    let before = allocations();
    let ext_seq = engine.position().next_ext_seq().unwrap_or(u64::MAX);
    let ended = match engine.run(&RuntimeCommandRef::new(1, ext_seq, 0, &payload)) {
        Outcome::Committed { events, .. } => Ok(events.map(|event| event.payload.len()).sum()),
        Outcome::Rejected(failure) | Outcome::Failed(failure) => Err(failure.kind.0),
        Outcome::Duplicate { .. } => panic!("the numbers ascend"),
    };
    (ended, allocations() - before)
}

/// Runs a command and encodes its entry. Returns the number of its changes and of allocations.
fn run_recorded(engine: &mut Engine, what: u8, id: u64) -> (usize, u64) {
    let mut payload = [what; 9];
    payload[1..].copy_from_slice(&id.to_le_bytes());
    let before = allocations();
    let ext_seq = engine.position().next_ext_seq().unwrap_or(u64::MAX);
    let command = RuntimeCommandRef::new(1, ext_seq, 0, &payload);
    let (mut digest, mut count) = (StateDigest::EMPTY, 0);
    let outcome = engine.run_recorded(&command, |tx_seq, transaction| {
        let changes = transaction.changes().unwrap();
        for change in changes.clone() {
            digest.apply(&change);
            count += 1;
        }
        let (mut sink, events) = ([0; 512], changes.events());
        TransactionEntry::committed(1, &command, tx_seq, events, changes, digest)
            .encode(&mut &mut sink[..])
    });
    assert!(outcome.unwrap().is_committed());
    (count, allocations() - before)
}

#[test]
fn no_way_that_a_command_can_end_allocates() {
    let plugin = LoadedPlugin::from_static(&PLUGIN).unwrap();
    let mut engine = Engine::create(&plugin, "").unwrap();
    for id in 0..100 {
        assert_eq!(run(&mut engine, CREATE, id).0, Ok(0));
    }
    // Grows the buffers, and the list of numbers to its size between two sweeps.
    for id in 0..100 {
        assert_eq!(run(&mut engine, DELETE_AND_CREATE, id).0, Ok(0));
        assert_eq!(run(&mut engine, REJECT_AFTER_WRITES, id).0, Err(2001));
    }
    let steps = [
        (READ_UPDATE_EMIT, Ok(8)),
        (WALK, Ok(0)),
        (DELETE_AND_CREATE, Ok(0)),
        (REJECT_AFTER_WRITES, Err(2001)),
        (DUPLICATE, Err(4001)),
        (CHANGE_KEY, Err(4001)),
        (UNKNOWN_KIND, Err(1001)),
    ];
    for id in 0..100 {
        for (what, ends) in steps {
            assert_eq!(run(&mut engine, what, id), (ends, 0), "step {what} on item {id}");
        }
    }

    // Grows the list of changes.
    assert_eq!(run_recorded(&mut engine, DELETE_AND_CREATE, 0).0, 2);
    for id in 0..100 {
        let recorded = run_recorded(&mut engine, READ_UPDATE_EMIT, id);
        assert_eq!(recorded, (1, 0), "recording an update of item {id}");
        let recorded = run_recorded(&mut engine, DELETE_AND_CREATE, id);
        assert_eq!(recorded, (2, 0), "recording a deletion of item {id}");
    }
}
