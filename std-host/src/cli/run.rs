//! `run`: commands in, outcomes out.

use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use statevec_host::json::JsonWriter;
use statevec_host::{Engine, EngineError, Outcome};

use super::args::RunArgs;
use super::commands::{self, Commands};
use super::config;
use super::error::CliError;
use super::plugin;
use super::progress::Progress;
use super::state::StateFile;
use super::summary::{Counts, Summary};

pub(crate) fn run(args: &RunArgs) -> Result<(), CliError> {
    // What is wrong with the arguments shows before a plugin is built.
    let config = config::read(&args.config)?;
    let (input, len) = commands::open(&args.commands)?;
    args.state_out.as_deref().map_or(Ok(()), StateFile::try_out)?;
    let plugin = plugin::open(&args.plugin, &args.trust, args.quiet)?;
    let mut engine = Engine::create(&plugin, &config)?;

    let (progress, input) = Progress::watch(input, len, args.quiet);
    let mut commands = Commands::new(input, &args.commands, plugin.schema());
    let mut counts = Counts::default();
    let start = Instant::now();
    let end = run_commands(&mut engine, &mut commands, io::stdout().lock(), &mut counts);
    progress.clear();
    if let Ok(End::OutputClosed) = end {
        // Whoever reads has seen enough. That is no error, unless there was more to do than to print.
        let was_all = !args.check_invariants && args.state_out.is_none();
        return if was_all { Ok(()) } else { Err(CliError::OutputClosed) };
    }
    if !args.quiet {
        tell(&Summary::since(start, counts));
    }
    end?;
    if args.check_invariants {
        engine.validate().map_err(|failure| CliError::Invariants { source: failure.into() })?;
        if !args.quiet {
            tell(&"the plugin's invariants hold");
        }
    }
    finish(engine, args.state_out.as_deref())
}

/// Writes the records, and puts the file in place once the plugin, too, has ended well.
fn finish(engine: Engine, state_out: Option<&Path>) -> Result<(), CliError> {
    let Some(path) = state_out else {
        engine.unload().map_err(EngineError::from)?;
        return Ok(());
    };
    let state = StateFile::create(path)?;
    state.write(engine.store())?;
    engine.unload().map_err(EngineError::from)?;
    Ok(state.publish()?)
}

/// Why the commands ended without an error.
#[derive(Debug, PartialEq, Eq)]
enum End {
    AllRan,
    OutputClosed,
}

/// Runs the commands and prints what became of each. What ran before an error has been printed.
fn run_commands(
    engine: &mut Engine,
    commands: &mut Commands,
    out: impl Write,
    counts: &mut Counts,
) -> Result<End, CliError> {
    let mut out = BufWriter::with_capacity(64 << 10, out);
    let result = stream(engine, commands, &mut out, counts);
    let result = result.and_then(|()| out.flush().map_err(|source| CliError::Output { source }));
    match result {
        Ok(()) => Ok(End::AllRan),
        Err(CliError::Output { source }) if source.kind() == io::ErrorKind::BrokenPipe => {
            Ok(End::OutputClosed)
        }
        Err(error) => {
            // The error that came first is the one to tell.
            let _ = out.flush();
            Err(error)
        }
    }
}

/// One command at a time: a line of JSON costs many times what a batch of prepared commands would save.
fn stream(
    engine: &mut Engine,
    commands: &mut Commands,
    out: &mut impl Write,
    counts: &mut Counts,
) -> Result<(), CliError> {
    let schema = Arc::clone(engine.plugin().schema());
    let writer = JsonWriter::new(&schema);
    let mut line = String::new();
    loop {
        if commands.may_block() {
            out.flush().map_err(|source| CliError::Output { source })?;
        }
        let Some(command) = commands.next(&schema)? else {
            return Ok(());
        };
        let outcome = engine.run(&command);
        counts.count(&outcome);
        line.clear();
        writer.outcome(command.ext_seq(), command.command_kind(), &outcome, &mut line);
        line.push('\n');
        out.write_all(line.as_bytes()).map_err(|source| CliError::Output { source })?;
        if let Outcome::Failed(failure) = outcome {
            let (place, source) = (commands.place().clone(), failure.into());
            return Err(CliError::CommandFailed { place, source });
        }
    }
}

/// Tells something on stderr. Where that is closed there is nobody to tell.
fn tell(what: &dyn std::fmt::Display) {
    let _ = writeln!(io::stderr(), "{what}");
}

#[cfg(test)]
mod tests;
