//! `inspect`: what a plugin declares.

use std::io::{self, Write as _};

use serde::Serialize;
use serde_json::value::RawValue;
use statevec_host::foreign_text::escape_json;
use statevec_host::{LoadedPlugin, Sha256};

use super::args::InspectArgs;
use super::error::CliError;
use super::plugin;
use super::stdio::Stdout;
use super::tables::Tables;

pub(crate) fn inspect(args: &InspectArgs) -> Result<(), CliError> {
    // Before the plugin's code runs: it may print, and change the working folder.
    let mut stdout = Stdout::take().map_err(|source| CliError::Setup { source })?;
    let plugin = plugin::open(&args.plugin, &args.trust, false)?;
    let sha256 =
        digest(&plugin).map_err(|source| CliError::Digest { path: args.plugin.clone(), source })?;
    let text = if args.json {
        machine_form(&plugin, sha256)?
    } else {
        Tables { plugin: &plugin, sha256 }.to_string()
    };
    match stdout.write_all(text.as_bytes()) {
        // The reader has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(|source| CliError::Output { source }),
    }
}

fn digest(plugin: &LoadedPlugin) -> io::Result<Sha256> {
    plugin.file_sha256()?.ok_or_else(|| io::ErrorKind::NotFound.into())
}

/// The schema is printed as the plugin states it: its form is the contract's own (ABI.md section 5),
/// and so as stable. It is not parsed, so members that this program does not know, repeated keys
/// and deep values stay.
#[derive(Serialize)]
struct Machine<'a> {
    name: &'a str,
    abi_version: u32,
    sha256: String,
    /// `null` when the plugin does not say it.
    catches_panics: Option<bool>,
    schema: &'a RawValue,
}

fn machine_form(plugin: &LoadedPlugin, sha256: Sha256) -> Result<String, CliError> {
    let form = || {
        let machine = Machine {
            name: plugin.name(),
            abi_version: plugin.abi_version(),
            sha256: sha256.to_string(),
            catches_panics: plugin.catches_panics(),
            schema: serde_json::from_str(plugin.schema_json())?,
        };
        serde_json::to_string_pretty(&machine)
    };
    // The schema was parsed when the plugin was loaded, so its text is JSON.
    let text = form().map_err(|error| CliError::Output { source: error.into() })?;
    Ok(escape_json(&text) + "\n")
}

#[cfg(test)]
mod tests;
