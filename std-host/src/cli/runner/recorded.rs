//! `run --record`: each entry goes into one file.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::PathBuf,
};

use statevec_abi::boundary::RuntimeCommandRef;
use statevec_host::{
    GuardedEngine, PluginFailure, Store, StoreLimits,
    durable::{RecordError, Recorder},
    txlog::LogHeader,
};

use super::{
    Ran, Runner,
    memory::{Lines, unloaded},
};
use crate::cli::error::CliError;
use crate::cli::named_path::NamedPath;
use crate::cli::summary::Counts;

/// Runs commands, and writes their entries to a file.
pub(crate) struct RecordedRunner {
    engine: GuardedEngine,
    recorder: Recorder<BufWriter<File>>,
    lines: Lines,
    path: PathBuf,
}

impl RecordedRunner {
    /// Creates the file, which must not exist yet.
    pub(crate) fn new(
        engine: GuardedEngine,
        file: &NamedPath,
        config: &str,
        is_silent: bool,
    ) -> Result<Self, CliError> {
        let path = file.shown();
        let file = File::create_new(file.place());
        let file = file.map_err(|source| CliError::RecordFile { path: path.into(), source })?;
        let header = LogHeader::of_plugin(engine.plugin(), config, StoreLimits::default());
        let recorder = Recorder::begin(BufWriter::with_capacity(256 << 10, file), &header)
            .map_err(|source| CliError::Record { path: path.into(), source })?;
        let lines = Lines::new(engine.plugin(), is_silent);
        Ok(Self { engine, recorder, lines, path: path.into() })
    }

    fn failed(&self, source: RecordError) -> CliError {
        CliError::Record { path: self.path.clone(), source }
    }
}

impl Runner for RecordedRunner {
    fn run(
        &mut self,
        command: &RuntimeCommandRef<'_>,
        counts: &mut Counts,
    ) -> Result<Ran, CliError> {
        let Self { engine, recorder, lines, path } = self;
        let ran = match engine {
            GuardedEngine::Open(engine) => recorder.run(engine, command),
            GuardedEngine::Limited(engine) => recorder.run(engine, command),
        };
        let outcome = ran.map_err(|source| CliError::Record { path: path.clone(), source })?;
        Ok(lines.push_outcome(command, outcome, counts))
    }

    fn print(&mut self, out: &mut impl Write) -> Result<(), CliError> {
        self.lines.print(out)
    }

    fn finish(&mut self, out: &mut impl Write) -> Result<(), CliError> {
        self.lines.print(out)?;
        self.recorder.flush().map_err(|source| self.failed(source))
    }

    fn with_store<R>(&self, f: impl FnOnce(&Store) -> R) -> R {
        f(self.engine.store())
    }

    fn validate(&mut self) -> Result<(), PluginFailure> {
        self.engine.validate().map_err(PluginFailure::from)
    }

    fn unload(self) -> (Store, Result<(), CliError>) {
        let path = self.path;
        let written = self.recorder.into_sink().into_inner();
        let (store, unloaded) = unloaded(self.engine.unload());
        let synced =
            written.map_err(std::io::IntoInnerError::into_error).and_then(|file| file.sync_all());
        (store, unloaded.and(synced.map_err(|source| CliError::RecordFile { path, source })))
    }
}
