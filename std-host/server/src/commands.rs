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
    /// True if somebody waits for the outcomes as text.
    pub(crate) is_answered: bool,
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
        Self { list: Vec::new(), payloads: Vec::new(), key: None, is_answered: true }
    }

    /// No commands yet: they will come from a stream, and nobody waits for their outcomes.
    pub(crate) fn of_stream() -> Self {
        Self { is_answered: false, ..Self::new() }
    }

    /// Adds a message of a stream, if it can be read as a command, and returns the command's kind.
    pub(crate) fn read_message<E>(
        &mut self,
        ext_seq: u64,
        ref_ext_time_us: u64,
        read: impl FnOnce(&mut Vec<u8>) -> Result<u8, E>,
    ) -> Result<u8, E> {
        let start = self.payloads.len();
        let kind = read(&mut self.payloads)?;
        let payload = start..self.payloads.len();
        self.list.push(Command { kind, ext_seq: Some(ext_seq), ref_ext_time_us, payload });
        Ok(kind)
    }

    /// The payload of the command that was added last.
    pub(crate) fn last_payload(&self) -> &[u8] {
        self.list.last().map(|command| self.payload(command)).unwrap_or_default()
    }

    /// Removes the command that was added last.
    pub(crate) fn drop_last(&mut self) {
        if let Some(command) = self.list.pop() {
            self.payloads.truncate(command.payload.start);
        }
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
