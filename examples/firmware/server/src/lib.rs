#![forbid(unsafe_code)]
//! The server's side of the comparison: the plugins of the images and their commands, through the
//! server's own decoder.

use std::{error::Error, fs};

use statevec_abi::prelude::*;
use statevec_abi_alloc::static_runtime_plugin;
use statevec_host::{LoadedPlugin, json};

/// The plugins of the images, and the files with their commands.
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

/// A plugin and the JSON lines of its commands.
#[derive(Debug)]
pub struct Session {
    /// The plugin.
    pub plugin: LoadedPlugin,
    lines: Vec<u8>,
}

impl Session {
    /// The session of a plugin.
    ///
    /// # Errors
    ///
    /// There is no such plugin, or its commands cannot be read.
    pub fn of(name: &str) -> Result<Self, Box<dyn Error>> {
        let plugin = PLUGINS.iter().find(|(plugin, _)| plugin.name() == name);
        let (plugin, commands) = plugin.ok_or_else(|| format!("there is no plugin {name}"))?;
        Ok(Self { plugin: LoadedPlugin::from_static(plugin)?, lines: fs::read(commands)? })
    }

    /// Calls `run` with each command.
    ///
    /// # Errors
    ///
    /// A line is no command, or `run` fails.
    pub fn for_each_command(
        &self,
        mut run: impl FnMut(&RuntimeCommandRef<'_>) -> Result<(), Box<dyn Error>>,
    ) -> Result<(), Box<dyn Error>> {
        let mut last_seq = 0;
        for line in self.lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let mut payload = Vec::new();
            let command = json::parse_command(self.plugin.schema(), line, &mut payload)?;
            last_seq = command.ext_seq.unwrap_or(last_seq + 1);
            let time = command.ref_ext_time_us;
            run(&RuntimeCommandRef::new(command.kind, last_seq, time, &payload))?;
        }
        Ok(())
    }
}
