//! The misbehaving library. Its fault is set before it is opened.

use std::{
    error::Error,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use libloading::Library;
use statevec_abi::abi::{RuntimeBytesRef, RuntimeCallStatus};
use statevec_host::{LoadError, LoadedPlugin};
use statevec_tests::beside;

/// The path of the library.
pub(crate) fn path() -> PathBuf {
    beside::library("statevec-misbehaving").unwrap()
}

/// The plugin with this table, and without a fault in the table itself.
pub(crate) fn open(table: &str) -> LoadedPlugin {
    say("table", RuntimeBytesRef::from_slice(table.as_bytes()));
    open_at(&path()).unwrap()
}

/// Opens a library that these tests made or built.
pub(crate) fn open_at(path: &Path) -> Result<LoadedPlugin, LoadError> {
    // SAFETY: its initialisers are sound; it breaks the contract only in ways that the host detects
    // (rule 6).
    unsafe { LoadedPlugin::open(path) }
}

/// Sets a property of the library on this thread, and opens it.
pub(crate) fn open_saying(
    table: &str,
    what: &str,
    value: RuntimeBytesRef,
) -> Result<LoadedPlugin, LoadError> {
    say("table", RuntimeBytesRef::from_slice(table.as_bytes()));
    say(what, value);
    open_at(&path())
}

/// The loader's error for a library with a wrong name or schema: the error, and its
/// text and causes. Afterwards the same library is opened in good order.
#[track_caller]
pub(crate) fn refusal(table: &str, what: &str, value: RuntimeBytesRef) -> (LoadError, String) {
    let refused = open_saying(table, what, value);
    assert_eq!(open(table).schema().record_defs().len(), 2);
    let error = refused.unwrap_err();
    let text = chain(&error).replace(&path().display().to_string(), "LIBRARY");
    (error, text)
}

/// An error and its causes, as a program prints them.
pub(crate) fn chain(error: &dyn Error) -> String {
    let (mut text, mut cause) = (error.to_string(), error.source());
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// How many times the library has panicked on this thread since it was opened there.
pub(crate) fn panics() -> u32 {
    type Panics = extern "C" fn() -> u32;
    // SAFETY: the function has this type in `tests/misbehaving` (rule 10).
    let panics = unsafe { library().get::<Panics>(b"statevec_misbehaving_panics\0") }.unwrap();
    panics()
}

fn say(what: &str, value: RuntimeBytesRef) {
    type Say = unsafe extern "C" fn(RuntimeBytesRef, RuntimeBytesRef) -> RuntimeCallStatus;
    // SAFETY: the function has this type in `tests/misbehaving` (rule 10).
    let say = unsafe { library().get::<Say>(b"statevec_misbehaving_say\0") }.unwrap();
    // SAFETY: `what` is a valid text. The library does not read the bytes of `value` if they may
    // not exist, and forgets them in the next call of `table` (rule 10).
    let status = unsafe { say(RuntimeBytesRef::from_slice(what.as_bytes()), value) };
    assert_eq!(status, RuntimeCallStatus::Success, "the library does not know {what}");
}

fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    // SAFETY: a library of this workspace, which stays mapped (rule 6).
    LIBRARY.get_or_init(|| unsafe { Library::new(path()) }.unwrap())
}
