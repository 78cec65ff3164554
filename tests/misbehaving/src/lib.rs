//! A plugin that is wrong on purpose. One misbehaviour at a time, and which one is a text:
//!
//! - what is wrong before there is an instance (version, table, name, schema) is told to
//!   [`statevec_misbehaving_say`], for the thread that calls it;
//! - everything else is an instance's configuration.
//!
//! It has four tables, which `say("table", …)` chooses between: `raw` speaks the contract by itself
//! and so can break it; `panicking` and `reentrant` are plugins as an author writes them, with the
//! SDK, and `boxed` panics behind the published traits.
//!
//! In every table command [`WELL`](schema::WELL) does what a plugin should do, and any other
//! command misbehaves.

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
    saying::table()
}

/// Sets what the library says of itself on this thread. Fails when it does not know `what`, or what
/// to make of `value`.
///
/// | `what` | `value` |
/// |---|---|
/// | `table` | `raw`, `panicking`, `boxed` or `reentrant`; everything else as it should be |
/// | `abi_version` | a number |
/// | `null` | the entry of the table that is null |
/// | `name`, `schema` | the bytes to answer with, good or bad |
/// | `panic` | `name` or `schema`, and `text` or `bomb` for what is thrown |
///
/// # Safety
///
/// `what` and, except for `name` and `schema`, `value` are valid for the call. Nobody calls the
/// table's `plugin_name` or `schema_bytes` on this thread when what was said is gone, unless they
/// only look at its length.
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

/// How many times it has panicked on this thread since a table was chosen: of a panic in a
/// destructor nobody is told.
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
