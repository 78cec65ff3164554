//! The steps. Each works on keys of its own and removes its rows, so a host may run any of them;
//! only a step that says so needs the one before it.

mod arguments;
mod invariants;
mod lending;
mod records;
mod refusals;
mod rollback;
mod rows;

use crate::{instance::Running, verdict::Checked};

pub(crate) use invariants::invariants;

/// A step: one command.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// Its number, which is the command's payload.
    pub number: u16,
    /// The promise that it checks.
    pub promise: &'static str,
    /// The command's end when all is well.
    pub ending: Ending,
    /// True if a host that trusts its plugins may end its process here.
    pub is_hostile: bool,
    pub(crate) run: fn(&mut Running<'_>) -> Checked,
}

/// The end of a step's command when all is well. A step that finds a broken promise emits a
/// [`Verdict`](crate::Verdict) in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It commits, with a verdict.
    Verdict,
    /// The plugin rejects it (kind 2001) after writing. The next step looks for traces.
    Rejects,
    /// The plugin passes on a refusal of the host (kind 4001) after writing. The next step looks
    /// for traces.
    PassesRefusalOn,
}

pub(crate) fn run(step: &Step, running: &mut Running<'_>) -> Checked {
    (step.run)(running)
}

const fn kept(number: u16, promise: &'static str, run: fn(&mut Running<'_>) -> Checked) -> Step {
    Step { number, promise, ending: Ending::Verdict, is_hostile: false, run }
}

const fn undone(
    number: u16,
    promise: &'static str,
    ending: Ending,
    run: fn(&mut Running<'_>) -> Checked,
) -> Step {
    Step { number, promise, ending, is_hostile: false, run }
}

const fn hostile(number: u16, promise: &'static str, run: fn(&mut Running<'_>) -> Checked) -> Step {
    Step { number, promise, ending: Ending::Verdict, is_hostile: true, run }
}

/// All steps, in the order in which they run.
pub const STEPS: &[Step] = &[
    kept(1, "ext_seq ascends", records::ext_seq),
    kept(2, "create lends zeros, also in reused memory", records::zeroed),
    kept(3, "reads give what was written", records::read_back),
    kept(4, "a missing record is 0, and no visit", records::missing),
    kept(5, "keys come in ascending sys_id", records::order),
    kept(6, "delete answers 1, then 0", records::deleted),
    kept(7, "numbers are not used again", records::numbers),
    kept(8, "a duplicate key is rejected without a trace", refusals::duplicate),
    kept(9, "an update that changes the key is undone", refusals::key_change),
    kept(10, "unknown kinds fail", refusals::unknown_kinds),
    kept(11, "reads work inside a read visitor", lending::read_in_read),
    kept(12, "reads work inside a key visitor", lending::read_in_keys),
    kept(13, "writes are rejected in a read visitor", lending::write_in_read),
    kept(14, "writes are rejected in a key visitor", lending::write_in_keys),
    kept(15, "calls are rejected in a create visitor", lending::call_in_create),
    kept(16, "calls are rejected in an update visitor", lending::call_in_update),
    kept(17, "debug messages need not be UTF-8", refusals::debug_log),
    kept(18, "rows for the next step", rollback::prepare),
    undone(19, "writes before a rejection", Ending::Rejects, rollback::reject),
    kept(20, "a rejected command leaves no trace", rollback::no_trace),
    undone(21, "writes before a refusal", Ending::PassesRefusalOn, rollback::refuse),
    kept(22, "a refused command leaves no trace", rollback::no_trace_of_refusal),
    hostile(30, "a null visitor is refused", arguments::null_visitors),
    hostile(31, "a null out parameter is refused", arguments::null_out_parameters),
    hostile(32, "a null out_error is no error", arguments::null_errors),
    hostile(33, "a key of a wrong length is refused", arguments::wrong_keys),
    hostile(34, "null bytes with a length are refused", arguments::null_bytes),
    hostile(35, "huge lengths are refused unread", arguments::huge_lengths),
    hostile(36, "misaligned out parameters work", arguments::misaligned),
    hostile(37, "a null context is refused", arguments::null_context),
    hostile(38, "another thread is refused", arguments::another_thread),
];
