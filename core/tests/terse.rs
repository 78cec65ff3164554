//! Failures with the feature `terse`: the same kinds, and texts without formatting.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use core::{fmt, pin::pin};

use statevec_abi::{
    abi::{RuntimeErrorBuf, RuntimeErrorKind, RuntimeErrorPhase},
    fixed_store::{FixedMemory, FixedStore, record_size},
    host::{HostGate, PluginApi, PluginRuntime, refusal},
    prelude::*,
    schema::SchemaDef,
};

#[derive(Record)]
#[record(kind = 1, len = 64, pk(name))]
struct Counter {
    #[field(immutable)]
    name: u64,
    value: u64,
}

#[derive(Command)]
#[command(kind = 1)]
struct Open {
    name: u64,
}

/// Fails in a way that its number chooses.
#[derive(Command)]
#[command(kind = 2)]
struct Fail {
    way: u64,
}

schema! { const SCHEMA = { version: "1.0", records: [Counter], commands: [Open, Fail] }; }

struct Counters;

/// Formatting it fails the test.
struct Unprintable;

impl fmt::Display for Unprintable {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("a terse build formats no reason");
    }
}

impl Plugin for Counters {
    fn name() -> &'static str {
        "counters"
    }

    fn schema() -> &'static str {
        SCHEMA.json
    }

    fn create<'c>(config: &str, error: ErrorSlot<'c>) -> TxResult<'c, Self> {
        match config {
            "" => Ok(Self),
            _ => Err(error.config_error(format_args!("no configuration, and not {config}"))),
        }
    }

    fn run_tx<'tx>(&self, tx: &mut Tx<'tx>, command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        dispatch!(
            tx,
            match command {
                Open(open) => tx.create(&Counter { name: open.name, value: 0 }).map(drop),
                Fail(fail) => Err(match fail.way {
                    0 => tx.reject("a text"),
                    1 => tx.reject(format_args!("without arguments")),
                    2 => tx.reject(format_args!("with {}", Unprintable)),
                    3 => tx.invalid_command(&Unprintable),
                    _ => tx.fail(RuntimeErrorKind(77), &Unprintable),
                }),
            },
            schema = SCHEMA
        )
    }
}

/// Makes an instance on a store for one record, and runs the commands; the last one fails with this
/// kind and text.
fn assert_fails(commands: &[(u8, &[u8])], kind: RuntimeErrorKind, text: &str) {
    const STORED: SchemaDef<'static> = SCHEMA.def.for_store();
    let mut memory: FixedMemory<1, { record_size(&STORED) }, 0> = FixedMemory::new();
    let mut store = FixedStore::new(&STORED, &mut memory).unwrap();
    // The tests run side by side, and share the pool.
    let plugin = static_plugin!(Counters, slots = 8, schema_json = none);
    let api = PluginApi::of_static(&plugin).unwrap();
    assert_eq!(api.schema_bytes(), Ok(&b""[..]));
    let (gate, mut error) = (pin!(HostGate::new()), RuntimeErrorBuf::cleared());
    let mut runtime = PluginRuntime::create(api, "", gate, &mut error).unwrap();
    let mut last = None;
    for (ext_seq, (command, payload)) in (1..).zip(commands) {
        let command = RuntimeCommandRef::new(*command, ext_seq, 0, payload);
        let mut transaction = store.begin();
        last = match runtime.run_tx(transaction.host(), &command) {
            Ok(()) => {
                transaction.commit();
                None
            }
            Err(failure) => Some((failure.kind, failure.message.to_string())),
        };
    }
    assert_eq!(last, Some((kind, text.to_owned())));
}

fn fail(way: u64) -> [u8; 8] {
    way.to_le_bytes()
}

#[test]
fn reason_of_a_plugin_without_arguments_is_kept() {
    use runtime_error_kind::PLUGIN_REJECTED;
    assert_fails(&[(2, &fail(0))], PLUGIN_REJECTED, "a text");
    assert_fails(&[(2, &fail(1))], PLUGIN_REJECTED, "without arguments");
}

#[test]
fn reason_of_a_plugin_that_needs_formatting_becomes_the_name_of_its_kind() {
    use runtime_error_kind::{INVALID_COMMAND, PLUGIN_REJECTED};
    assert_fails(&[(2, &fail(2))], PLUGIN_REJECTED, "PLUGIN_REJECTED");
    assert_fails(&[(2, &fail(3))], INVALID_COMMAND, "INVALID_COMMAND");
    assert_fails(&[(2, &fail(4))], RuntimeErrorKind(77), "error");
}

#[test]
fn refusals_of_the_store_and_of_dispatch_keep_their_kinds() {
    use runtime_error_kind::{HOST_REJECTED, INVALID_COMMAND};
    let (seven, eight) = (7_u64.to_le_bytes(), 8_u64.to_le_bytes());
    assert_fails(&[(1, &seven), (1, &eight)], HOST_REJECTED, "RECORDS full");
    assert_fails(&[(1, &seven[..7])], INVALID_COMMAND, "too few bytes");
    assert_fails(&[(9, &[])], INVALID_COMMAND, "unknown command");
}

#[test]
fn refused_configuration_has_the_name_of_its_kind() {
    let mut error = RuntimeErrorBuf::cleared();
    let created =
        ErrorSlot::scope(&mut error, RuntimeErrorPhase::Create, |slot| Counters::create("x", slot));
    assert!(created.is_none());
    assert_eq!(error.kind, runtime_error_kind::CONFIG_ERROR);
    assert_eq!(error.message().to_string(), "CONFIG_ERROR");
}

#[test]
fn refusal_of_a_shared_host_has_a_short_text() {
    let mut error = RuntimeErrorBuf::cleared();
    let answer = ErrorSlot::scope(&mut error, RuntimeErrorPhase::RunTx, |slot| {
        Err::<(), _>(refusal::no_record_kind(3, slot))
    });
    assert_eq!(answer, None);
    assert_eq!(error.kind, runtime_error_kind::SCHEMA_MISMATCH);
    assert_eq!(error.message().to_string(), "unknown record");
}
