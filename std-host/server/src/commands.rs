//! Commands as requests bring them.

mod json_lines;
mod key;
mod records;

use std::{fmt, ops::Range};

pub(crate) use key::IdempotencyKey;

/// Commands of one request, in order.
#[derive(Debug)]
pub(crate) struct Commands {
    pub(crate) list: Vec<Command>,
    /// The payloads, one after another.
    payloads: Vec<u8>,
    /// Makes a retry of the whole request safe.
    pub(crate) key: Option<IdempotencyKey>,
}

/// One command without its payload's bytes.
#[derive(Debug, Clone)]
pub(crate) struct Command {
    pub(crate) kind: u8,
    /// The sender's number. Without one the engine gives the next number.
    pub(crate) ext_seq: Option<u64>,
    /// Microseconds since 1970; 0 for the time at which the engine takes the command.
    pub(crate) ref_ext_time_us: u64,
    payload: Range<usize>,
}

impl Commands {
    fn new() -> Self {
        Self { list: Vec::new(), payloads: Vec::new(), key: None }
    }

    pub(crate) fn payload(&self, command: &Command) -> &[u8] {
        self.payloads.get(command.payload.clone()).unwrap_or_default()
    }

    /// Bytes that the commands take in memory.
    pub(crate) fn bytes(&self) -> usize {
        self.payloads.len() + self.list.len() * size_of::<Command>()
    }

    /// The first command that has a number of its own.
    pub(crate) fn first_numbered(&self) -> Option<u64> {
        self.list.iter().find_map(|command| command.ext_seq)
    }
}

/// A body that does not hold commands: the first problem and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InvalidBody {
    pub(crate) problem: String,
    pub(crate) place: Option<Place>,
}

/// A place in a body. Both are counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A line of JSON, and the column in bytes.
    Line { line: usize, column: usize },
    /// A record, and its first byte in the body.
    Record { record: usize, byte: usize },
}

impl fmt::Display for InvalidBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some(Place::Line { line, column }) => write!(f, "line {line}, column {column}: ")?,
            Some(Place::Record { record, byte }) => write!(f, "record {record}, byte {byte}: ")?,
            None => {}
        }
        f.write_str(&self.problem)
    }
}
