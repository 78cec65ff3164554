//! `statevec-host`: runs commands through a StateVec plugin, and shows a plugin's declarations.
//!
//! The library does all the work with plugins. The program adds arguments, files and terminal
//! output.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
