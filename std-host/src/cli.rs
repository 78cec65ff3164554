//! The command line: arguments in, exit code out.

mod args;
mod build;
mod commands;
mod config;
mod data;
mod error;
mod inspect;
mod log;
mod output;
mod plugin;
mod progress;
mod run;
mod state;
mod summary;
mod tables;

use std::process::ExitCode;

use args::{Action, Args};
use clap::Parser;

pub(crate) fn main() -> ExitCode {
    let result = match Args::parse().action {
        Action::Run(args) => run::run(&args),
        Action::Inspect(args) => inspect::inspect(&args),
        Action::Log(args) => log::log(&args),
        Action::Status(args) => data::status(&args),
        Action::Checkpoint(args) => data::checkpoint(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            error.report();
            error.exit_code()
        }
    }
}
