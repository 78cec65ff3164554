//! `run`: commands in, outcomes out.

use std::cell::RefCell;
use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use statevec_host::{EngineError, GuardedEngine, LoadedPlugin, Store};
use statevec_host::{
    durable::{DataDirectory, begin_with_records},
    storage::FileSystem,
};

use super::args::{CheckInvariants, ExtSeq, RunArgs};
use super::commands::{self, Commands};
use super::config;
use super::crash::{self, Call};
use super::error::CliError;
use super::interrupt::Interrupt;
use super::limits::LimitsText;
use super::named_path::NamedPath;
use super::outcome_buffer::{FlushFirst, OutcomeBuffer};
use super::plugin;
use super::progress::Progress;
use super::runner::{DurableRunner, SyncFirst};
use super::runner::{MemoryRunner, RecordedRunner, Runner, TracedEngine};
use super::state::{Identity, StateOut, read_state};
use super::stdio::{Source, Stdout, tell};
use super::stream::{End, Stream, StreamOptions};
use super::summary::Summary;

pub(crate) fn run(args: &RunArgs) -> Result<(), CliError> {
    // Mistakes in the arguments show before a plugin is built, and all paths are resolved before
    // its code runs.
    let config = config::read(&args.config)?;
    let limits = LimitsText::read(args.limits.as_deref())?;
    let (input, len) = commands::open(&args.commands)?;
    let state_out = find_state_out(args, &input)?;
    let setup = |source| CliError::Setup { source };
    let named = |path: &Option<PathBuf>| path.as_deref().map(NamedPath::find).transpose();
    let data = named(&args.durability.data).map_err(setup)?;
    // A path that is not there yet becomes a new directory.
    if let Some(data) = &data
        && fs::metadata(data.place()).is_ok_and(|found| !found.is_dir())
    {
        return Err(CliError::DataIsNoFolder { path: data.shown().into() });
    }
    let record = named(&args.durability.record).map_err(setup)?;
    let state_in = named(&args.state_in).map_err(setup)?;
    let interrupt = Interrupt::watch().map_err(setup)?;
    let stdout = Stdout::take().map_err(setup)?;
    let is_terminal = stdout.is_terminal();
    let output = Rc::new(RefCell::new(OutcomeBuffer::of_stdout(stdout)));

    let plugin = plugin::open(&args.plugin, &args.trust, args.quiet)
        .map_err(|error| CliError::from(error).or_signal(&interrupt))?;
    let plugin = limits.apply(plugin)?;
    if let Some(state_out) = &state_out {
        check_differs_from(state_out, &plugin)?;
    }
    let records = match &state_in {
        Some(file) => Some(read_state(file, plugin.schema())?),
        None => None,
    };
    let input = prepare_input(input, &interrupt);
    let (progress, input) = Progress::watch(input, len, !args.quiet && !is_terminal);
    let input = Box::new(FlushFirst::new(input, Rc::clone(&output)));
    let parts = Parts { args, output, interrupt, progress };

    if let Some(data) = &data {
        let (silent, quiet) = (args.no_outcomes, args.quiet);
        let directory = DataDirectory::new(Arc::new(FileSystem), data.place());
        if let Some(records) = &records {
            begin_with_records(&directory, &plugin, records)?;
        }
        let runner = crash::during(Call::Create, || {
            DurableRunner::open(
                &directory,
                data.shown(),
                &plugin,
                &config,
                &args.durability,
                silent,
                quiet,
            )
        })?;
        let input = SyncFirst::new(input, runner.clone(), Rc::clone(&parts.output));
        let mut commands = read_commands(args, Box::new(input), &plugin);
        commands.go_on_after(runner.last_ext_seq().unwrap_or_default());
        return Session { parts, runner, commands }.run(state_out);
    }
    let commands = read_commands(args, input, &plugin);
    let store = records.map_or_else(|| Store::new(Arc::clone(plugin.schema())), Ok);
    let store = store.map_err(EngineError::from)?;
    if args.trace {
        let create = || TracedEngine::create(&plugin, &config, store);
        let engine = crash::during(Call::Create, create)?;
        let runner = MemoryRunner::new(&plugin, engine, args.no_outcomes);
        return Session { parts, runner, commands }.run(state_out);
    }
    let create = || GuardedEngine::with_store(&plugin, &config, store);
    let engine = crash::during(Call::Create, create).map_err(EngineError::from)?;
    match &record {
        Some(file) => {
            let runner = RecordedRunner::new(engine, file, &config, args.no_outcomes)?;
            Session { parts, runner, commands }.run(state_out)
        }
        None => {
            let runner = MemoryRunner::new(&plugin, engine, args.no_outcomes);
            Session { parts, runner, commands }.run(state_out)
        }
    }
}

fn read_commands(args: &RunArgs, input: Box<dyn Read>, plugin: &LoadedPlugin) -> Commands {
    let mut commands = Commands::new(input, &args.commands, plugin.schema());
    if args.ext_seq == Some(ExtSeq::Line) {
        commands.number_lines();
    }
    commands
}

/// The arguments of a run, its output, and the signals that end it.
struct Parts<'a> {
    args: &'a RunArgs,
    output: Rc<RefCell<OutcomeBuffer<Stdout>>>,
    interrupt: Interrupt,
    progress: Progress,
}

/// A run with its plugin and its input.
struct Session<'a, R> {
    parts: Parts<'a>,
    runner: R,
    commands: Commands,
}

impl<R: Runner> Session<'_, R> {
    fn run(mut self, state_out: Option<StateOut>) -> Result<(), CliError> {
        let result = self.run_commands();
        let result = result.and_then(|end| self.check_end(&end));
        let Self { parts, runner, commands } = self;
        // The input may share the runner.
        drop(commands);
        let (store, unloaded) = crash::during(Call::Unload, || runner.unload());
        let result = result.and(unloaded);
        let Some(state_out) = state_out.filter(|_| result.is_ok() || parts.args.state_out_on_error)
        else {
            return result;
        };
        let written = state_out.write(&store, &mut *parts.output.borrow_mut(), &parts.interrupt);
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
            keeps_going: self.parts.args.keep_going,
            checks_each: self.parts.args.check_invariants == Some(CheckInvariants::Each),
            logs: self.parts.args.log,
            is_silent: self.parts.args.no_outcomes,
        };
        let start = Instant::now();
        let mut stream = Stream {
            runner: &mut self.runner,
            commands: &mut self.commands,
            output: Rc::clone(&self.parts.output),
            options,
            interrupt: Some(&self.parts.interrupt),
            counts: Default::default(),
        };
        let end = stream.run();
        let counts = stream.counts;
        self.parts.progress.clear();
        if !self.parts.args.quiet && !matches!(end, Ok(End::OutputClosed)) {
            tell(&Summary::since(start, counts));
        }
        end
    }

    /// Checks the invariants, and whether more than printing was asked for.
    fn check_end(&mut self, end: &End) -> Result<(), CliError> {
        let checks = self.parts.args.check_invariants.is_some();
        if *end == End::OutputClosed {
            // The reader closed the pipe, which is an error only if there was more to do.
            let was_all = !checks && self.parts.args.state_out.is_none();
            return if was_all { Ok(()) } else { Err(CliError::OutputClosed) };
        }
        if checks {
            crash::during(Call::Validate, || self.runner.validate())
                .map_err(|source| CliError::Invariants { source })?;
            if !self.parts.args.quiet {
                tell(&"the plugin's invariants hold");
            }
        }
        Ok(())
    }
}

/// Finds the destination of the records. It must be none of the files that the run reads or writes.
fn find_state_out(args: &RunArgs, input: &Source) -> Result<Option<StateOut>, CliError> {
    let Some(path) = &args.state_out else { return Ok(None) };
    let state_out = StateOut::find(path, args.no_outcomes)?;
    state_out.check_differs("the file of the commands", input.identity())?;
    let config = args.config.config_file.as_deref().and_then(Identity::of_path);
    state_out.check_differs("the configuration file", config)?;
    let limits = args.limits.as_deref().and_then(Identity::of_path);
    state_out.check_differs("the file of --limits", limits)?;
    let state_in = args.state_in.as_deref().and_then(Identity::of_path);
    state_out.check_differs("the file of --state-in", state_in)?;
    state_out.check_differs("the plugin", Identity::of_path(&args.plugin))?;
    if let Some(record) = &args.durability.record {
        state_out.check_is_outside("the file of --record", record)?;
    }
    if let Some(data) = &args.durability.data {
        state_out.check_is_outside("a file of the data directory", data)?;
    }
    Ok(Some(state_out))
}

/// Refuses to overwrite the plugin's file. It is checked here, because a crate's folder has a
/// plugin only once it is built.
fn check_differs_from(state_out: &StateOut, plugin: &LoadedPlugin) -> Result<(), CliError> {
    let identity = plugin.path().and_then(Identity::of_path);
    Ok(state_out.check_differs("the plugin", identity)?)
}

fn prepare_input(mut input: Source, interrupt: &Interrupt) -> Box<Source> {
    input.end_wait_on(interrupt.clone());
    Box::new(input)
}
