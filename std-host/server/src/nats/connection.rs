//! The connection to NATS.

use std::time::Duration;

use async_nats::{Client, ConnectError, ConnectOptions, jetstream};

use crate::options::NatsSettings;

/// The longest time for a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// The longest time for a request.
const REQUEST: Duration = Duration::from_secs(5);

/// The longest time for the acknowledgement of a result. Many wait at a time, and one that seems
/// lost lets all be sent again.
pub(super) const RESULT: Duration = Duration::from_secs(2);

/// The longest time for the acknowledgement of a command.
pub(super) const COMMAND: Duration = REQUEST;

/// The reason why there is no connection.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NatsError {
    /// No server takes the connection.
    #[error("cannot connect to NATS at {servers}; check --nats, the credentials, and that it runs")]
    Connect {
        /// The addresses.
        servers: String,
        /// The reason.
        source: ConnectError,
    },
    /// JetStream refuses something, or does not answer.
    #[error("{action}; is JetStream enabled on the servers, and are enough of them running?")]
    JetStream {
        /// The action that failed.
        action: String,
        /// The reason.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The credentials are none.
    #[error("nats-credentials: {0}; give a file that holds a user JWT and a seed")]
    Credentials(std::io::Error),
}

impl NatsError {
    pub(super) fn new(
        action: String,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        Self::JetStream { action, source: Box::new(source) }
    }
}

/// Connects in the background: a replica serves reads also while no server can be reached.
pub(crate) async fn connect_later(settings: &NatsSettings) -> Result<Client, NatsError> {
    connect_with(settings, ConnectOptions::new().retry_on_initial_connect()).await
}

/// Connects now, or says why not.
pub(crate) async fn connect_now(settings: &NatsSettings) -> Result<Client, NatsError> {
    connect_with(settings, ConnectOptions::new()).await
}

async fn connect_with(
    settings: &NatsSettings,
    options: ConnectOptions,
) -> Result<Client, NatsError> {
    let mut options = options
        .name(format!("statevec-server {}", settings.name))
        .connection_timeout(CONNECT)
        .request_timeout(Some(REQUEST))
        .ping_interval(Duration::from_secs(2))
        .reconnect_delay_callback(|attempts| {
            Duration::from_millis(100 * u64::try_from(attempts).unwrap_or(10).min(10))
        });
    if let Some(credentials) = &settings.credentials {
        options = options.credentials(credentials).map_err(NatsError::Credentials)?;
    }
    if let Some(token) = &settings.token {
        options = options.token(token.clone());
    }
    if let Some(ca) = &settings.ca {
        options = options.add_root_certificates(ca.clone());
    }
    if let Some((cert, key)) = &settings.client_certificate {
        options = options.add_client_certificate(cert.clone(), key.clone());
    }
    let options = options.require_tls(settings.requires_tls);
    options.connect(&settings.servers[..]).await.map_err(|source| {
        let addresses: Vec<_> = settings
            .servers
            .iter()
            .map(|server| format!("{}:{}", server.host(), server.port()))
            .collect();
        NatsError::Connect { servers: addresses.join(", "), source }
    })
}

/// JetStream on a connection, with the longest time for an acknowledgement.
pub(super) fn jetstream(client: &Client, acknowledgement: Duration) -> jetstream::Context {
    jetstream::ContextBuilder::new()
        .timeout(REQUEST)
        .ack_timeout(acknowledgement)
        .max_ack_inflight(65_536)
        .backpressure_on_inflight(true)
        .build(client.clone())
}
