//! The arguments of every command that loads a plugin.

use std::path::PathBuf;

use statevec_host::Sha256;

/// Requirements on the plugin's file, checked before it is loaded.
#[derive(Debug, clap::Args)]
pub(crate) struct TrustArgs {
    /// Load the plugin only if its file has this SHA-256 digest, as `inspect` and sha256sum print
    /// it (Linux and Windows; not for a crate's folder)
    #[arg(long, value_name = "HEX")]
    pub(crate) sha256: Option<Sha256>,

    /// Load the plugin even if every user of this machine may change its file, or exchange it in
    /// its folder
    #[arg(long)]
    pub(crate) allow_world_writable: bool,
}

/// The plugin's configuration; empty by default.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
pub(crate) struct ConfigArgs {
    /// Configuration text for the plugin [default: empty]
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) config: Option<String>,

    /// File with the configuration text for the plugin, in UTF-8
    #[arg(long, value_name = "FILE")]
    pub(crate) config_file: Option<PathBuf>,
}

impl ConfigArgs {
    /// Returns true if there is a configuration on the command line, even an empty one.
    pub(crate) fn is_given(&self) -> bool {
        self.config.is_some() || self.config_file.is_some()
    }
}
