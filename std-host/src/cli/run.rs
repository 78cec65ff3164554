//! `run`: commands in, outcomes out.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Instant;

use statevec_host::{Engine, LoadedPlugin, Store};

use super::args::{CheckInvariants, RunArgs};
use super::commands::{self, Commands};
use super::config;
use super::crash::{self, Call};
use super::error::CliError;
use super::interrupt::Interrupt;
use super::outcome_buffer::{FlushFirst, OutcomeBuffer};
use super::plugin;
use super::progress::Progress;
use super::state::{Identity, StateOut};
use super::stdio::{Source, Stdout, tell};
use super::stream::{End, Stream, StreamOptions};
use super::summary::Summary;

pub(crate) fn run(args: &RunArgs) -> Result<(), CliError> {
    // Mistakes in the arguments show before a plugin is built, and all paths are resolved before
    // its code runs.
    let config = config::read(&args.config)?;
    let (input, len) = commands::open(&args.commands)?;
    let state_out = find_state_out(args, &input)?;
    let setup = |source| CliError::Setup { source };
    let interrupt = Interrupt::watch().map_err(setup)?;
    let stdout = Stdout::take().map_err(setup)?;
    let is_terminal = stdout.is_terminal();
    let output = Rc::new(RefCell::new(prepare_output(stdout)));

    let plugin = plugin::open(&args.plugin, &args.trust, args.quiet)?;
    if let Some(state_out) = &state_out {
        check_differs_from(state_out, &plugin)?;
    }
    let engine = crash::during(Call::Create, || Engine::create(&plugin, &config))?;
    let input = prepare_input(input, &interrupt);
    let (progress, input) = Progress::watch(input, len, !args.quiet && !is_terminal);
    let input = Box::new(FlushFirst::new(input, Rc::clone(&output)));
    let commands = Commands::new(input, &args.commands, plugin.schema());
    Session { args, engine, commands, output, interrupt, progress }.run(state_out)
}

/// A run that has everything that it needs.
struct Session<'a> {
    args: &'a RunArgs,
    engine: Engine,
    commands: Commands,
    output: Rc<RefCell<OutcomeBuffer<Stdout>>>,
    interrupt: Interrupt,
    progress: Progress,
}

impl Session<'_> {
    fn run(mut self, state_out: Option<StateOut>) -> Result<(), CliError> {
        let result = self.run_commands();
        let result = result.and_then(|end| self.check_end(&end));
        let (store, unloaded) = unload(self.engine);
        let result = result.and(unloaded);
        let Some(state_out) = state_out.filter(|_| result.is_ok() || self.args.state_out_on_error)
        else {
            return result;
        };
        let written = state_out.write(&store, &mut *self.output.borrow_mut(), &self.interrupt);
        match (result, written) {
            (Ok(()), written) => Ok(written?),
            (Err(error), Ok(())) => Err(error),
            (Err(error), Err(unwritten)) => {
                CliError::from(unwritten).report();
                Err(error)
            }
        }
    }

    fn run_commands(&mut self) -> Result<End, CliError> {
        let options = StreamOptions {
            keeps_going: self.args.keep_going,
            checks_each: self.args.check_invariants == Some(CheckInvariants::Each),
            logs: self.args.log,
            is_silent: self.args.no_outcomes,
        };
        let start = Instant::now();
        let mut stream = Stream {
            engine: &mut self.engine,
            commands: &mut self.commands,
            output: Rc::clone(&self.output),
            options,
            interrupt: Some(&self.interrupt),
            counts: Default::default(),
        };
        let end = stream.run();
        let counts = stream.counts;
        self.progress.clear();
        if !self.args.quiet && !matches!(end, Ok(End::OutputClosed)) {
            tell(&Summary::since(start, counts));
        }
        end
    }

    /// Checks the invariants, and whether more than printing was asked for.
    fn check_end(&mut self, end: &End) -> Result<(), CliError> {
        let checks = self.args.check_invariants.is_some();
        if *end == End::OutputClosed {
            // The reader has seen enough, which is an error only if there was more to do.
            let was_all = !checks && self.args.state_out.is_none();
            return if was_all { Ok(()) } else { Err(CliError::OutputClosed) };
        }
        if checks {
            crash::during(Call::Validate, || self.engine.validate())
                .map_err(|failure| CliError::Invariants { source: failure.into() })?;
            if !self.args.quiet {
                tell(&"the plugin's invariants hold");
            }
        }
        Ok(())
    }
}

/// Unloads the plugin. The records are left, however that goes.
fn unload(engine: Engine) -> (Store, Result<(), CliError>) {
    match crash::during(Call::Unload, || engine.unload()) {
        Ok(store) => (store, Ok(())),
        Err(failure) => {
            let (error, store) = failure.into_parts();
            (store, Err(error.into()))
        }
    }
}

/// Finds the destination of the records. It must be none of the files that the run reads.
fn find_state_out(args: &RunArgs, input: &Source) -> Result<Option<StateOut>, CliError> {
    let Some(path) = &args.state_out else { return Ok(None) };
    let state_out = StateOut::find(path, args.no_outcomes)?;
    state_out.check_differs("the file of the commands", input.identity())?;
    let config = args.config.config_file.as_deref().and_then(Identity::of_path);
    state_out.check_differs("the configuration file", config)?;
    state_out.check_differs("the plugin", Identity::of_path(&args.plugin))?;
    Ok(Some(state_out))
}

/// A crate's folder has a plugin only once it is built.
fn check_differs_from(state_out: &StateOut, plugin: &LoadedPlugin) -> Result<(), CliError> {
    let identity = plugin.path().and_then(Identity::of_path);
    Ok(state_out.check_differs("the plugin", identity)?)
}

fn prepare_input(mut input: Source, interrupt: &Interrupt) -> Box<Source> {
    input.end_wait_on(interrupt.clone());
    Box::new(input)
}

fn prepare_output(stdout: Stdout) -> OutcomeBuffer<Stdout> {
    let is_read_meanwhile = stdout.is_read_meanwhile();
    let mut output = OutcomeBuffer::new(stdout);
    #[cfg(unix)]
    output.save_in_crash();
    if is_read_meanwhile {
        output.flush_each();
    }
    output
}
