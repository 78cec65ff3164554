//! Layers around the fixed store, as firmware uses them.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use core::{
    cell::{Cell, RefCell},
    pin::pin,
};

use statevec_abi::{
    abi::{
        RuntimeErrorBuf, RuntimeErrorKind,
        runtime_error_kind::{HOST_INTERNAL_ERROR, HOST_REJECTED},
    },
    fixed_store::{FixedMemory, FixedStore, Transaction, record_size},
    host::{HostGate, PluginApi, PluginRuntime},
    layers::{
        AnsweredCall, Count, FailNth, FailPoint, KindSet, Layer, Layered, Limit, LimitRule, Limits,
        StoreLayer, Trace,
    },
    prelude::*,
};

#[derive(Record)]
#[record(kind = 3, len = 64, pk(id))]
struct Item {
    #[field(immutable)]
    id: u64,
    value: u64,
}

#[derive(Event)]
#[event(kind = 9)]
struct Stored {
    id: u64,
}

schema! { const SCHEMA = { version: "1.0", records: [Item], commands: [], events: [Stored] }; }

/// Makes one call of each sort.
struct Caller;

impl Plugin for Caller {
    fn name() -> &'static str {
        "caller"
    }

    fn schema() -> &'static str {
        SCHEMA.json
    }

    fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> {
        Ok(Self)
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, _: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        let key = tx.create(&Item { id: 1, value: 2 })?;
        tx.update(Item::pk(1), |item| item.set_value(3))?;
        let inner = tx.read_raw(Item::KIND, key.sys_id, |_| ())?;
        assert_eq!(inner, Some(()));
        assert!(tx.get(Item::pk(2))?.is_none());
        tx.for_each_key(Item::KIND, |state, key| {
            state.read_raw(Item::KIND, key.sys_id, |_| ())?;
            Ok(())
        })?;
        tx.emit(&Stored { id: 1 })?;
        tx.log(format_args!("eight {}", "by"))?;
        tx.delete(Item::pk(1)).map(drop)
    }
}

/// Runs the plugin's one command on layers. Returns the failure, and whether the store is as it
/// was.
fn run<'m, H: StoreLayer<FixedStore<'m>>>(host: &mut H) -> Result<(), (RuntimeErrorKind, String)> {
    let api = PluginApi::of_static(&static_plugin!(Caller, slots = 16)).unwrap();
    let (gate, mut error) = (pin!(HostGate::new()), RuntimeErrorBuf::RESET);
    let mut runtime = PluginRuntime::create(api, "", gate, &mut error).unwrap();
    let before = host.store().digest();
    let mut transaction = Transaction::begin(host);
    let command = RuntimeCommandRef::new(1, 1, 0, &[]);
    let result = runtime.run_tx(transaction.host(), &command);
    let result = result.map_err(|failure| (failure.kind, failure.message.to_string()));
    match result {
        Ok(()) => transaction.commit(),
        Err(_) => drop(transaction),
    }
    if result.is_err() {
        assert_eq!(host.store().digest(), before, "the command left a trace");
    }
    result
}

fn with_store<R>(test: impl FnOnce(FixedStore<'_>) -> R) -> R {
    let mut memory: FixedMemory<4, { record_size(SCHEMA.def) }, 64> = FixedMemory::new();
    test(FixedStore::new(SCHEMA.def, &mut memory).unwrap())
}

/// The refusal of a command that breaks a rule.
fn refusal(rule: LimitRule) -> Result<(), (RuntimeErrorKind, String)> {
    let mut text = rule.to_string();
    if cfg!(feature = "terse") {
        text.truncate(text.find(':').unwrap());
    }
    Err((HOST_REJECTED, text))
}

/// The calls of the command.
const CALLS: [&str; 9] = [
    "create 3: created 1, 48 bytes",
    "update_by_pk 3: found, 48 bytes",
    "read_by_id 3: found, 48 bytes",
    "read_by_pk 3: missing, 0 bytes",
    // Shown when it has its answer, so before the walk that it is in.
    "read_by_id 3: found, 48 bytes",
    "for_each_key 3: done, 16 bytes",
    "emit_event 9: done, 8 bytes",
    "debug_log: done, 8 bytes",
    "delete_by_pk 3: found, 0 bytes",
];

#[test]
fn no_call_is_missing_in_a_trace() {
    let lines = RefCell::new(Vec::new());
    let show = |call: &AnsweredCall<'_>| lines.borrow_mut().push(call.to_string());
    with_store(|store| run(&mut Layered::new(store, Trace::new(show)))).unwrap();
    assert_eq!(lines.into_inner(), CALLS);
}

#[test]
fn no_call_is_missing_in_the_counts() {
    with_store(|store| {
        let mut host = Layered::new(store, Count::new());
        run(&mut host).unwrap();
        let counts = host.layer().take();
        assert_eq!(counts.host_calls(), CALLS.len() as u64);
        assert_eq!((counts.commands, counts.reads, counts.scans, counts.refused), (1, 3, 1, 0));
        assert_eq!((counts.creates, counts.updates, counts.deletes), (1, 1, 1));
        assert_eq!((counts.events, counts.debug_messages), (1, 1));
        assert_eq!((counts.bytes_read, counts.bytes_written), (48 + 48 + 16, 48 + 48 + 8 + 8));
        assert_eq!(host.layer().counts(), Default::default());
    });
}

#[test]
fn every_call_that_fails_undoes_the_command() {
    with_store(|store| {
        let mut host = Layered::new(store, FailNth::new());
        for nth in 1..=CALLS.len() as u64 {
            for after in [false, true] {
                for kind in [HOST_REJECTED, HOST_INTERNAL_ERROR, RuntimeErrorKind(4999)] {
                    host.layer().arm(nth, FailPoint { kind, after });
                    let (found, text) = run(&mut host).unwrap_err();
                    assert_eq!(found, kind);
                    if cfg!(feature = "terse") {
                        assert_eq!(text, kind.name().unwrap_or("error"));
                    } else {
                        let ending = format!(", host call {nth}");
                        assert!(text.starts_with("fault in ") && text.ends_with(&ending), "{text}");
                    }
                    assert!((nth..=nth + 1).contains(&host.layer().calls()), "it went on");
                }
            }
        }
        host.layer().arm(CALLS.len() as u64 + 1, FailPoint::default());
        assert_eq!(run(&mut host), Ok(()));
        host.layer().disarm();
        assert_eq!(run(&mut host), Ok(()));
        assert_eq!(host.layer().calls(), CALLS.len() as u64);
    });
}

#[test]
fn budget_that_is_just_enough_is_enough_and_one_less_is_not() {
    let exact = Limits { host_calls: 9, bytes: 4 * 48 + 16 + 8 + 8, events: 1, ..Limits::NONE };
    let one_less = [
        (Limits { host_calls: 8, ..exact }, LimitRule::HostCalls(8)),
        (Limits { bytes: exact.bytes - 1, ..exact }, LimitRule::Bytes(exact.bytes - 1)),
        (Limits { events: 0, ..exact }, LimitRule::Events(0)),
        (Limits { read: KindSet::of(&[2, 4]), ..exact }, LimitRule::Read(3)),
        (Limits { create: KindSet::NONE, ..exact }, LimitRule::Create(3)),
        (Limits { update: KindSet::NONE, ..exact }, LimitRule::Update(3)),
        (Limits { delete: KindSet::NONE, ..exact }, LimitRule::Delete(3)),
        (Limits { emit: KindSet::of(&[3]), ..exact }, LimitRule::Emit(9)),
    ];
    with_store(|store| {
        let mut host = Layered::new(store, Limit::new(exact));
        assert_eq!((run(&mut host), run(&mut host)), (Ok(()), Ok(())), "budgets are per command");
        assert_eq!(host.limits(), Some(&exact));
    });
    for (limits, rule) in one_less {
        with_store(|store| {
            let mut host = Layered::new(store, Limit::new(limits));
            assert_eq!(run(&mut host), refusal(rule));
            assert_eq!(host.layer().broken(), Some(rule));
        });
    }
}

#[test]
fn budget_that_ends_inside_a_walk_shows_no_further_key() {
    let limits = Limits { bytes: 3 * 48 + 15, ..Limits::NONE };
    let traced = Cell::new(0);
    let trace = Trace::new(|_: &AnsweredCall<'_>| traced.set(traced.get() + 1));
    with_store(|store| {
        let mut host = Layered::new(Layered::new(store, Limit::new(limits)), trace);
        assert_eq!(run(&mut host), refusal(LimitRule::Bytes(limits.bytes)));
    });
    assert_eq!(traced.get(), 5, "the fifth call is the walk, and it read no record");
}

/// Refuses each command at its end.
struct Never;

impl Layer for Never {
    fn end<'e>(&self, error: ErrorSlot<'e>) -> TxResult<'e> {
        Err(error.fail(HOST_REJECTED, "never"))
    }
}

#[test]
fn command_that_a_layer_refuses_at_the_end_is_undone_in_any_order_of_layers() {
    with_store(|store| {
        let mut host = Layered::new(Layered::new(store, Never), Count::new());
        assert_eq!(run(&mut host), Err((HOST_REJECTED, "never".into())));
        let store = host.into_host().into_host();
        let mut host = Layered::new(Layered::new(store, Count::new()), Never);
        assert_eq!(run(&mut host), Err((HOST_REJECTED, "never".into())));
    });
}
