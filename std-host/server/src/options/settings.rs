//! Options after all checks.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use statevec_abi::boundary::limits;
use statevec_host::{
    Sha256,
    durable::{CheckpointOptions, DurableOptions},
    limits_file,
    store::StoreLimits,
    txlog::LogOptions,
};
use tracing_subscriber::filter::{LevelFilter, Targets};

use super::{
    Format, Given, NatsSettings, OnFailure, OptionsError, Program,
    text_file::{read_text, read_token},
};
use crate::http::Token;

/// Options of a server, checked.
#[derive(Debug, Clone)]
pub struct Settings {
    pub(crate) plugin: PathBuf,
    pub(crate) data: PathBuf,
    pub(crate) listen: SocketAddr,
    pub(crate) token: Option<Token>,
    pub(crate) insecure: bool,
    pub(crate) config: String,
    pub(crate) sha256: Option<Sha256>,
    pub(crate) allow_world_writable: bool,
    pub(crate) on_failure: OnFailure,
    pub(crate) strict_sequence: bool,
    pub(crate) limits: StoreLimits,
    /// The file of the plugin's limits, with its text.
    pub(crate) plugin_limits: Option<(PathBuf, String)>,
    pub(crate) segment_bytes: u64,
    pub(crate) checkpoint_bytes: u64,
    pub(crate) keep_entries: Option<u64>,
    pub(crate) idempotency_keys: usize,
    pub(crate) connections: usize,
    pub(crate) body_bytes: usize,
    pub(crate) bodies_bytes: usize,
    pub(crate) queue_commands: usize,
    pub(crate) request_time: Duration,
    pub(crate) response_time: Duration,
    pub(crate) stop_time: Duration,
    pub(crate) compare_entries: u64,
    pub(crate) compare_time: Duration,
    pub(crate) log_format: Format,
    pub(crate) log_level: Targets,
    pub(crate) nats: Option<NatsSettings>,
    /// The start of this program; `None` if the options come from elsewhere.
    pub(crate) program: Option<Program>,
}

impl Settings {
    /// Checks the options of a text in TOML.
    ///
    /// # Errors
    ///
    /// An option is missing or wrong, or a file that one names cannot be used. `path` is the file
    /// in texts.
    pub fn from_toml(path: &Path, text: &str) -> Result<Self, OptionsError> {
        Self::check(parse_options(path, text)?)
    }

    pub(super) fn check(mut given: Given) -> Result<Self, OptionsError> {
        let missing = |option, example| OptionsError::Missing { option, example };
        let listen = given.listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 7341)));
        let nats = NatsSettings::check(&mut given, listen.port())?;
        let config = match (given.config, given.config_file) {
            (Some(_), Some(_)) => {
                return Err(OptionsError::Both { one: "config", other: "config-file" });
            }
            (None, Some(path)) => read_text("config-file", &path, limits::CONFIG)?,
            (text, None) => text.unwrap_or_default(),
        };
        let token = given.token_file.map(|path| read_token(&path)).transpose()?;
        let insecure = given.insecure.unwrap_or_default();
        if !listen.ip().is_loopback() && token.is_none() && !insecure {
            return Err(OptionsError::Open { listen });
        }
        if nats.is_some() && given.strict_sequence == Some(true) {
            let reason =
                "numbers are those of the stream, which misses none unless a message is no command";
            return Err(OptionsError::NotForReplicas { option: "strict-sequence", reason });
        }
        let log_level = given.log_level.unwrap_or_else(|| "info".into());
        let log_level = read_level(&log_level)?;
        let plugin = given.plugin.ok_or_else(|| missing("plugin", "PATH"))?;
        let data = given.data.ok_or_else(|| missing("data", "DIR"))?;
        if let Err(error) = fs::metadata(&plugin) {
            let problem =
                format!("cannot be found ({error}); give a shared library or a crate's folder");
            return Err(OptionsError::File { option: "plugin", path: plugin, problem });
        }
        if fs::metadata(&data).is_ok_and(|found| !found.is_dir()) {
            let problem = "is no folder; name one, or a new one".into();
            return Err(OptionsError::File { option: "data", path: data, problem });
        }
        let default = StoreLimits::default();
        let transaction_bytes = range(
            "transaction-bytes",
            given.transaction_bytes,
            default.transaction_bytes as u64,
            1,
            1 << 40,
        )?;
        let body_bytes = range("body-bytes", given.body_bytes, 1 << 20, 1 << 10, 1 << 30)?;
        let seconds = |option, given| {
            Ok::<_, OptionsError>(Duration::from_secs(range(option, given, 30, 1, 86_400)?))
        };
        Ok(Self {
            plugin,
            data,
            listen,
            token,
            insecure,
            config,
            sha256: given.sha256.map(|hex| hex.parse()).transpose().map_err(
                |error: <Sha256 as std::str::FromStr>::Err| OptionsError::Digest(error.to_string()),
            )?,
            allow_world_writable: given.allow_world_writable.unwrap_or_default(),
            on_failure: given.on_failure.unwrap_or_default(),
            strict_sequence: given.strict_sequence.unwrap_or_default(),
            limits: StoreLimits {
                records_per_kind: given.records_per_kind.unwrap_or(default.records_per_kind),
                transaction_bytes: size(transaction_bytes),
            },
            plugin_limits: match given.limits {
                Some(path) => {
                    let text = read_text("limits", &path, limits_file::MOST_BYTES)?;
                    Some((path, text))
                }
                None => None,
            },
            segment_bytes: range(
                "segment-bytes",
                given.segment_bytes,
                64 << 20,
                64 << 10,
                1 << 40,
            )?,
            checkpoint_bytes: given.checkpoint_bytes.unwrap_or(256 << 20),
            keep_entries: given.keep_entries,
            idempotency_keys: size(range(
                "idempotency-keys",
                given.idempotency_keys.map(u64::from),
                100_000,
                1,
                10_000_000,
            )?),
            connections: size(range(
                "connections",
                given.connections.map(u64::from),
                1024,
                1,
                1_000_000,
            )?),
            body_bytes: size(body_bytes),
            bodies_bytes: size(range(
                "bodies-bytes",
                given.bodies_bytes,
                body_bytes.max(64 << 20),
                body_bytes,
                1 << 40,
            )?),
            queue_commands: size(range(
                "queue-commands",
                given.queue_commands,
                65_536,
                1,
                1 << 32,
            )?),
            request_time: seconds("request-seconds", given.request_seconds)?,
            response_time: seconds("response-seconds", given.response_seconds)?,
            stop_time: seconds("stop-seconds", given.stop_seconds)?,
            compare_entries: given.compare_entries.unwrap_or(10_000),
            compare_time: Duration::from_secs(range(
                "compare-seconds",
                given.compare_seconds,
                60,
                1,
                86_400,
            )?),
            log_format: given.log_format.unwrap_or_default(),
            log_level,
            nats,
            program: None,
        })
    }

    /// The options of the durable engine.
    pub(crate) fn durable_options(&self) -> DurableOptions {
        DurableOptions {
            config: self.config.clone(),
            limits: self.limits,
            log: LogOptions { segment_bytes: self.segment_bytes, ..LogOptions::default() },
            checkpoint: CheckpointOptions {
                every: Some(self.checkpoint_bytes).filter(|bytes| *bytes > 0),
                retention: self.keep_entries.into(),
                ..CheckpointOptions::default()
            },
            on_failure: match self.on_failure {
                OnFailure::Stop => statevec_host::durable::OnFailure::Stop,
                OnFailure::Skip => statevec_host::durable::OnFailure::Skip,
            },
            strict_sequence: self.strict_sequence,
            rerun_interrupted: self.nats.is_some(),
            holder: format!("statevec-server, process {}", std::process::id()),
            ..DurableOptions::default()
        }
    }

    pub(super) fn summary(&self) -> String {
        let Self { plugin, data, listen, .. } = self;
        let access = match (&self.token, self.insecure) {
            (Some(_), _) => "with a token",
            (None, true) => "open to everybody who reaches it",
            (None, false) => "for this machine",
        };
        format!(
            "plugin {}, data in {}, HTTP on {listen} {access}",
            plugin.display(),
            data.display()
        )
    }
}

/// Bytes of the longest file of options.
const MOST_OPTIONS: usize = 1 << 20;

pub(super) fn read_options(path: &Path) -> Result<Given, OptionsError> {
    let text = read_text("options", path, MOST_OPTIONS)?;
    parse_options(path, &text)
}

fn parse_options(path: &Path, text: &str) -> Result<Given, OptionsError> {
    toml::from_str(text)
        .map_err(|source| OptionsError::Parse { path: path.into(), source: Box::new(source) })
}

pub(super) fn range(
    option: &'static str,
    given: Option<u64>,
    default: u64,
    least: u64,
    most: u64,
) -> Result<u64, OptionsError> {
    let found = given.unwrap_or(default);
    if (least..=most).contains(&found) {
        Ok(found)
    } else {
        Err(OptionsError::Range { option, found, least, most })
    }
}

pub(super) fn size(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

/// Reads the levels of the log. A word alone would count as the name of a target, so that a level
/// with a typing error would let nothing through.
fn read_level(text: &str) -> Result<Targets, OptionsError> {
    let refused = || OptionsError::Level(text.to_owned());
    let is_level = |item: &str| item.contains('=') || item.parse::<LevelFilter>().is_ok();
    if !text.split(',').all(|item| is_level(item.trim())) {
        return Err(refused());
    }
    text.parse().map_err(|_| refused())
}
