//! `run --data`: outcomes are printed after they are durable.

mod checkpoint_every;
mod checkpoint_note;
mod sync_every;
mod waiting;

use std::{
    cell::RefCell,
    io::{self, Read, Write},
    path::Path,
    rc::Rc,
};

use statevec_abi::{boundary::RuntimeCommandRef, txlog::EntryOutcome};
use statevec_host::{
    LoadedPlugin, PluginFailure, Store,
    durable::{CheckpointOptions, DataDirectory, DurableEngine, DurableOptions, Submitted},
    foreign_text::Escaped,
    json::JsonWriter,
};

use super::{Ran, Runner};
use crate::cli::args::DurabilityArgs;
use crate::cli::error::CliError;
use crate::cli::outcome_buffer::OutcomeBuffer;
use crate::cli::stdio::tell;
use crate::cli::summary::Counts;
pub(crate) use checkpoint_every::CheckpointEvery;
use checkpoint_note::CheckpointNote;
use sync_every::SyncClock;
pub(crate) use sync_every::SyncEvery;
use waiting::WaitingLines;

/// Frames that are written while further commands run.
const IN_FLIGHT: usize = 8;

/// Runs commands on a data directory. [`SyncFirst`] shares it.
#[derive(Clone)]
pub(crate) struct DurableRunner(Rc<RefCell<DurableRun>>);

struct DurableRun {
    engine: DurableEngine,
    writer: JsonWriter,
    waiting: WaitingLines,
    clock: SyncClock,
    is_silent: bool,
    /// The error of a sync before a read, which cannot report it.
    failure: Option<CliError>,
}

impl DurableRunner {
    /// Opens the directory, or creates it, and prints a note about its state.
    pub(crate) fn open(
        directory: &DataDirectory,
        shown: &Path,
        plugin: &LoadedPlugin,
        config: &str,
        args: &DurabilityArgs,
        is_silent: bool,
        is_quiet: bool,
    ) -> Result<Self, CliError> {
        let checkpoint = CheckpointOptions::default();
        let options = DurableOptions {
            config: config.into(),
            checkpoint: CheckpointOptions {
                every: args.checkpoint_every.map_or(checkpoint.every, CheckpointEvery::bytes),
                retention: args.keep_entries.into(),
                ..checkpoint
            },
            on_failure: args.on_failure.into(),
            strict_sequence: args.strict_sequence,
            frames_in_flight: IN_FLIGHT,
            holder: format!("statevec-host run, process {}", std::process::id()),
            ..DurableOptions::default()
        };
        let engine = DurableEngine::open(directory, plugin, options)?;
        if !is_quiet {
            tell(&format_args!("{}: {}", Escaped(shown.display()), engine.opened()));
        }
        Ok(Self(Rc::new(RefCell::new(DurableRun {
            engine,
            writer: JsonWriter::new(plugin.schema()),
            waiting: WaitingLines::default(),
            clock: SyncClock::new(args.sync_every.unwrap_or(SyncEvery::DEFAULT)),
            is_silent,
            failure: None,
        }))))
    }

    /// The `ext_seq` of the last command in the directory, which the numbers of new ones follow.
    pub(crate) fn last_ext_seq(&self) -> Option<u64> {
        self.0.borrow().engine.position().ext_seq
    }
}

impl Runner for DurableRunner {
    fn run(
        &mut self,
        command: &RuntimeCommandRef<'_>,
        counts: &mut Counts,
    ) -> Result<Ran, CliError> {
        let mut run = self.0.borrow_mut();
        let DurableRun { engine, writer, waiting, is_silent, .. } = &mut *run;
        let line = waiting.text();
        let start = line.len();
        let mut is_committed = false;
        let entry = match engine.submit(command)? {
            Submitted::Ran(logged) => {
                let entry = logged.entry();
                counts.count_logged(&entry);
                is_committed = matches!(entry.outcome, EntryOutcome::Committed { .. });
                if !*is_silent {
                    writer.logged_outcome(&entry, line);
                }
                Some(entry.number)
            }
            Submitted::Duplicate { original } => {
                counts.count_duplicate();
                let original = original.map(|logged| logged.entry());
                if !*is_silent {
                    let (ext_seq, kind) = (command.ext_seq(), command.command_kind());
                    writer.logged_duplicate(ext_seq, kind, original.as_ref(), line);
                }
                None
            }
        };
        if !*is_silent {
            line.push('\n');
        }
        waiting.end_line(start, entry);
        run.clock.count();
        // A failed command stops the engine, and the next one reports it.
        Ok(Ran { is_committed, failure: None })
    }

    fn print(&mut self, out: &mut impl Write) -> Result<(), CliError> {
        let mut run = self.0.borrow_mut();
        if run.waiting.is_long() {
            return run.sync(out);
        }
        if run.clock.is_due() {
            run.engine.start_sync()?;
            run.clock.restart();
            return run.print_durable(out);
        }
        Ok(())
    }

    /// The line waits until the commands before it are durable.
    fn answer(&mut self, line: &str, out: &mut impl Write) -> Result<(), CliError> {
        let mut run = self.0.borrow_mut();
        let text = run.waiting.text();
        let start = text.len();
        text.push_str(line);
        text.push('\n');
        run.waiting.end_line(start, None);
        run.print_durable(out)
    }

    fn finish(&mut self, out: &mut impl Write) -> Result<(), CliError> {
        let mut run = self.0.borrow_mut();
        run.sync(out)?;
        Ok(run.engine.check()?)
    }

    fn take_failure(&mut self) -> Option<CliError> {
        self.0.borrow_mut().failure.take()
    }

    fn with_store<R>(&self, f: impl FnOnce(&Store) -> R) -> R {
        f(self.0.borrow().engine.engine().store())
    }

    fn validate(&mut self) -> Result<(), PluginFailure> {
        self.0.borrow_mut().engine.validate()
    }

    fn unload(self) -> (Store, Result<(), CliError>) {
        match Rc::try_unwrap(self.0) {
            Ok(run) => {
                let (store, closed) = run.into_inner().engine.close_with_store();
                (store, closed.map(drop).map_err(CliError::from))
            }
            Err(_) => unreachable!("the input was dropped with the stream"),
        }
    }
}

impl DurableRun {
    /// Makes everything durable, and prints it. After a failure it prints the lines that were
    /// durable before.
    fn sync(&mut self, out: &mut impl Write) -> Result<(), CliError> {
        let synced = self.engine.sync();
        self.clock.restart();
        self.print_durable(out)?;
        synced?;
        Ok(())
    }

    fn print_durable(&mut self, out: &mut impl Write) -> Result<(), CliError> {
        if let Err(error) = self.engine.finished_checkpoint() {
            tell(&CheckpointNote { error: &error });
        }
        let printed = self.waiting.print(self.engine.durable(), out);
        printed.map_err(|source| CliError::Output { source })
    }
}

/// An input that makes everything durable, and prints it, before each read: a read may block, and
/// the sender of the commands may be waiting for the outcomes so far.
pub(crate) struct SyncFirst<R, W> {
    input: R,
    runner: DurableRunner,
    output: Rc<RefCell<OutcomeBuffer<W>>>,
}

impl<R, W> SyncFirst<R, W> {
    pub(crate) fn new(
        input: R,
        runner: DurableRunner,
        output: Rc<RefCell<OutcomeBuffer<W>>>,
    ) -> Self {
        Self { input, runner, output }
    }
}

impl<R: Read, W: Write> Read for SyncFirst<R, W> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut run = self.runner.0.borrow_mut();
        if let Err(error) = run.sync(&mut *self.output.borrow_mut()) {
            run.failure = Some(error);
            return Err(io::Error::other("the outcomes so far cannot be made durable"));
        }
        drop(run);
        self.input.read(buffer)
    }
}
