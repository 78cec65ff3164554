//! A plugin that breaks the contract on purpose, with one fault at a time. A text selects the
//! fault:
//!
//! - faults before there is an instance (version, table, name, schema) are set with
//!   [`statevec_misbehaving_say`], for the calling thread;
//! - all others are an instance's configuration.
//!
//! Programs that cannot call it set the environment variable `STATEVEC_MISBEHAVING`.
//!
//! It has four tables, and `say("table", …)` selects one: `raw` calls the C table itself and so can
//! break the contract; `panicking` and `reentrant` are plugins with the SDK, as an author writes
//! them; `boxed` panics behind the published traits.
//!
//! In every table, command [`WELL`](schema::WELL) is correct, and any other command has the fault.

mod raw;
mod saying;
mod schema;
mod sdk;

use statevec_abi::{
    abi::{RuntimeBytesRef, RuntimeCallStatus, RuntimePluginApiV1},
    boundary::runtime_bytes_slice,
};

/// The entry of this plugin library: the table that was asked for.
#[unsafe(no_mangle)]
pub extern "C" fn statevec_runtime_plugin_entry_v1() -> RuntimePluginApiV1 {
    saying::obey_environment();
    saying::table()
}

/// Sets a property of the library on this thread. Fails if `what` is unknown, or if `value` is not
/// valid for it.
///
/// | `what` | `value` |
/// |---|---|
/// | `table` | `raw`, `panicking`, `boxed` or `reentrant`; resets all other properties |
/// | `abi_version` | a number |
/// | `null` | the entry of the table that is null |
/// | `name`, `schema` | the bytes to return, valid or not |
/// | `panic` | `name` or `schema`, and `text` or `bomb` for the payload |
///
/// # Safety
///
/// `what` and, except for `name` and `schema`, `value` are valid for the call. The bytes that were
/// set for `name` or `schema` live as long as the table's `plugin_name` or `schema_bytes` is called
/// on this thread, unless the caller reads their length only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn statevec_misbehaving_say(
    what: RuntimeBytesRef,
    value: RuntimeBytesRef,
) -> RuntimeCallStatus {
    // SAFETY: a non-null pointer is valid for the call, as this function's caller promised (rule
    // 10).
    let said = match unsafe { text(what) } {
        Some("name") => saying::name(value),
        Some("schema") => saying::schema(value),
        // SAFETY: a non-null pointer is valid for the call, as this function's caller promised
        // (rule 10).
        Some(what) => unsafe { text(value) }.and_then(|value| saying::say(what, value)),
        None => None,
    };
    match said {
        Some(()) => RuntimeCallStatus::Success,
        None => RuntimeCallStatus::Failure,
    }
}

/// How many times it has panicked on this thread since a table was selected. A panic in a
/// destructor is reported in no other way.
#[unsafe(no_mangle)]
pub extern "C" fn statevec_misbehaving_panics() -> u32 {
    sdk::thrown::panics()
}

/// # Safety
///
/// As `runtime_bytes_slice`.
unsafe fn text<'a>(bytes: RuntimeBytesRef) -> Option<&'a str> {
    // SAFETY: a non-null pointer is valid for the call, as this function's caller promised (rule
    // 10).
    let bytes = unsafe { runtime_bytes_slice(bytes) };
    str::from_utf8(bytes.ok()?).ok()
}
