//! A plugin that does what its command's payload says, and a host for it on a fixed store.

use core::pin::Pin;

use statevec_abi::plugin::ReadAccess as _;
use statevec_abi::{
    abi::{RuntimeErrorBuf, RuntimeErrorKind},
    boundary::{ErrorSlot, RuntimeCommandRef, TxResult},
    fixed_store::{FixedStore, Transaction, record_size},
    host::{HostGate, PluginApi, PluginRuntime},
    plugin::{Plugin, StaticPlugin, Tx},
    schema, static_plugin,
    typed::{Event, FixedBytes, Record},
};

/// Found by one number.
#[derive(Debug, Clone, PartialEq, Eq, Record)]
#[record(kind = 2, len = 64, pk(id))]
pub(crate) struct Thing {
    #[field(immutable)]
    pub(crate) id: u64,
    pub(crate) value: i64,
    #[field(immutable)]
    pub(crate) born: u16,
}

/// Found by several fields, of every kind of encoding that a key has.
#[derive(Debug, Clone, PartialEq, Eq, Record)]
#[record(kind = 5, len = 64, pk(rank, owner, open))]
pub(crate) struct Share {
    #[field(immutable)]
    pub(crate) open: bool,
    #[field(immutable)]
    pub(crate) owner: FixedBytes<5>,
    #[field(immutable)]
    pub(crate) rank: i32,
    pub(crate) value: u8,
}

#[derive(Debug, Clone, PartialEq, Eq, Event)]
#[event(kind = 7)]
pub(crate) struct Told {
    pub(crate) value: u64,
}

schema! {
    pub(crate) const SCHEMA = {
        version: "1.0",
        records: [Thing, Share],
        commands: [],
        events: [Told],
        types: [],
    };
}

/// Bytes that a record takes in a store.
pub(crate) const SIZE: usize = record_size(SCHEMA.def);

/// One step of a command. A command is a list of them; an `Err` ends it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Op {
    Create(u8, u8),
    Update(u8, u8),
    Delete(u8),
    CreateShare(u8, u8),
    DeleteShare(u8),
    /// Overwrites a byte of a thing, in any field.
    Poke {
        id: u8,
        at: u8,
        byte: u8,
    },
    /// Emits an event of this length.
    Emit {
        kind: u8,
        len: u8,
    },
    /// Creates a record of a kind that the schema need not have.
    CreateKind(u8),
    Reject,
    #[cfg(feature = "std")]
    Panic,
    #[cfg(feature = "std")]
    PanicInUpdate(u8),
}

pub(crate) struct Script;

impl Plugin for Script {
    fn name() -> &'static str {
        "script"
    }

    fn schema() -> &'static str {
        SCHEMA.json
    }

    fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> {
        Ok(Self)
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        OPS.with_borrow(|ops| ops.clone()).into_iter().try_for_each(|op| {
            assert_eq!(command.payload(), b"");
            apply(tx, op)
        })
    }
}

thread_local! {
    /// The steps of the next command, per thread: tests share a process and not a thread.
    static OPS: core::cell::RefCell<Vec<Op>> = const { core::cell::RefCell::new(Vec::new()) };
}

fn apply<'tx>(tx: &mut Tx<'tx>, op: Op) -> TxResult<'tx> {
    match op {
        Op::Create(id, value) => tx.create(&thing(id, value)).map(drop),
        Op::Update(id, value) => {
            tx.update(Thing::pk(id.into()), |thing| thing.set_value(value.into())).map(drop)
        }
        Op::Delete(id) => tx.delete(Thing::pk(id.into())).map(drop),
        Op::CreateShare(id, value) => tx.create(&share(id, value)).map(drop),
        Op::DeleteShare(id) => {
            let Share { open, owner, rank, .. } = share(id, 0);
            tx.delete(Share::pk(rank, &owner, open)).map(drop)
        }
        Op::Poke { id, at, byte } => {
            let pk = Thing::pk(id.into());
            tx.update_by_pk_raw(Thing::KIND, pk.as_bytes(), |data| data[usize::from(at)] = byte)
                .map(drop)
        }
        Op::Emit { kind, len } => tx.emit_raw(kind, &[len; 255][..len.into()]),
        Op::CreateKind(kind) => tx.create_raw(kind, |_| ()).map(drop),
        Op::Reject => Err(tx.reject(format_args!("as told"))),
        #[cfg(feature = "std")]
        Op::Panic => panic!("as told"),
        #[cfg(feature = "std")]
        Op::PanicInUpdate(id) => tx
            .update(Thing::pk(id.into()), |thing| {
                thing.set_value(-1);
                panic!("as told")
            })
            .map(drop),
    }
}

pub(crate) fn thing(id: u8, value: u8) -> Thing {
    Thing { id: id.into(), value: value.into(), born: 0x0102 }
}

/// Shares of different ids differ in one of the fields of their key.
pub(crate) fn share(id: u8, value: u8) -> Share {
    Share {
        open: id.is_multiple_of(2),
        owner: FixedBytes::new(&[id / 8; 3]).unwrap(),
        rank: i32::from(id / 2 % 4) - 2,
        value,
    }
}

const SCRIPT: StaticPlugin = static_plugin!(Script, slots = 64);

/// A plugin instance on a store.
pub(crate) struct Bench<'m> {
    pub(crate) store: FixedStore<'m>,
    runtime: PluginRuntime<FixedStore<'m>, Box<HostGate<FixedStore<'m>>>>,
}

impl<'m> Bench<'m> {
    pub(crate) fn new(store: FixedStore<'m>) -> Self {
        let gate: Pin<Box<HostGate<FixedStore<'m>>>> = Box::pin(HostGate::new());
        let mut error = RuntimeErrorBuf::RESET;
        let api = PluginApi::of_static(&SCRIPT).unwrap();
        let runtime = PluginRuntime::create(api, "", gate, &mut error).unwrap();
        Self { store, runtime }
    }

    /// Runs one command: commits, or rolls back and returns the reason.
    pub(crate) fn run(&mut self, ops: &[Op]) -> Result<(), (RuntimeErrorKind, String)> {
        let Self { store, runtime } = self;
        let mut transaction = store.begin();
        run_in(runtime, &mut transaction, ops)?;
        transaction.commit();
        Ok(())
    }

    /// Runs one command, and returns the result of `look` on the transaction before it is
    /// committed.
    pub(crate) fn run_and<T>(
        &mut self,
        ops: &[Op],
        look: impl FnOnce(&Transaction<'_, 'm>) -> T,
    ) -> Option<T> {
        let Self { store, runtime } = self;
        let mut transaction = store.begin();
        run_in(runtime, &mut transaction, ops).ok()?;
        let seen = look(&transaction);
        transaction.commit();
        Some(seen)
    }

    /// Runs one command in a transaction that is then forgotten.
    pub(crate) fn run_and_leak(&mut self, ops: &[Op]) {
        let mut transaction = self.store.begin();
        run_in(&mut self.runtime, &mut transaction, ops).unwrap();
        core::mem::forget(transaction);
    }

    /// Runs one command without a transaction.
    pub(crate) fn run_outside(&mut self, ops: &[Op]) -> Result<(), (RuntimeErrorKind, String)> {
        OPS.set(ops.to_vec());
        let answer = self.runtime.run_tx(&mut self.store, &RuntimeCommandRef::new(1, 1, 0, b""));
        answer.map_err(|failure| (failure.kind, failure.message.to_string()))
    }

    /// Everything that can be observed.
    pub(crate) fn image(&self) -> Vec<String> {
        let mut image = Vec::new();
        for kind in [Thing::KIND, Share::KIND] {
            image.push(format!("{kind}: next {:?}", self.store.next_sys_id(kind)));
            for record in self.store.records(kind) {
                assert_eq!(self.store.get(kind, record.sys_id), Some(record.data));
                image.push(format!("{} {:?}", record.sys_id, record.data));
            }
        }
        image
    }
}

fn run_in<'m>(
    runtime: &mut PluginRuntime<FixedStore<'m>, Box<HostGate<FixedStore<'m>>>>,
    transaction: &mut Transaction<'_, 'm>,
    ops: &[Op],
) -> Result<(), (RuntimeErrorKind, String)> {
    OPS.set(ops.to_vec());
    let answer = runtime.run_tx(transaction.host(), &RuntimeCommandRef::new(1, 1, 0, b""));
    answer.map_err(|failure| (failure.kind, failure.message.to_string()))
}
