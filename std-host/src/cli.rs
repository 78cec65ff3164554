//! The command line: arguments in, exit code out.

mod args;
mod bench;
mod check;
mod commands;
mod config;
mod crash;
mod data;
mod error;
mod header;
mod header_error;
mod inspect;
mod interrupt;
mod limits;
mod log;
mod log_place;
mod migrate;
mod named_path;
mod new;
mod outcome_buffer;
mod output;
mod plugin;
mod plugin_args;
mod progress;
mod replay;
mod run;
mod runner;
mod sample;
mod schema;
mod shell;
mod state;
mod stdio;
mod stream;
mod summary;
mod tables;

use std::process::ExitCode;

use args::{Action, Args};
use clap::Parser;
use error::CliError;
use interrupt::Interrupt;

pub(crate) fn main() -> ExitCode {
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            error.report();
            error.exit_code().into()
        }
    }
}

fn start() -> Result<(), CliError> {
    let _ends_on_its_own = crash::OwnWork;
    if let Some(folder) = check::child_folder() {
        return check::check_child(&folder);
    }
    let action = Args::parse().action;
    Interrupt::survive_file_size_limit().map_err(|source| CliError::Setup { source })?;
    match action {
        Action::Run(args) => run::run(&args),
        Action::Bench(args) => bench::bench(&args),
        Action::Check(args) => check::check(&args),
        Action::Commands(args) => sample::commands(&args),
        Action::Completions(args) => shell::completions(&args),
        Action::Man(args) => shell::man(&args),
        Action::Schema(args) => schema::schema(&args),
        Action::Inspect(args) => inspect::inspect(&args),
        Action::Header(args) => header::header(&args),
        Action::New(args) => new::new(&args),
        Action::Log(args) => log::log(&args),
        Action::Replay(args) => replay::replay(&args),
        Action::Migrate(args) => migrate::migrate(&args),
        Action::Status(args) => data::status(&args),
        Action::Checkpoint(args) => data::checkpoint(&args),
    }
}
