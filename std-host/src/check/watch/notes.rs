//! Breaches of the contract that were noted, until they are taken.

use std::sync::{Mutex, PoisonError};

static NOTES: Mutex<Notes> = Mutex::new(Notes { answers: Vec::new(), host_calls: Vec::new() });

/// Breaches of the contract that were noted.
#[derive(Debug, Default)]
pub(in crate::check) struct Notes {
    /// Wrong answers of the plugin's functions.
    pub(in crate::check) answers: Vec<String>,
    /// Host calls that the host refused because of the way they were made.
    pub(in crate::check) host_calls: Vec<String>,
}

/// The most notes of a kind.
const MOST: usize = 32;

/// Takes everything that was noted so far.
pub(in crate::check) fn take() -> Notes {
    std::mem::take(&mut *NOTES.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Notes a breach once, up to the most of its kind.
pub(super) fn note(list: impl FnOnce(&mut Notes) -> &mut Vec<String>, what: String) {
    let mut notes = NOTES.lock().unwrap_or_else(PoisonError::into_inner);
    let list = list(&mut notes);
    if list.len() < MOST && !list.contains(&what) {
        list.push(what);
    }
}
