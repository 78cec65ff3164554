//! Host calls from places where not all of them are legal: from visitors, from other threads, and
//! after the call has returned.

use std::{cell::Cell, collections::BTreeSet, ffi::c_void, thread};

use statevec_abi::{
    abi::{RuntimeBytesMutRef, RuntimeBytesRef, RuntimeRecordKeyView},
    boundary::{RuntimeCommandRef, runtime_bytes_slice_mut},
};

use super::host_call::{Args, Entry, Host, Visitors};
use crate::schema::{WELL, key};

thread_local! {
    /// The context of the last misbehaving command of any instance on this thread.
    static KEPT: Cell<Option<Host>> = const { Cell::new(None) };
    /// The one before.
    static KEPT_BEFORE: Cell<Option<Host>> = const { Cell::new(None) };
}

pub(super) fn keep_for_all(host: Host) {
    KEPT_BEFORE.set(KEPT.replace(Some(host)));
}

/// Makes every host call from a place, and reports the answers. `None`: there is no such place.
pub(super) fn every_call(host: &Host, place: &str) -> Option<String> {
    match place {
        "run_tx" => Some(host.every_call()),
        "run_tx, with the context of another instance" => {
            Some(KEPT_BEFORE.get().map_or_else(|| "none was kept".into(), |kept| kept.every_call()))
        }
        "another thread" => Some(elsewhere(*host)),
        "another thread, all the while" => Some(all_the_while(host)),
        place => inside(host, place, &|| host.every_call()),
    }
}

/// Runs a correct command of the same instance from inside a visitor, and returns its result.
pub(super) fn run_tx_again(host: &Host, runtime: *mut c_void, place: &str) -> Option<String> {
    let command = RuntimeCommandRef::new(WELL, 1000, 0, &[]);
    inside(host, place, &|| host.run(runtime, &command))
}

/// Makes every host call on another thread, and waits for it.
pub(super) fn elsewhere(host: Host) -> String {
    let carried = Carried(host);
    let answer = thread::spawn(move || carried.every_call()).join();
    answer.unwrap_or_else(|_| "the thread panicked".into())
}

/// Makes every host call on another thread, over and over, while this one reads. Returns the
/// results of the other thread.
fn all_the_while(host: &Host) -> String {
    let carried = Carried(*host);
    let other = thread::spawn(move || {
        let answers: BTreeSet<_> = (0..200).map(|_| carried.every_call()).collect();
        answers.into_iter().collect::<Vec<_>>().join("\n")
    });
    let key = key(1);
    while !other.is_finished() {
        for entry in [Entry::ReadById, Entry::ReadByPk, Entry::ForEach] {
            let answer = host.call(entry, &Args::legal(host, entry, &key));
            if answer != "ok" {
                return format!("the thread of the call was answered: {answer}");
            }
        }
    }
    other.join().unwrap_or_else(|_| "the thread panicked".into())
}

/// A context on its way to another thread.
struct Carried(Host);

// SAFETY: the other thread uses the context for calls that the host must refuse, while this
// thread's call holds the host alive (rule 7).
unsafe impl Send for Carried {}

impl Carried {
    fn every_call(&self) -> String {
        self.0.every_call()
    }
}

/// A closure to run in a visitor, and its result.
struct Visit<'v> {
    body: &'v dyn Fn() -> String,
    said: Option<String>,
}

/// Runs a closure inside a visitor. None of the outer calls changes anything: the update keeps the
/// record's bytes, and the created record has a key that another record has, so that it is refused
/// after the visit.
fn inside(host: &Host, place: &str, body: &dyn Fn() -> String) -> Option<String> {
    let entry = match place {
        "read_by_id visitor" => Entry::ReadById,
        "read_by_pk visitor" => Entry::ReadByPk,
        "for_each visitor" => Entry::ForEach,
        "create visitor" => Entry::Create,
        "update visitor" => Entry::Update,
        _ => return None,
    };
    let mut visit = Visit { body, said: None };
    let ctx = (&raw mut visit).cast();
    let write = if entry == Entry::Create { create_taken } else { write };
    let key = key(1);
    let args = Args::legal(host, entry, &key).visited_by(Visitors { ctx, read, write, key: walk });
    let answer = host.call(entry, &args);
    let said = visit.said.unwrap_or_else(|| "no visit".into());
    let refused = entry == Entry::Create && answer.starts_with("4001 ");
    Some(if refused || answer == "ok" { said } else { format!("{said}\nouter call: {answer}") })
}

unsafe extern "C" fn read(ctx: *mut c_void, _: RuntimeBytesRef) {
    // SAFETY: `inside` passed this visitor with the address of a live `Visit` (rule 4).
    unsafe { speak(ctx) };
}

unsafe extern "C" fn write(ctx: *mut c_void, _: RuntimeBytesMutRef) {
    // SAFETY: `inside` passed this visitor with the address of a live `Visit` (rule 4).
    unsafe { speak(ctx) };
}

unsafe extern "C" fn walk(ctx: *mut c_void, _: RuntimeRecordKeyView) {
    // SAFETY: `inside` passed this visitor with the address of a live `Visit` (rule 4).
    unsafe { speak(ctx) };
}

unsafe extern "C" fn create_taken(ctx: *mut c_void, record: RuntimeBytesMutRef) {
    // SAFETY: the host lends the record for the visit (rule 10).
    if let Ok(record) = unsafe { runtime_bytes_slice_mut(record) }
        && let Some(id) = record.first_chunk_mut()
    {
        *id = 1_u64.to_le_bytes();
    }
    // SAFETY: `inside` passed this visitor with the address of a live `Visit` (rule 4).
    unsafe { speak(ctx) };
}

/// # Safety
///
/// `ctx` is a live `Visit` to which no reference exists.
unsafe fn speak(ctx: *mut c_void) {
    // SAFETY: the visitors above pass the context that `inside` made of a live `Visit`, and keep no
    // reference to it (rule 4).
    let visit = unsafe { &mut *ctx.cast::<Visit<'_>>() };
    visit.said = Some((visit.body)());
}
