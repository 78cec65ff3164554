//! The whole host, in time: engine, store and the bank in a shared library, on one core.
//!
//! - `host`: measures everything and writes the tables of `benches/README.md`.
//! - `host loading`: only prints the paragraph about loading.
//! - `host load HOW LIBRARY...`, `host row ACCOUNTS`: one measurement in a process of its own. `host` starts
//!   them.

mod load;
mod scaling;
mod sweep;

use std::{env, error::Error, process::ExitCode};

use statevec_benches::{Machine, report::write_section};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        [] => measure(),
        ["loading"] => load::table().map(|text| print!("{text}")),
        ["load", how, libraries @ ..] => load::load(how, libraries),
        ["row", accounts] => scaling::print_row(accounts),
        _ => Err("usage: host [loading]".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("host: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result<(), Box<dyn Error>> {
    let Machine { processor, rustc, .. } = Machine::look();
    let mut text = format!(
        "Machine: {processor}. Toolchain: {rustc}, the workspace's release profile. Command: \
         `cargo run --release --features peers --bin host`. Times are the best of several runs.\n\n"
    );
    let rows = scaling::rows()?;
    text.push_str(&scaling::tables(&rows));
    scaling::draw(&rows)?;
    text.push_str(&sweep::tables()?);
    text.push_str(&load::table()?);
    write_section("host", &text)
}
