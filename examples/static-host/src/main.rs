#![forbid(unsafe_code)]
//! A host with plugins linked in: `statevec-static-host PLUGIN < commands.jsonl`.
//!
//! It prints what `statevec-host run` prints for the same plugin as a shared library. Each plugin
//! is one line of a constant list; none exports a symbol, so any number of them fit into one
//! program.

mod votes;

use std::{
    error::Error,
    io::{BufRead as _, Write as _},
    process::ExitCode,
};

use statevec_abi::prelude::*;
use statevec_host::{Engine, LoadedPlugin, Outcome, json};

const PLUGINS: &[StaticPlugin] =
    &[static_plugin!(statevec_bank::Bank, slots = 1), static_plugin!(votes::Votes, slots = 1)];

fn main() -> ExitCode {
    let Some(name) = std::env::args().nth(1) else {
        eprintln!("usage: statevec-static-host PLUGIN < commands.jsonl\nplugins: {}", names());
        return ExitCode::from(2);
    };
    match run(&name) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(name: &str) -> Result<(), Box<dyn Error>> {
    let plugin = StaticPlugin::find(PLUGINS, name)
        .ok_or_else(|| format!("no plugin {name} is linked in; there are: {}", names()))?;
    let plugin = LoadedPlugin::from_static(plugin)?;
    let mut engine = Engine::create(&plugin, "")?;
    let mut stdout = std::io::stdout().lock();
    let writer = json::JsonWriter::new(plugin.schema());
    let mut payload = Vec::new();
    let mut ext_seq = 0_u64;
    for (number, line) in (1..).zip(std::io::stdin().lock().lines()) {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        payload.clear();
        let command = json::parse_command(plugin.schema(), line.as_bytes(), &mut payload)
            .map_err(|error| format!("line {number}: {error}"))?;
        let next = command.ext_seq.or_else(|| ext_seq.checked_add(1));
        ext_seq = next.ok_or("no ext_seq is left after the last")?;
        let view = RuntimeCommandRef::new(command.kind, ext_seq, command.ref_ext_time_us, &payload);
        let outcome = engine.run(&view);
        let mut line = String::new();
        writer.outcome(ext_seq, command.kind, &outcome, &mut line);
        writeln!(stdout, "{line}")?;
        if matches!(outcome, Outcome::Failed(_)) {
            return Err(format!("line {number}: the plugin failed").into());
        }
    }
    Ok(())
}

fn names() -> String {
    let names: Vec<_> = PLUGINS.iter().map(StaticPlugin::name).collect();
    names.join(", ")
}
