//! `run`: commands in, outcomes out.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use statevec_host::json::OutcomeJson;
use statevec_host::{Engine, EngineError, Outcome};

use super::args::{ConfigArgs, RunArgs};
use super::commands::{self, Commands};
use super::error::CliError;
use super::plugin;
use super::progress::Progress;
use super::state::StateFile;
use super::summary::{Counts, Summary};

pub(crate) fn run(args: &RunArgs) -> Result<(), CliError> {
    // What is wrong with the arguments shows before a plugin is built.
    let config = read_config(&args.config)?;
    let (input, len) = commands::open(&args.commands)?;
    args.state_out.as_deref().map_or(Ok(()), StateFile::try_out)?;
    let plugin = plugin::open(&args.plugin, &args.trust, args.quiet)?;
    let mut engine = Engine::create(&plugin, &config)?;

    let (progress, input) = Progress::watch(input, len, args.quiet);
    let mut commands = Commands::new(input, &args.commands);
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

fn read_config(args: &ConfigArgs) -> Result<String, CliError> {
    let Some(path) = &args.config_file else {
        return Ok(args.config.clone().unwrap_or_default());
    };
    let text = fs::read_to_string(path)
        .map_err(|source| CliError::ConfigFile { path: path.clone(), source })?;
    // A byte order mark says how the text is stored, and is no part of it.
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
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
    loop {
        if commands.may_block() {
            out.flush().map_err(|source| CliError::Output { source })?;
        }
        let Some(command) = commands.next(&schema)? else {
            return Ok(());
        };
        let outcome = engine.run(&command);
        counts.count(&outcome);
        let line = OutcomeJson {
            schema: &schema,
            ext_seq: command.ext_seq(),
            command_kind: command.command_kind(),
            outcome: &outcome,
        };
        write_line(out, &line).map_err(|source| CliError::Output { source })?;
        if let Outcome::Failed(failure) = outcome {
            let (place, source) = (commands.place().clone(), failure.into());
            return Err(CliError::CommandFailed { place, source });
        }
    }
}

fn write_line(out: &mut impl Write, line: &OutcomeJson<'_>) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

/// Tells something on stderr. Where that is closed there is nobody to tell.
fn tell(what: &dyn std::fmt::Display) {
    let _ = writeln!(io::stderr(), "{what}");
}

#[cfg(test)]
mod tests;
