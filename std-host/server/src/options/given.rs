//! Options as a user gives them: each may be left out.

use std::{net::SocketAddr, path::PathBuf};

use serde::Deserialize;

/// Declares the options once: as arguments, as keys of a file, and how the two are joined.
macro_rules! options {
    ($($(#[$attribute:meta])* $name:ident: $ty:ty,)*) => {
        /// The options of a file or of the command line.
        #[derive(Debug, Clone, Default, clap::Args, Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
        pub(crate) struct Given {
            $($(#[$attribute])* pub(crate) $name: Option<$ty>,)*
        }

        impl Given {
            /// These options, and those of `other` where this one has none.
            pub(crate) fn or(self, other: Self) -> Self {
                Self { $($name: self.$name.or(other.$name),)* }
            }
        }
    };
}

options! {
    /// A shared library, or the folder of a crate that builds one (cargo builds it first, in
    /// release)
    #[arg(long, value_name = "PATH")]
    plugin: PathBuf,

    /// The data directory: it is created if it is missing
    #[arg(long, value_name = "DIR")]
    data: PathBuf,

    /// The address for HTTP [default: 127.0.0.1:7341]
    #[arg(long, value_name = "ADDRESS")]
    listen: SocketAddr,

    /// A file that holds a secret of at least 16 characters. Requests need it as a bearer token
    #[arg(long, value_name = "FILE")]
    token_file: PathBuf,

    /// Listen on an address that other machines reach, without a token [default: false]
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "BOOL")]
    insecure: bool,

    /// Configuration text for the plugin [default: empty]
    #[arg(long, value_name = "TEXT")]
    config: String,

    /// A file with the configuration text for the plugin, in UTF-8
    #[arg(long, value_name = "FILE")]
    config_file: PathBuf,

    /// A TOML file with the limits of the plugin: the records and events that it may use, and the
    /// budgets of each command
    #[arg(long, value_name = "FILE")]
    limits: PathBuf,

    /// Load the shared library only if it has this SHA-256 digest, as sha256sum prints it (Linux
    /// and Windows; not for a crate's folder)
    #[arg(long, value_name = "HEX")]
    sha256: String,

    /// Load the plugin even if every user of the machine may change its file, or exchange it in its
    /// folder [default: false]
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "BOOL")]
    allow_world_writable: bool,

    /// After a failed command, which is recorded in any case, stop the server or go on behind it
    /// [default: stop]
    #[arg(long, value_name = "WHAT")]
    on_failure: OnFailure,

    /// Refuse a gap between the ext_seq of two commands [default: false]
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "BOOL")]
    strict_sequence: bool,

    /// Most records of one kind [default: 4294967295]
    #[arg(long, value_name = "N")]
    records_per_kind: u32,

    /// Most bytes of events and changes in one transaction [default: 1073741824]
    #[arg(long, value_name = "BYTES")]
    transaction_bytes: u64,

    /// Bytes of a segment of the log [default: 67108864]
    #[arg(long, value_name = "BYTES")]
    segment_bytes: u64,

    /// Make a checkpoint when the log has grown by so many bytes, and by the size of the checkpoint
    /// before; 0 for never [default: 268435456]
    #[arg(long, value_name = "BYTES")]
    checkpoint_bytes: u64,

    /// Keep so many last entries: a checkpoint removes older segments of the log that the one
    /// before covers, too. Without it all are kept
    #[arg(long, value_name = "N")]
    keep_entries: u64,

    /// How many idempotency keys are remembered [default: 100000]
    #[arg(long, value_name = "N")]
    idempotency_keys: u32,

    /// Most connections at a time [default: 1024]
    #[arg(long, value_name = "N")]
    connections: u32,

    /// Most bytes of a request's body [default: 1048576]
    #[arg(long, value_name = "BYTES")]
    body_bytes: u64,

    /// Most bytes of all bodies that are in memory at a time [default: 67108864]
    #[arg(long, value_name = "BYTES")]
    bodies_bytes: u64,

    /// Most commands that wait for the engine at a time [default: 65536]
    #[arg(long, value_name = "N")]
    queue_commands: u64,

    /// Seconds for a request's head, and again for its body [default: 30]
    #[arg(long, value_name = "SECONDS")]
    request_seconds: u64,

    /// Seconds that a client may leave a response unread [default: 30]
    #[arg(long, value_name = "SECONDS")]
    response_seconds: u64,

    /// Seconds for requests to end after SIGTERM [default: 30]
    #[arg(long, value_name = "SECONDS")]
    stop_seconds: u64,

    /// Before another build of the plugin is taken, run so many last entries again with it and
    /// compare the results; 0 for none [default: 10000]
    #[arg(long, value_name = "N")]
    compare_entries: u64,

    /// Seconds for this comparison, and for building the plugin before if it is a folder
    /// [default: 60]
    #[arg(long, value_name = "SECONDS")]
    compare_seconds: u64,

    /// Addresses of NATS servers, with commas between them. A server with this option is a replica:
    /// it takes its commands from a stream of NATS JetStream
    #[arg(long, value_name = "URL")]
    nats: String,

    /// The stream of commands. `statevec-server init-stream` makes it
    #[arg(long, value_name = "NAME")]
    stream: String,

    /// The first part of the subjects: SUBJECT.commands, SUBJECT.results, SUBJECT.events.> and
    /// SUBJECT.replicas [default: the stream's name in lower case]
    #[arg(long, value_name = "SUBJECT")]
    subject: String,

    /// A file with credentials for NATS (user JWT and seed)
    #[arg(long, value_name = "FILE")]
    nats_credentials: PathBuf,

    /// A file with a token for NATS
    #[arg(long, value_name = "FILE")]
    nats_token_file: PathBuf,

    /// Certificates of the authorities that NATS servers are checked with; it implies TLS
    #[arg(long, value_name = "FILE")]
    nats_ca: PathBuf,

    /// A client certificate for NATS, with --nats-key
    #[arg(long, value_name = "FILE")]
    nats_cert: PathBuf,

    /// The key of --nats-cert
    #[arg(long, value_name = "FILE")]
    nats_key: PathBuf,

    /// Refuse connections to NATS without TLS [default: false]
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "BOOL")]
    nats_tls: bool,

    /// The name of this replica; each needs one of its own [default: HOSTNAME-PORT]
    #[arg(long, value_name = "NAME")]
    replica_name: String,

    /// The URL at which clients reach this replica, for the page of the others
    #[arg(long, value_name = "URL")]
    advertise: String,

    /// Number of replicas, at least: the majority decides which digest is right [default: 3]
    #[arg(long, value_name = "N")]
    replicas: u64,

    /// Replicas compare their digests at every N-th command [default: 10000]
    #[arg(long, value_name = "N")]
    digest_commands: u64,

    /// Seconds for commands of a request to come back from the stream [default: 30]
    #[arg(long, value_name = "SECONDS")]
    command_seconds: u64,

    /// The form of the log on standard error [default: text]
    #[arg(long, value_name = "FORM")]
    log_format: Format,

    /// The least level that is logged: error, warn, info, debug or trace, or a list such as
    /// info,statevec_server=debug [default: info]
    #[arg(long, value_name = "LEVEL")]
    log_level: String,
}

/// The consequence of a failed command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum OnFailure {
    #[default]
    Stop,
    Skip,
}

/// The form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    #[default]
    Text,
    Json,
}
