//! The result of a step on a host.

use statevec_abi::{abi::RuntimeErrorKind, typed::DecodePayload as _};
use statevec_check_host::{Ending, Outcome, Step, Verdict};

/// The result of a step on a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    /// The events of a command that committed.
    Committed(Vec<Vec<u8>>),
    /// The kind of a command that did not.
    Failed(RuntimeErrorKind),
    /// The host's process ended.
    Ended,
}

impl Seen {
    /// The result in the README's table.
    pub(crate) fn cell(&self, step: &Step) -> String {
        match (self, step.ending) {
            (Self::Failed(RuntimeErrorKind(2001)), Ending::Rejects)
            | (Self::Failed(RuntimeErrorKind(4001)), Ending::PassesRefusalOn) => "kept".into(),
            (Self::Failed(kind), _) => format!("fails with kind {}", kind.0),
            (Self::Ended, _) => "the process ends".into(),
            (Self::Committed(events), _) => match events.as_slice() {
                [event] => verdict(event, step),
                _ => format!("{} events", events.len()),
            },
        }
    }
}

fn verdict(event: &[u8], step: &Step) -> String {
    let verdict = Verdict::decode(event).expect("a verdict");
    assert_eq!(verdict.step, step.number);
    let text = str::from_utf8(verdict.text.as_slice()).expect("UTF-8");
    match Outcome::of_byte(verdict.outcome) {
        Some(Outcome::Kept) => "kept".into(),
        Some(Outcome::NotDetected) => "not detected".into(),
        _ => format!("broken: {text}"),
    }
}
