//! The plugin's configuration text.

use statevec_abi::boundary::limits;
use statevec_host::text_file;

use super::error::CliError;
use super::plugin_args::ConfigArgs;

/// The text of `--config` or of the file of `--config-file`; empty if neither is given.
pub(crate) fn read(args: &ConfigArgs) -> Result<String, CliError> {
    let Some(path) = &args.config_file else { return Ok(args.config.clone().unwrap_or_default()) };
    text_file::read(path, limits::CONFIG)
        .map_err(|source| CliError::ConfigFile { path: path.clone(), source })
}
