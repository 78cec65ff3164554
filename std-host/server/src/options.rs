//! Options, from arguments and from a file.

mod given;
mod invocation;
mod nats;
mod program;
mod settings;
mod text_file;

use std::{net::SocketAddr, path::PathBuf};

pub use invocation::{InitSettings, Invocation};
pub use settings::Settings;

pub(crate) use given::{Format, Given, OnFailure};
pub(crate) use nats::NatsSettings;
pub(crate) use program::Program;

/// An option that is missing, wrong, or contradicts another one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OptionsError {
    /// The file of options is not TOML, or names an option that does not exist.
    #[error("{} is not a file of options", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// The reason, with its line.
        source: Box<toml::de::Error>,
    },
    /// A required option is missing.
    #[error(
        "the option {option} is missing; give --{option} {example}, or write {option} = \"{example}\" into the file of --options"
    )]
    Missing {
        /// The option.
        option: &'static str,
        /// The form of its value.
        example: &'static str,
    },
    /// A number is outside its range.
    #[error("{option} is {found}; it must be from {least} to {most}")]
    Range {
        /// The option.
        option: &'static str,
        /// Its value.
        found: u64,
        /// The smallest value.
        least: u64,
        /// The largest value.
        most: u64,
    },
    /// Two options exclude each other.
    #[error("{one} and {other} exclude each other; give one of them")]
    Both {
        /// One of them.
        one: &'static str,
        /// The other one.
        other: &'static str,
    },
    /// The address can be reached from other machines, and requests need no token.
    #[error(
        "{listen} can be reached from other machines; give --token-file FILE with a secret, listen on 127.0.0.1, \
         or give --insecure if everybody who reaches the address may send commands"
    )]
    Open {
        /// The address.
        listen: SocketAddr,
    },
    /// A file that an option names cannot be used.
    #[error("{option} {}: {problem}", path.display())]
    File {
        /// The option.
        option: &'static str,
        /// The file.
        path: PathBuf,
        /// The problem and its remedy.
        problem: String,
    },
    /// The address of a NATS server is not one.
    #[error(
        "nats: {address:?} is no address ({problem}); give nats://HOST:PORT, or several with commas"
    )]
    Nats {
        /// The address.
        address: String,
        /// The problem.
        problem: String,
    },
    /// A name cannot be part of a subject.
    #[error("{option} is {found:?}; it must have 1 to 200 letters, digits, dashes or underscores{}",
        if more.is_empty() { String::new() } else { format!(", or characters of {more:?} between them") })]
    Name {
        /// The option.
        option: &'static str,
        /// Its value.
        found: String,
        /// Further characters that it may have.
        more: String,
    },
    /// The option does not go with replicas.
    #[error("{option} does not go with nats: {reason}")]
    NotForReplicas {
        /// The option.
        option: &'static str,
        /// The reason and the remedy.
        reason: &'static str,
    },
    /// The digest is not one.
    #[error("sha256: {0}")]
    Digest(String),
    /// The level of the log is not one.
    #[error(
        "log-level is {0:?}; it must be error, warn, info, debug, trace, or a list such as info,statevec_server=debug"
    )]
    Level(String),
}
