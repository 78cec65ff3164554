//! A plugin with one operation per command, and a model of it.

use std::collections::BTreeMap;

use statevec_abi::{plugin::StaticPlugin, prelude::*, schema, static_plugin};
use statevec_host::{LoadedPlugin, Store};

#[derive(Debug, Clone, PartialEq, Eq, Record)]
#[record(kind = 1, len = 64, pk(id))]
pub(crate) struct Item {
    #[field(immutable)]
    pub(crate) id: u64,
    pub(crate) value: u64,
    pub(crate) changes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Event)]
#[event(kind = 1)]
pub(crate) struct Stored {
    pub(crate) id: u64,
    pub(crate) value: u64,
}

schema! {
    const SCHEMA = { version: "1.0", records: [Item], commands: [], events: [Stored] };
}

/// The action of one command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Creates or updates an item.
    Store { id: u64, value: u64 },
    /// Deletes an item, if there is one.
    Delete { id: u64 },
    /// Creates an item and deletes it again, which uses up a number.
    Pass { id: u64 },
    /// Stores, and is rejected.
    Reject { id: u64 },
    /// Stores, and panics.
    Panic { id: u64 },
}

impl Operation {
    /// Kind and payload of the command.
    pub(crate) fn encode(self) -> (u8, Vec<u8>) {
        let (kind, id, value) = match self {
            Self::Store { id, value } => (1, id, value),
            Self::Delete { id } => (2, id, 0),
            Self::Pass { id } => (3, id, 0),
            Self::Reject { id } => (4, id, 0),
            Self::Panic { id } => (5, id, 0),
        };
        (kind, [id.to_le_bytes(), value.to_le_bytes()].concat())
    }

    fn decode(command: &RuntimeCommandRef<'_>) -> Self {
        let number =
            |at: usize| u64::from_le_bytes(command.payload()[at..at + 8].try_into().unwrap());
        let (id, value) = (number(0), number(8));
        match command.command_kind() {
            1 => Self::Store { id, value },
            2 => Self::Delete { id },
            3 => Self::Pass { id },
            4 => Self::Reject { id },
            _ => Self::Panic { id },
        }
    }
}

pub(crate) struct Ledger<const BUILD: u8>;

/// Builds of the plugin, which differ in one change each.
pub(crate) const SOUND: u8 = 0;
pub(crate) const OTHER_VALUE: u8 = 1;
pub(crate) const OTHER_EVENT: u8 = 2;
pub(crate) const NO_EVENT: u8 = 3;
pub(crate) const OTHER_TEXT: u8 = 4;
pub(crate) const REJECTS_DELETES: u8 = 5;
pub(crate) const COMMITS_REJECTED: u8 = 6;
/// Panics at every command, and when it is asked for its invariants.
pub(crate) const PANICS: u8 = 7;
/// Stores an item that no command names, whenever it stores one.
pub(crate) const EXTRA_ITEM: u8 = 8;

/// A build of the plugin. It has many slots, because tests run side by side and share the pool.
pub(crate) fn build(build: u8) -> LoadedPlugin {
    macro_rules! of_builds {
        ($($build:ident),*) => {
            match build {
                $($build => static_plugin!(Ledger<$build>, slots = 64),)*
                _ => unreachable!("there is no such build"),
            }
        };
    }
    let plugin: StaticPlugin = of_builds!(
        SOUND,
        OTHER_VALUE,
        OTHER_EVENT,
        NO_EVENT,
        OTHER_TEXT,
        REJECTS_DELETES,
        COMMITS_REJECTED,
        PANICS,
        EXTRA_ITEM
    );
    LoadedPlugin::from_static(&plugin).unwrap()
}

pub(crate) fn ledger() -> LoadedPlugin {
    build(SOUND)
}

impl<const BUILD: u8> Plugin for Ledger<BUILD> {
    fn name() -> &'static str {
        "ledger"
    }

    fn schema() -> &'static str {
        SCHEMA.json
    }

    fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> {
        Ok(Self)
    }

    fn validate_biz_invariants<'c>(&self, _: &mut ReadContext<'c>) -> TxResult<'c> {
        assert_ne!(BUILD, PANICS, "this build panics");
        Ok(())
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        assert_ne!(BUILD, PANICS, "this build panics");
        match Operation::decode(command) {
            Operation::Store { id, value } => store::<BUILD>(tx, id, value),
            Operation::Delete { id } if BUILD == REJECTS_DELETES => {
                Err(tx.reject(format_args!("item {id} stays")))
            }
            Operation::Delete { id } => tx.delete(Item::pk(id)).map(drop),
            Operation::Pass { id } => {
                tx.delete(Item::pk(id))?;
                tx.create(&Item { id, value: 0, changes: 0 })?;
                tx.delete(Item::pk(id)).map(drop)
            }
            Operation::Reject { id } => {
                store::<BUILD>(tx, id, 1)?;
                match BUILD {
                    COMMITS_REJECTED => Ok(()),
                    OTHER_TEXT => Err(tx.reject(format_args!("item {id} is refused"))),
                    _ => Err(tx.reject(format_args!("item {id} is rejected"))),
                }
            }
            Operation::Panic { id } => {
                store::<BUILD>(tx, id, 1)?;
                panic!("item {id} panics")
            }
        }
    }
}

fn store<'tx, const BUILD: u8>(tx: &mut Tx<'tx>, id: u64, value: u64) -> TxResult<'tx> {
    tx.update_or_create(&Item { id, value: 0, changes: 0 }, |item| {
        item.set_value(if BUILD == OTHER_VALUE { value + 1 } else { value });
        item.set_changes(item.changes() + 1);
    })?;
    if BUILD == EXTRA_ITEM {
        tx.update_or_create(&Item { id: 999, value: 0, changes: 0 }, |_| {})?;
    }
    match BUILD {
        NO_EVENT => Ok(()),
        OTHER_EVENT => tx.emit(&Stored { id: id + 1, value }),
        _ => tx.emit(&Stored { id, value }),
    }
}

/// The state after some commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Model {
    pub(crate) next_sys_id: u64,
    pub(crate) tx_seq: u64,
    /// By sys_id.
    items: BTreeMap<u64, Item>,
}

impl Model {
    pub(crate) fn new() -> Self {
        Self { next_sys_id: 1, tx_seq: 0, items: BTreeMap::new() }
    }

    pub(crate) fn apply(&mut self, operation: Operation) {
        match operation {
            Operation::Store { id, value } => {
                if let Some(item) = self.items.values_mut().find(|item| item.id == id) {
                    item.value = value;
                    item.changes += 1;
                } else {
                    self.items.insert(self.next_sys_id, Item { id, value, changes: 1 });
                    self.next_sys_id += 1;
                }
            }
            Operation::Delete { id } => self.items.retain(|_, item| item.id != id),
            Operation::Pass { id } => {
                self.items.retain(|_, item| item.id != id);
                self.next_sys_id += 1;
            }
            Operation::Reject { .. } | Operation::Panic { .. } => return,
        }
        self.tx_seq += 1;
    }

    pub(crate) fn assert_matches(&self, store: &Store) {
        let records: BTreeMap<_, _> = store
            .records(1)
            .map(|record| (record.sys_id, Item::decode(record.data).unwrap()))
            .collect();
        assert_eq!(records, self.items);
        assert_eq!(store.next_sys_id(1), Some(self.next_sys_id));
        for item in self.items.values() {
            assert!(store.get_by_pk(1, Item::pk(item.id).as_bytes()).is_some());
        }
        store.check_consistency().unwrap();
    }
}
