//! The commands of a run, one after another.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::Arc;

use statevec_host::foreign_text::Escaped;

use super::commands::{Commands, InputError};
use super::crash::{self, Call};
use super::error::CliError;
use super::interrupt::Interrupt;
use super::outcome_buffer::OutcomeBuffer;
use super::runner::{Ran, Runner};
use super::stdio::tell;
use super::summary::Counts;

/// How commands are run.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct StreamOptions {
    /// Go on after a line that is no command.
    pub(crate) keeps_going: bool,
    /// Check the invariants after each committed command.
    pub(crate) checks_each: bool,
    /// Print debug messages.
    pub(crate) logs: bool,
    /// Print no outcomes.
    pub(crate) is_silent: bool,
}

/// How the commands ended without an error.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    AllRan,
    OutputClosed,
}

/// Takes commands from an input, runs them on an engine, and writes outcomes to an output.
pub(crate) struct Stream<'r, R: Runner, W: Write> {
    pub(crate) runner: &'r mut R,
    pub(crate) commands: &'r mut Commands,
    pub(crate) output: Rc<RefCell<OutcomeBuffer<W>>>,
    pub(crate) options: StreamOptions,
    pub(crate) interrupt: Option<&'r Interrupt>,
    pub(crate) counts: Counts,
}

impl<R: Runner, W: Write> Stream<'_, R, W> {
    /// Runs the commands and prints their outcomes. Those before an error have been printed.
    pub(crate) fn run(&mut self) -> Result<End, CliError> {
        let result = self.run_all();
        let finished = self.finish();
        // The error that came first is the one to report.
        match result.and(finished) {
            Ok(()) => Ok(End::AllRan),
            Err(CliError::Output { source }) if source.kind() == io::ErrorKind::BrokenPipe => {
                Ok(End::OutputClosed)
            }
            Err(error) => Err(error),
        }
    }

    fn finish(&mut self) -> Result<(), CliError> {
        let mut output = self.output.borrow_mut();
        let finished = self.runner.finish(&mut *output);
        finished.and(output.flush().map_err(output_error))
    }

    /// Runs one command at a time: a line of JSON costs many times what a batch would save.
    fn run_all(&mut self) -> Result<(), CliError> {
        let schema = self.runner.with_store(|store| Arc::clone(store.schema()));
        loop {
            self.check_interrupt()?;
            let (line, command) = match self.commands.next(&schema) {
                Ok(Some(next)) => next,
                Ok(None) => return Ok(()),
                Err(error) => {
                    self.go_on_after(error)?;
                    continue;
                }
            };
            let ext_seq = command.ext_seq();
            let mut output = self.output.borrow_mut();
            output.before_call().map_err(output_error)?;
            let call = Call::Command { line, ext_seq };
            let ran = crash::during(call, || self.runner.run(&command, &mut self.counts))?;
            self.runner.print(&mut *output)?;
            drop(output);
            self.after_command(ext_seq, ran)?;
        }
    }

    /// Prints debug messages, ends the run after a failure, and checks invariants.
    #[inline]
    fn after_command(&mut self, ext_seq: u64, ran: Ran) -> Result<(), CliError> {
        let Ran { is_committed, failure } = ran;
        if self.options.logs {
            self.print_log(ext_seq);
        }
        if let Some(source) = failure {
            return Err(CliError::CommandFailed { place: self.commands.place().clone(), source });
        }
        if self.options.checks_each && is_committed {
            self.check_invariants()?;
        }
        Ok(())
    }

    fn print_log(&self, ext_seq: u64) {
        self.runner.with_store(|store| {
            for message in store.log() {
                let message = String::from_utf8_lossy(message);
                tell(&format_args!("log: ext_seq {ext_seq}: {}", Escaped(message)));
            }
        });
    }

    fn check_invariants(&mut self) -> Result<(), CliError> {
        crash::during(Call::Validate, || self.runner.validate()).map_err(|source| {
            let place = self.commands.place().clone();
            CliError::InvariantsAfter { place, source }
        })
    }

    fn check_interrupt(&self) -> Result<(), CliError> {
        match self.interrupt.and_then(Interrupt::received) {
            Some(signal) => Err(CliError::Interrupted { signal, commands: self.counts.commands }),
            None => Ok(()),
        }
    }

    /// Prints the error of a line that is no command, so that the reader of the outcomes sees why
    /// one is missing, or why there are no more of them.
    #[cold]
    fn go_on_after(&mut self, error: InputError) -> Result<(), CliError> {
        // A signal and a failed flush end a wait for input with an error, too.
        self.check_interrupt()?;
        if let Some(failure) = self.runner.take_failure() {
            return Err(failure);
        }
        let mut output = self.output.borrow_mut();
        if let Some(source) = output.take_failure() {
            return Err(output_error(source));
        }
        if let Some(line) = error.to_line().filter(|_| !self.options.is_silent) {
            self.runner.answer(&line, &mut *output)?;
        }
        if !self.options.keeps_going || !error.is_of_one_line() {
            return Err(error.into());
        }
        self.counts.invalid += 1;
        Ok(())
    }
}

fn output_error(source: io::Error) -> CliError {
    CliError::Output { source }
}

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;
