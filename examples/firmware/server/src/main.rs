#![forbid(unsafe_code)]
//! Runs an image's commands on the server's host and prints the same lines. It reads the JSON lines
//! that the image was made from, through the server's own decoder.
//!
//! The arguments name the plugins: `bank tally` are those of the image without a heap, `inventory`
//! that of the image with one.

use std::{env, error::Error, fs};

use statevec_abi::prelude::*;
use statevec_abi_alloc::static_runtime_plugin;
use statevec_host::{Engine, LoadedPlugin, Outcome, json};
use statevec_transcript as transcript;

/// The plugins of the images, and where their commands are.
const PLUGINS: &[(StaticPlugin, &str)] = &[
    (
        static_plugin!(statevec_bank::Bank, slots = 1),
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../bank/commands.jsonl"),
    ),
    (
        static_plugin!(statevec_tally::Tally, slots = 1),
        concat!(env!("CARGO_MANIFEST_DIR"), "/../tally/commands.jsonl"),
    ),
    (
        static_runtime_plugin!(Box::new(statevec_boxed::Factory)),
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../boxed/commands.jsonl"),
    ),
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = String::new();
    for name in env::args().skip(1) {
        let plugin = PLUGINS.iter().find(|(plugin, _)| plugin.name() == name);
        let (plugin, commands) = plugin.ok_or_else(|| format!("there is no plugin {name}"))?;
        run(&LoadedPlugin::from_static(plugin)?, &fs::read(commands)?, &mut out)?;
    }
    print!("{out}");
    Ok(())
}

fn run(plugin: &LoadedPlugin, lines: &[u8], out: &mut String) -> Result<(), Box<dyn Error>> {
    let mut engine = Engine::create(plugin, "")?;
    transcript::plugin(out, plugin.name())?;
    let mut last_seq = 0;
    for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let mut payload = Vec::new();
        let command = json::parse_command(plugin.schema(), line, &mut payload)?;
        last_seq = command.ext_seq.unwrap_or(last_seq + 1);
        let command =
            RuntimeCommandRef::new(command.kind, last_seq, command.ref_ext_time_us, &payload);
        match engine.run(&command) {
            Outcome::Committed { tx_seq, events } => {
                transcript::outcome(out, last_seq, Ok(tx_seq))?;
                for event in events {
                    transcript::event(out, event.kind, event.payload)?;
                }
            }
            Outcome::Rejected(failure) | Outcome::Failed(failure) => {
                transcript::outcome(out, last_seq, Err(failure))?;
            }
            Outcome::Duplicate { last_ext_seq } => {
                return Err(format!("ext_seq {last_seq} is not above {last_ext_seq}").into());
            }
        }
    }
    transcript::invariants(out, engine.validate())?;
    transcript::digest(out, engine.store().digest())?;
    Ok(())
}
