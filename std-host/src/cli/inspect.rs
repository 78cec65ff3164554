//! `inspect`: a plugin's declarations.

use std::io::{self, Write as _};

use serde::Serialize;
use serde_json::value::RawValue;
use statevec_host::foreign_text::escape_json;
use statevec_host::{LoadedPlugin, Sha256};

use super::args::InspectArgs;
use super::error::CliError;
use super::plugin::{self, PluginError};
use super::stdio::Stdout;
use super::tables::SchemaTables;

pub(crate) fn inspect(args: &InspectArgs) -> Result<(), CliError> {
    // Before the plugin's code runs: it may print, and change the working folder.
    let mut stdout = Stdout::take().map_err(|source| CliError::Setup { source })?;
    let plugin = plugin::open(&args.plugin, &args.trust, false)?;
    let sha256 = plugin.sha256().map_or_else(|| digest(&plugin), Ok)?;
    let text = if args.json {
        machine_form(&plugin, sha256)?
    } else {
        SchemaTables { plugin: &plugin, sha256 }.to_string()
    };
    match stdout.write_all(text.as_bytes()) {
        // The reader closed the pipe.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(|source| CliError::Output { source }),
    }
}

/// The digest of the loaded file. A linked plugin has no file; its digest is that of no bytes.
fn digest(plugin: &LoadedPlugin) -> Result<Sha256, CliError> {
    let digest = plugin.file_sha256().map_err(PluginError::from)?;
    digest.map_or_else(|| Sha256::of(&[][..]).map_err(|source| CliError::Output { source }), Ok)
}

/// The schema is printed as the plugin states it: its form is the contract's own (ABI.md section
/// 5), and so as stable. It is not parsed, so members that this program does not know, repeated
/// keys and deep values stay.
#[derive(Serialize)]
struct Machine<'a> {
    name: &'a str,
    abi_version: u32,
    catches_panics: Option<bool>,
    sha256: String,
    schema: &'a RawValue,
}

fn machine_form(plugin: &LoadedPlugin, sha256: Sha256) -> Result<String, CliError> {
    let form = || {
        let machine = Machine {
            name: plugin.name(),
            abi_version: plugin.abi_version(),
            catches_panics: plugin.catches_panics(),
            sha256: sha256.to_string(),
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
