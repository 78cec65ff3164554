//! The outcome that a plugin must report for a host's answer.

use statevec_abi::{
    abi::RecordKey,
    boundary::{BytesError, limits},
    raw::ContractViolation,
};

use super::host::{Call, Function, Place, keys};

/// The outcome of a call.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// A record of this length, or none.
    Found(Option<usize>),
    Created(RecordKey, usize),
    Flag(bool),
    Keys(Vec<RecordKey>),
    Done,
    /// The host reports a failure.
    Reported(&'static str),
    Violation(ContractViolation),
}

/// The result of the visits.
enum Visits {
    None,
    One(usize),
    Wrong(Outcome),
}

pub(super) fn expected(place: &Place, of: &Call) -> Outcome {
    let call = of.function.name();
    let table = if of.is_read() { "read" } else { "host" };
    match place {
        Place::Null => return Outcome::Violation(ContractViolation::NullTable { table }),
        Place::Misaligned(_) => {
            return Outcome::Violation(ContractViolation::MisalignedTable { table });
        }
        Place::Ours if !of.has_entry() => {
            return Outcome::Violation(ContractViolation::NullEntry { call });
        }
        Place::Ours => {}
    }
    match of.function {
        Function::ReadById | Function::ReadByPk | Function::Update => found(call, of),
        Function::Create => created(call, of),
        Function::Delete => status(call, of)
            .unwrap_or_else(|| flag(call, of).map_or_else(|wrong| wrong, Outcome::Flag)),
        Function::ForEachKey => {
            status(call, of).unwrap_or_else(|| Outcome::Keys(keys(of).collect()))
        }
        Function::Emit | Function::Log => status(call, of).unwrap_or(Outcome::Done),
    }
}

/// A wrong visit takes precedence over a status, and a status over a flag.
fn found(call: &'static str, of: &Call) -> Outcome {
    let visits = match visited(call, of) {
        Ok(visits) => visits,
        Err(outcome) => return outcome,
    };
    match (flag(call, of), visits) {
        (Err(wrong), _) => wrong,
        (Ok(true), None) => Outcome::Violation(ContractViolation::NotVisited { call }),
        (Ok(false), Some(_)) => Outcome::Violation(ContractViolation::VisitedNothing { call }),
        (Ok(_), visits) => Outcome::Found(visits),
    }
}

fn created(call: &'static str, of: &Call) -> Outcome {
    let visits = match visited(call, of) {
        Ok(visits) => visits,
        Err(outcome) => return outcome,
    };
    let Some(len) = visits else {
        return Outcome::Violation(ContractViolation::NotVisited { call });
    };
    // An unwritten key has kind 0, and its number has no meaning.
    let (got, sys_id) = of.answer.created.map_or((0, 0), |difference| (of.kind ^ difference, 5));
    if got == of.kind {
        Outcome::Created(RecordKey { kind: got, sys_id }, len)
    } else {
        Outcome::Violation(ContractViolation::Kind { call, expected: of.kind, got })
    }
}

/// The length of the visited record, or the outcome of a wrong visit or of a failure.
fn visited(call: &'static str, of: &Call) -> Result<Option<usize>, Outcome> {
    let visits = match visits(call, of) {
        Visits::Wrong(outcome) => return Err(outcome),
        Visits::One(len) => Some(len),
        Visits::None => None,
    };
    match status(call, of) {
        Some(failure) => Err(failure),
        None => Ok(visits),
    }
}

/// The first fault of the visits counts. A second visit replaces a good first one.
fn visits(call: &'static str, of: &Call) -> Visits {
    let mut visits = Visits::None;
    for lent in of.answer.visits.iter().take(4) {
        visits = match visits {
            Visits::Wrong(_) => return visits,
            Visits::One(_) => {
                return Visits::Wrong(Outcome::Violation(ContractViolation::VisitedTwice { call }));
            }
            Visits::None => {
                let (len, limit) = (lent.len(), limits::RECORD);
                let error = if len > limit {
                    Some(BytesError::TooLong { len, limit })
                } else {
                    (lent.is_null && len > 0).then_some(BytesError::Null)
                };
                match error {
                    Some(error) => {
                        let violation = ContractViolation::Bytes { call, error };
                        Visits::Wrong(Outcome::Violation(violation))
                    }
                    None => Visits::One(len),
                }
            }
        };
    }
    visits
}

/// The failure that the status stands for.
fn status(call: &'static str, of: &Call) -> Option<Outcome> {
    match of.answer.status.number() {
        0 => None,
        1 => Some(Outcome::Reported(call)),
        status => Some(Outcome::Violation(ContractViolation::Status { call, status })),
    }
}

/// An unwritten flag is 0.
fn flag(call: &'static str, of: &Call) -> Result<bool, Outcome> {
    match of.answer.flag.unwrap_or(0) {
        0 => Ok(false),
        1 => Ok(true),
        value => Err(Outcome::Violation(ContractViolation::Flag { call, value })),
    }
}
