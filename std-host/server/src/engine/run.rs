//! Runs the commands of one request.

use std::time::{SystemTime, UNIX_EPOCH};

use statevec_abi::{boundary::RuntimeCommandRef, txlog::EntryOutcome};
use statevec_host::{
    durable::{DurableEngine, DurableError, Submitted},
    json::JsonWriter,
};

use super::{Answer, Refusal, keys::Plan};
use crate::{command_counters::CommandCounters, commands::Commands, replica::OwnDigests};

/// The numbers of a request's commands.
pub(super) enum Numbering {
    /// Each command has the number that its sender gave it, or the next one, but not less than this
    /// one.
    Next { least: u64 },
    /// Numbers were planned for the request's key.
    Planned(Plan),
}

/// The commands of a request after they ran. They need not be durable yet.
pub(super) struct Ran {
    pub(super) answer: Answer,
    /// The error that stopped the engine.
    pub(super) error: Option<DurableError>,
}

/// Runs commands up to the first one that the engine does not take.
pub(super) fn run(
    engine: &mut DurableEngine,
    writer: &JsonWriter,
    counters: &CommandCounters,
    digests: Option<&OwnDigests>,
    commands: &Commands,
    numbering: &Numbering,
) -> Ran {
    let now = now_us();
    let mut answer = Answer { outcomes: String::new(), has_duplicates: false, cut: None };
    for (place, command) in (0..).zip(&commands.list) {
        let next = engine.position().ext_seq.map_or(1, |last| last.saturating_add(1));
        let ext_seq = match numbering {
            Numbering::Next { least } => command.ext_seq.unwrap_or_else(|| next.max(*least)),
            Numbering::Planned(plan) => match plan.number(place) {
                Some(number) if plan.ended_process.is_none_or(|ended| place < ended) => number,
                _ => {
                    answer.cut = Some(Refusal::EndedProcess { place: place + 1 });
                    break;
                }
            },
        };
        let time = if command.ref_ext_time_us == 0 { now } else { command.ref_ext_time_us };
        let payload = commands.payload(command);
        let command = RuntimeCommandRef::new(command.kind, ext_seq, time, payload);
        let out = &mut answer.outcomes;
        match engine.submit(&command) {
            Ok(Submitted::Ran(logged)) => {
                let entry = logged.entry();
                counters.count(entry.command_kind, outcome_name(&entry.outcome));
                if let Some(digests) = digests {
                    digests.behind(ext_seq, entry.digest);
                }
                if commands.is_answered {
                    writer.logged_outcome(&entry, out);
                }
            }
            Ok(Submitted::Duplicate { original }) => {
                let kind = command.command_kind();
                counters.count(kind, "duplicate");
                if commands.is_answered {
                    let original = original.map(|logged| logged.entry());
                    writer.logged_duplicate(ext_seq, kind, original.as_ref(), out);
                }
                answer.has_duplicates = true;
            }
            Err(error) => {
                answer.cut = Some(Refusal::from(&error));
                let error = Some(error).filter(|error| !matches!(error, DurableError::Gap { .. }));
                return Ran { answer, error };
            }
        }
        if commands.is_answered {
            answer.outcomes.push('\n');
        }
    }
    Ran { answer, error: None }
}

fn outcome_name(outcome: &EntryOutcome<'_>) -> &'static str {
    match outcome {
        EntryOutcome::Committed { .. } => "committed",
        EntryOutcome::Rejected(_) => "rejected",
        EntryOutcome::Failed(_) => "failed",
    }
}

/// Microseconds since 1970 by the clock of this machine.
fn now_us() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}
