//! Errors that end the program, their report on stderr, and the exit code.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;

use statevec_abi::abi::runtime_error_kind::CONFIG_ERROR;
use statevec_host::foreign_text::EscapedLines;
use statevec_host::{
    EngineError, LoadError, PluginFailure,
    durable::{DurableError, MigrateError, RecordError},
    evolution::Compatibility,
    replay::ReplayError,
    txlog::LogError,
};

use super::bench::BenchError;
use super::check::error::CheckCommandError;
use super::commands::{InputError, Place};
use super::header_error::HeaderCommandError;
use super::interrupt::{Interrupt, Signal};
use super::limits::LimitsFileError;
use super::migrate;
use super::new::error::NewError;
use super::plugin::PluginError;
use super::state::{StateError, StateInError};
use super::stdio::tell;

#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    #[error(transparent)]
    Plugin(#[from] PluginError),
    #[error(transparent)]
    New(#[from] NewError),
    #[error(transparent)]
    Header(#[from] HeaderCommandError),
    #[error(transparent)]
    Check(#[from] CheckCommandError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Input(#[from] InputError),
    #[error(transparent)]
    State(#[from] StateError),
    #[error(transparent)]
    StateIn(#[from] StateInError),
    #[error(transparent)]
    Bench(#[from] BenchError),
    #[error(transparent)]
    Limits(#[from] LimitsFileError),
    #[error("--config-file {}: cannot be read", path.display())]
    ConfigFile { path: PathBuf, source: io::Error },
    #[error("{place}: the command failed, and the run ends here")]
    CommandFailed { place: Place, source: PluginFailure },
    #[error("the plugin's invariants do not hold")]
    Invariants { source: PluginFailure },
    #[error(
        "{place}: the plugin's invariants do not hold after this command, and the run ends here"
    )]
    InvariantsAfter { place: Place, source: PluginFailure },
    #[error(
        "standard output was closed before the last command; invariants were not checked and no state was written"
    )]
    OutputClosed,
    #[error("cannot write to standard output")]
    Output { source: io::Error },
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Durable(#[from] DurableError),
    #[error("cannot read the log {}; give a data directory or a log file", path.display())]
    LogPath { path: PathBuf, source: io::Error },
    #[error("cannot find the data directory {}; `run --data` makes one", path.display())]
    DataPath { path: PathBuf, source: io::Error },
    #[error(
        "{} is no transaction log; give a data directory, or a file that `run --record` or firmware wrote",
        path.display()
    )]
    NotALog { path: PathBuf },
    #[error("--from {from} is behind the last entry, {last}; give a number that is not above it")]
    FromBehindEnd { from: u64, last: u64 },
    #[error(
        "{} is a pipe or a device; give a data directory or a log file, which can be read twice",
        path.display()
    )]
    NoLogFile { path: PathBuf },
    #[error(
        "{} is not a data directory: it has no folder `log`; `run --data` makes one",
        path.display()
    )]
    NoDataDirectory { path: PathBuf },
    #[error("old state or old clients do not fit the new schema: {class}")]
    OldDoesNotFit { class: Compatibility },
    #[error("cannot write the manual pages to {}; give another folder", path.display())]
    ManPages { path: PathBuf, source: io::Error },
    #[error("cannot use the schema in {}", path.display())]
    SchemaFile { path: PathBuf, source: io::Error },
    #[error(
        "the schema in {} is not the one that the log was written with; give the schema of that build of {plugin}",
        path.display()
    )]
    OtherSchema { path: PathBuf, plugin: String },
    #[error(transparent)]
    Replay(#[from] ReplayError),
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    #[error("--default {field} stands there twice")]
    DefaultTwice { field: String },
    #[error("there is no state to write: the plugin could not be created anew")]
    NoState,
    #[error("recorded commands with another result now: {count}")]
    Diverged { count: u64 },
    #[error("--record {}: cannot be written; it must be a new file", path.display())]
    RecordFile { path: PathBuf, source: io::Error },
    #[error("--record {}", path.display())]
    Record { path: PathBuf, source: RecordError },
    #[error("--data {} is no folder; name one, or a new one", path.display())]
    DataIsNoFolder { path: PathBuf },
    #[error("--follow needs a data directory, and {} is a file", path.display())]
    FollowFile { path: PathBuf },
    #[error("{signal} ended the run; {commands} of the commands have run")]
    Interrupted { signal: Signal, commands: u64 },
    #[error("{signal} ended the replay after entry {entry}")]
    ReplayInterrupted { signal: Signal, entry: u64 },
    #[error("{signal} ended the checks before there was a report")]
    CheckInterrupted { signal: Signal },
    #[error("cannot set up standard input, standard output and signals")]
    Setup { source: io::Error },
}

impl CliError {
    /// The signal that came before this error, if one did: it may have ended the compiler, too.
    pub(crate) fn or_signal(self, interrupt: &Interrupt) -> Self {
        match interrupt.received() {
            Some(signal) => Self::Interrupted { signal, commands: 0 },
            None => self,
        }
    }

    /// 2 for mistakes in arguments and input, 3 for a replay that differs, 1 for failures of the
    /// plugin, the host or the machine, and a signal's own code.
    pub(crate) fn exit_code(&self) -> u8 {
        let is_usage = match self {
            Self::Interrupted { signal, .. }
            | Self::ReplayInterrupted { signal, .. }
            | Self::CheckInterrupted { signal } => return signal.exit_code(),
            Self::Diverged { .. } => return 3,
            Self::Plugin(error) => error.is_usage(),
            Self::Check(error) => error.is_usage(),
            Self::Header(error) => error.is_usage(),
            Self::New(error) => error.is_usage(),
            Self::ManPages { source, .. } | Self::RecordFile { source, .. } => is_of_path(source),
            Self::Input(_)
            | Self::StateIn(_)
            | Self::Durable(DurableError::NotEmpty { .. })
            | Self::Bench(_)
            | Self::Limits(_)
            | Self::ConfigFile { .. }
            | Self::LogPath { .. }
            | Self::DataPath { .. }
            | Self::NotALog { .. }
            | Self::FromBehindEnd { .. }
            | Self::NoDataDirectory { .. }
            | Self::NoLogFile { .. }
            | Self::SchemaFile { .. }
            | Self::OtherSchema { .. }
            | Self::DefaultTwice { .. }
            | Self::DataIsNoFolder { .. }
            | Self::FollowFile { .. } => true,
            Self::State(error) => error.is_usage(),
            Self::Migrate(error) => migrate::is_usage(error),
            Self::Engine(error) | Self::Durable(DurableError::Engine(error)) => {
                matches!(error, EngineError::Create { source, .. } if source.kind == CONFIG_ERROR)
            }
            Self::Replay(_)
            | Self::NoState
            | Self::OldDoesNotFit { .. }
            | Self::Record { .. }
            | Self::Log(_)
            | Self::Durable(_)
            | Self::CommandFailed { .. }
            | Self::Invariants { .. }
            | Self::InvariantsAfter { .. }
            | Self::OutputClosed
            | Self::Output { .. }
            | Self::Setup { .. } => false,
        };
        if is_usage { 2 } else { 1 }
    }

    /// The options for the remedies that the text names.
    fn options(&self) -> &'static str {
        match self {
            Self::Plugin(PluginError::Load(
                LoadError::WorldWritable { .. } | LoadError::WritableByGroup { .. },
            )) => " (--sha256 HEX, --allow-world-writable)",
            _ => "",
        }
    }

    /// Writes the error and its causes to stderr.
    pub(crate) fn report(&self) {
        tell(&Report(self));
    }
}

/// Returns true if another path can avoid the error of writing a file. Otherwise there is no room
/// for the file.
pub(crate) fn is_of_path(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    !matches!(error.kind(), FileTooLarge | QuotaExceeded | StorageFull)
}

/// An error with its causes, one per line.
struct Report<'a>(&'a CliError);

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}{}", EscapedLines(self.0), self.0.options())?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, "\n  caused by: {}", EscapedLines(error))?;
            cause = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{CliError, PluginFailure, Report};
    use statevec_abi::abi::{RuntimeErrorPhase, runtime_error_kind};

    #[test]
    fn a_plugin_s_words_cannot_pass_for_the_program_s() {
        let source = PluginFailure {
            phase: RuntimeErrorPhase::ValidateBizInvariants,
            kind: runtime_error_kind::PLUGIN_REJECTED,
            message: "sum\nerror: \x1b[2Jall is well".to_owned(),
        };
        assert_eq!(
            Report(&CliError::Invariants { source }).to_string(),
            "error: the plugin's invariants do not hold\n  caused by: PLUGIN_REJECTED (2001): sum\n    error: \\u{1b}[2Jall is well"
        );
    }
}
