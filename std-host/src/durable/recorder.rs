//! Records what an engine does into one file, without a data directory.

use std::{
    fmt,
    io::{self, Write},
};

use embedded_io_adapters::std::FromStd;
use statevec_abi::{
    abi::runtime_error_kind::HOST_INTERNAL_ERROR,
    boundary::RuntimeCommandRef,
    host::CallFailure,
    txlog::{Alignment, EncodeError, EntryFailure, EntryOutcome, LogWriter},
};

use super::record::{NotRecorded, record_committed, record_unchanged};
use crate::{
    Engine, Outcome, StoreLayer,
    txlog::{LogHeader, LogPosition},
};

/// Writes the entry of each command that an engine runs to a sink, such as a file.
///
/// The file is what firmware writes, too: one segment without padding. It is durable once the sink
/// is synced. For results that must survive a crash use a [`DurableEngine`](super::DurableEngine).
pub struct Recorder<W: Write> {
    log: LogWriter<FromStd<W>>,
    position: LogPosition,
}

/// A command whose entry could not be written.
#[derive(Debug, thiserror::Error)]
#[error("entry {entry} cannot be recorded: {reason}")]
pub struct RecordError {
    /// The entry.
    pub entry: u64,
    /// The reason.
    pub reason: String,
}

impl<W: Write> Recorder<W> {
    /// Begins a log for a new engine: writes the header.
    ///
    /// # Errors
    ///
    /// The sink fails, or a text of the header is too long.
    pub fn begin(sink: W, header: &LogHeader) -> Result<Self, RecordError> {
        let position = LogPosition::default();
        let mut segment = header.segment(&position, 0);
        segment.alignment = Alignment::None;
        match LogWriter::begin(FromStd::new(sink), &segment) {
            Ok(log) => Ok(Self { log, position }),
            Err(error) => Err(not_written(0, &error)),
        }
    }

    /// Runs a command on the engine, and writes its entry. A duplicate gets none, and neither does
    /// a command that the machine failed (kind 4002).
    ///
    /// # Errors
    ///
    /// The entry cannot be written. A command that would have committed is then undone.
    pub fn run<'e, H: StoreLayer>(
        &mut self,
        engine: &'e mut Engine<H>,
        command: &RuntimeCommandRef<'_>,
    ) -> Result<Outcome<'e>, RecordError> {
        let Self { log, position } = self;
        let number = position.entry + 1;
        let outcome = engine
            .run_recorded(command, |tx_seq, transaction| {
                record_committed(log, position, command, tx_seq, transaction)
            })
            .map_err(|error| match error {
                NotRecorded::Append(error) => not_written(number, &error),
                NotRecorded::Memory(error) => {
                    RecordError { entry: number, reason: error.to_string() }
                }
            })?;
        let unchanged = match &outcome {
            Outcome::Rejected(refused) => Some(EntryOutcome::Rejected(logged(refused))),
            Outcome::Failed(failed) if failed.kind != HOST_INTERNAL_ERROR => {
                Some(EntryOutcome::Failed(logged(failed)))
            }
            _ => None,
        };
        if let Some(unchanged) = unchanged {
            record_unchanged(log, position, command, unchanged)
                .map_err(|error| not_written(number, &error))?;
        }
        Ok(outcome)
    }

    /// Flushes the sink.
    ///
    /// # Errors
    ///
    /// The sink fails.
    pub fn flush(&mut self) -> Result<(), RecordError> {
        let entry = self.position.entry;
        let flushed = self.log.sink().inner_mut().flush();
        flushed.map_err(|error| RecordError { entry, reason: error.to_string() })
    }

    /// The position behind the last entry.
    #[must_use]
    pub fn position(&self) -> &LogPosition {
        &self.position
    }

    /// Gives the sink back.
    pub fn into_sink(self) -> W {
        self.log.into_sink().into_inner()
    }
}

impl<W: Write> fmt::Debug for Recorder<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("position", &self.position).finish_non_exhaustive()
    }
}

fn logged<'f>(failure: &CallFailure<'f>) -> EntryFailure<'f> {
    EntryFailure { kind: failure.kind, text: failure.message }
}

fn not_written(entry: u64, error: &EncodeError<io::Error>) -> RecordError {
    RecordError { entry, reason: error.to_string() }
}
