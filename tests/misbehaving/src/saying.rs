//! Name and schema that the library reports, per thread: tests run side by side, and each opens the
//! library anew.

use std::{cell::Cell, sync::Once};

use statevec_abi::abi::{RuntimeBytesRef, RuntimePluginApiV1};

use crate::{
    raw,
    schema::SCHEMA,
    sdk::{boxed, panicking, reentrant, thrown},
};

const NAME: RuntimeBytesRef = RuntimeBytesRef::from_slice(b"misbehaving");
const SCHEMA_BYTES: RuntimeBytesRef = RuntimeBytesRef::from_slice(SCHEMA.json.as_bytes());

thread_local! {
    static TABLE: Cell<RuntimePluginApiV1> = const { Cell::new(raw::TABLE) };
    static NAME_SAID: Cell<RuntimeBytesRef> = const { Cell::new(NAME) };
    static SCHEMA_SAID: Cell<RuntimeBytesRef> = const { Cell::new(SCHEMA_BYTES) };
}

pub(crate) fn table() -> RuntimePluginApiV1 {
    TABLE.get()
}

/// Sets the properties in the environment variable [`VARIABLE`], in the form
/// `table=panicking;null=run_tx`. For programs that cannot call `statevec_misbehaving_say`.
pub(crate) fn obey_environment() {
    let said = std::env::var(VARIABLE).unwrap_or_default();
    for (what, value) in said.split(';').filter_map(|said| said.split_once('=')) {
        assert!(say(what, value).is_some(), "{VARIABLE}: no such property: {what}={value}");
    }
}

/// The environment variable with properties.
const VARIABLE: &str = "STATEVEC_MISBEHAVING";

pub(crate) unsafe extern "C" fn plugin_name() -> RuntimeBytesRef {
    NAME_SAID.get()
}

pub(crate) unsafe extern "C" fn schema_bytes() -> RuntimeBytesRef {
    SCHEMA_SAID.get()
}

pub(crate) fn name(bytes: RuntimeBytesRef) -> Option<()> {
    NAME_SAID.set(bytes);
    Some(())
}

pub(crate) fn schema(bytes: RuntimeBytesRef) -> Option<()> {
    SCHEMA_SAID.set(bytes);
    Some(())
}

/// `None` if `what` is unknown, or if `value` is not valid for it.
pub(crate) fn say(what: &str, value: &str) -> Option<()> {
    match what {
        "table" => {
            quiet();
            name(NAME)?;
            schema(SCHEMA_BYTES)?;
            thrown::forget();
            TABLE.set(named(value)?);
        }
        "abi_version" => {
            TABLE.set(RuntimePluginApiV1 { abi_version: value.parse().ok()?, ..table() });
        }
        "null" => TABLE.set(without(value)?),
        "panic" => thrown::panic_before_there_is_an_instance(value)?,
        _ => return None,
    }
    Some(())
}

fn named(table: &str) -> Option<RuntimePluginApiV1> {
    Some(match table {
        "raw" => raw::TABLE,
        "panicking" => panicking::TABLE,
        "boxed" => boxed::TABLE,
        "reentrant" => reentrant::TABLE,
        _ => return None,
    })
}

fn without(entry: &str) -> Option<RuntimePluginApiV1> {
    let table = table();
    Some(match entry {
        "plugin_name" => RuntimePluginApiV1 { plugin_name: None, ..table },
        "schema_bytes" => RuntimePluginApiV1 { schema_bytes: None, ..table },
        "create_runtime" => RuntimePluginApiV1 { create_runtime: None, ..table },
        "destroy_runtime" => RuntimePluginApiV1 { destroy_runtime: None, ..table },
        "run_tx" => RuntimePluginApiV1 { run_tx: None, ..table },
        "validate_biz_invariants" => RuntimePluginApiV1 { validate_biz_invariants: None, ..table },
        "on_unload" => RuntimePluginApiV1 { on_unload: None, ..table },
        _ => return None,
    })
}

/// Silences the panic hook. A library has a hook of its own, which would print panics that the
/// tests expect; their texts come back as errors, too.
fn quiet() {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| std::panic::set_hook(Box::new(|_| {})));
}
