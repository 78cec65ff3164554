//! `statevec-host`: runs commands through a StateVec plugin, and shows what a plugin declares.
//!
//! Everything that it does with a plugin is the library's; here are arguments, files and what the terminal shows.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
