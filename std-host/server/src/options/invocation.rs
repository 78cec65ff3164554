//! The arguments of the program.

use std::{path::PathBuf, time::Duration};

use clap::{CommandFactory as _, FromArgMatches as _};

use statevec_host::Sha256;

use super::{
    Given, NatsSettings, OptionsError, Program, Settings,
    settings::{range, read_options, size},
};
use crate::other_build::{Job, Trial};

/// Run a StateVec plugin as a durable service
///
/// It answers a command after the command and its result are on stable storage. With SIGTERM or
/// SIGINT it takes no more commands, makes those that it took durable, and ends.
///
/// Exit codes: 0 after SIGTERM or SIGINT, 1 if something fails, 2 if an option is wrong, 4 if a
/// command failed and --on-failure is stop, 5 if a replica contradicts its stream or the others.
#[derive(Debug, clap::Parser)]
#[command(version, arg_required_else_help = true, args_conflicts_with_subcommands = true)]
struct Args {
    #[command(flatten)]
    given: Given,

    #[command(flatten)]
    file: OptionsFile,

    /// Check all options and the files that they name, and end
    #[arg(long)]
    check_config: bool,

    #[command(flatten)]
    trial: TrialArgs,

    #[command(subcommand)]
    command: Option<Subcommand>,
}

#[derive(Debug, clap::Args)]
struct OptionsFile {
    /// A TOML file with any of the other options: keys are their names without dashes in front.
    /// Arguments count before it
    #[arg(long, value_name = "FILE")]
    options: Option<PathBuf>,
}

#[derive(Debug, clap::Subcommand)]
enum Subcommand {
    /// Make the streams and buckets of replicas, or check those that exist
    ///
    /// It changes nothing that exists. Exit code 1: a setting would let messages be lost or
    /// repeated.
    InitStream(InitArgs),
}

#[derive(Debug, clap::Args)]
struct InitArgs {
    #[command(flatten)]
    given: Given,

    #[command(flatten)]
    file: OptionsFile,

    /// Nodes that store each message: 1, 3 or 5
    #[arg(long, value_name = "N", default_value_t = 3)]
    stream_replicas: u64,

    /// Seconds for which a message with the id of an earlier one is found to be a duplicate
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    duplicate_seconds: u64,
}

/// Arguments that a server adds for the process which tries another build of the plugin.
#[derive(Debug, clap::Args)]
struct TrialArgs {
    #[arg(long, hide = true, value_name = "DIR", requires_all = ["trial_now", "trial_to"])]
    trial_data: Option<PathBuf>,

    #[arg(long, hide = true, value_name = "HEX")]
    trial_now: Option<Sha256>,

    #[arg(long, hide = true, value_name = "HEX")]
    trial_expected: Option<Sha256>,

    #[arg(long, hide = true, value_name = "N", default_value_t = 1)]
    trial_from: u64,

    #[arg(long, hide = true, value_name = "N")]
    trial_to: Option<u64>,
}

/// A task of the program.
#[derive(Debug)]
#[non_exhaustive]
pub enum Invocation {
    /// Serve.
    Serve(Box<Settings>),
    /// Make or check the streams of replicas.
    InitStream(Box<InitSettings>),
    /// Try another build of the plugin for a server that runs, and print the findings.
    Trial(Box<Trial>),
    /// Nothing more: the options were to be checked, and are right.
    Checked,
}

/// Options for the streams of replicas, checked.
#[derive(Debug)]
pub struct InitSettings {
    pub(crate) nats: NatsSettings,
    pub(crate) stream_replicas: usize,
    pub(crate) duplicate_window: Duration,
}

impl Invocation {
    /// The arguments of this process. After a check of the options, a line on standard output says
    /// that they are right.
    ///
    /// Wrong arguments, `--help` and `--version` end the process.
    ///
    /// # Errors
    ///
    /// An option is missing or wrong, or a file that one names cannot be used.
    pub fn from_process() -> Result<Self, OptionsError> {
        // The subcommand takes the same file of options, and shows only its own.
        let command = Args::command().mut_subcommand("init-stream", |command| {
            command.mut_args(|arg| {
                let id = arg.get_id().as_str().to_owned();
                let own = ["stream", "subject", "options", "stream_replicas", "duplicate_seconds"];
                arg.hide(!id.starts_with("nats") && !own.contains(&id.as_str()))
            })
        });
        let args = Args::from_arg_matches(&command.get_matches());
        let Args { given, file, check_config, trial, command } =
            args.unwrap_or_else(|error| error.exit());
        if let Some(Subcommand::InitStream(init)) = command {
            return init.check().map(|settings| Self::InitStream(Box::new(settings)));
        }
        let settings = file.join(given).and_then(Settings::check);
        if let Some(job) = trial.job() {
            return Ok(Self::Trial(Box::new(Trial { job, settings })));
        }
        let settings = settings?;
        if check_config {
            println!("the options are right: {}", settings.summary());
            return Ok(Self::Checked);
        }
        let program = Program::of_this_process();
        Ok(Self::Serve(Box::new(Settings { program, ..settings })))
    }
}

impl TrialArgs {
    /// The job; `None` if this process is a server.
    fn job(self) -> Option<Job> {
        let Self { trial_data, trial_now, trial_expected, trial_from, trial_to } = self;
        Some(Job {
            data: trial_data?,
            now: trial_now?,
            expected: trial_expected,
            from: trial_from,
            to: trial_to?,
        })
    }
}

impl OptionsFile {
    /// The arguments, and the options of the file where there is none.
    fn join(&self, given: Given) -> Result<Given, OptionsError> {
        let file = self.options.as_deref().map(read_options).transpose()?;
        Ok(given.or(file.unwrap_or_default()))
    }
}

impl InitArgs {
    fn check(self) -> Result<InitSettings, OptionsError> {
        let mut given = self.file.join(self.given)?;
        let nats = NatsSettings::check(&mut given, 0)?
            .ok_or(OptionsError::Missing { option: "nats", example: "nats://HOST:4222" })?;
        let (nodes, seconds) = (Some(self.stream_replicas), Some(self.duplicate_seconds));
        Ok(InitSettings {
            nats,
            stream_replicas: size(range("stream-replicas", nodes, 3, 1, 5)?),
            duplicate_window: Duration::from_secs(range(
                "duplicate-seconds",
                seconds,
                120,
                1,
                86_400,
            )?),
        })
    }
}
