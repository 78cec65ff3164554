//! The errors of the server from start to end.

use std::{io, net::SocketAddr};

use crate::{
    engine::{OpenError, with_causes},
    nats::{NatsError, StartError},
    plugin::PluginError,
};

/// The reason why a server did not start, or stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceError {
    /// The plugin does not load.
    #[error(transparent)]
    Plugin(#[from] PluginError),
    /// The plugin refuses its configuration.
    #[error("{0}; correct config or config-file")]
    Config(String),
    /// The data directory does not open.
    #[error("cannot open the data directory: {0}")]
    Data(String),
    /// The checkpoint of another replica does not begin the data directory.
    #[error("cannot begin with the newest checkpoint of the other replicas: {0}")]
    Join(String),
    /// The address cannot be listened on.
    #[error("cannot listen on {listen}; give another address with --listen")]
    Listen {
        /// The address.
        listen: SocketAddr,
        /// The reason.
        source: io::Error,
    },
    /// The operating system refuses something else.
    #[error("cannot {action}")]
    System {
        /// The action.
        action: &'static str,
        /// The reason.
        source: io::Error,
    },
    /// A command failed, and failures stop the server.
    #[error("{0}")]
    CommandFailed(String),
    /// The engine stopped.
    #[error("the engine stopped: {0}")]
    Stopped(String),
    /// The connection to NATS cannot be had.
    #[error(transparent)]
    Nats(#[from] NatsError),
    /// Streams exist, and are not as replicas need them.
    #[error(
        "{found}\n{differences}. Nothing was changed: change these settings with the nats command line"
    )]
    Stream {
        /// The streams and buckets, in lines.
        found: String,
        /// The differences.
        differences: String,
    },
    /// The stream, or another replica, contradicts this replica.
    #[error("the replica stopped: {0}")]
    Replica(String),
    /// The engine did not end in time.
    #[error(
        "a command did not end within {0} seconds; the commands that wait for it were not acknowledged"
    )]
    Stuck(u64),
}

impl From<StartError> for ServiceError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Nats(error) => Self::Nats(error),
            StartError::Join(reason) => Self::Join(reason),
        }
    }
}

impl From<OpenError> for ServiceError {
    fn from(error: OpenError) -> Self {
        let text = with_causes(&error);
        if error.is_config() { Self::Config(text) } else { Self::Data(text) }
    }
}

impl ServiceError {
    /// The exit code of the program: 2 for an option that the plugin or its folder refutes, 4 for a
    /// command that failed, 5 for a replica that contradicts its stream or the others, or 1. A
    /// service manager can restart after the last and leave the others to an operator.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::CommandFailed(_) => 4,
            Self::Replica(_) => 5,
            Self::Config(_) => 2,
            Self::Plugin(error) if error.is_usage() => 2,
            _ => 1,
        }
    }
}
