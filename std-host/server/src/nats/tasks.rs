//! The parts of a replica together.

use std::sync::Arc;

use async_nats::Client;
use statevec_host::{
    LoadedPlugin,
    durable::{DataDirectory, DurableOptions},
    json::JsonWriter,
};
use tokio::sync::watch;

use super::{
    CheckpointTask, Consumer, Gossip, Names, NatsError, Patience, Peer, PublishTask, Resignation,
    SharedStatus, StreamIngress, connect_later,
    connection::{COMMAND, RESULT, jetstream},
    join,
};
use crate::{
    engine::{EngineHandle, with_causes},
    options::NatsSettings,
    replica::{IngressOrder, LeaseTimes, LogItems, OwnDigests, Publisher},
};

/// Most results and events that wait for their acknowledgements.
const WINDOW: usize = 512;

/// A replica that is connected to its stream.
#[derive(Debug, Clone)]
pub(crate) struct Replica {
    client: Client,
    names: Names,
    settings: NatsSettings,
    pub(crate) digests: OwnDigests,
    pub(crate) status: SharedStatus,
    pub(crate) resignation: Resignation,
}

/// The reason why a replica does not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error(transparent)]
    Nats(#[from] NatsError),
    #[error("cannot begin with a checkpoint: {0}")]
    Join(String),
}

impl Replica {
    /// Connects, and begins an empty data directory with a checkpoint if there is one.
    pub(crate) async fn start(
        settings: &NatsSettings,
        directory: &DataDirectory,
        plugin: &LoadedPlugin,
        options: &DurableOptions,
    ) -> Result<Self, StartError> {
        let client = connect_later(settings).await?;
        let names = Names::new(settings);
        let joined = join(&client, &names, directory, plugin, options).await;
        joined.map_err(|error| StartError::Join(with_causes(&error)))?;
        Ok(Self {
            client,
            status: SharedStatus::new(&settings.name, &settings.stream),
            digests: OwnDigests::new(settings.digest_every, settings.replicas),
            names,
            settings: settings.clone(),
            resignation: Resignation::new(),
        })
    }

    /// The way of commands that come over HTTP.
    pub(crate) fn ingress(&self, engine: &EngineHandle, plugin: &LoadedPlugin) -> StreamIngress {
        StreamIngress {
            jetstream: jetstream(&self.client, COMMAND),
            names: self.names.clone(),
            engine: engine.clone(),
            status: self.status.clone(),
            writer: Arc::new(JsonWriter::new(plugin.schema())),
            time: self.settings.command_time,
        }
    }

    /// Consumes, publishes and compares, until this replica must stop: the reason. `None` if the
    /// engine ended.
    pub(crate) async fn run(
        self,
        engine: EngineHandle,
        plugin: LoadedPlugin,
        directory: DataDirectory,
        durable: watch::Receiver<u64>,
    ) -> Option<String> {
        let Self { client, names, settings, digests, status, resignation } = self;
        let publish = PublishTask {
            client: client.clone(),
            // An own context has limits of its own: requests of clients do not hold results up.
            jetstream: jetstream(&client, RESULT),
            names: names.clone(),
            name: settings.name.clone(),
            schema: Arc::clone(plugin.schema()),
            writer: JsonWriter::new(plugin.schema()),
            publisher: Publisher::new(&settings.name, LeaseTimes::default(), WINDOW),
            log: LogItems::new(&directory),
            engine: engine.clone(),
            durable,
            status: status.clone(),
            resignation,
            patience: Patience::default(),
        };
        tokio::spawn(publish.run());
        let checkpoints = CheckpointTask {
            jetstream: jetstream(&client, COMMAND),
            names: names.clone(),
            directory,
            status: status.clone(),
        };
        tokio::spawn(checkpoints.run());
        let own = Peer {
            name: settings.name.clone(),
            process: process_number(),
            url: settings.advertised.clone(),
            ..Peer::default()
        };
        let gossip = Gossip {
            client: client.clone(),
            names: names.clone(),
            engine: engine.clone(),
            digests,
            status: status.clone(),
            own,
        };
        let consumer = Consumer {
            jetstream: jetstream(&client, RESULT),
            names,
            engine,
            plugin,
            status,
            order: IngressOrder::default(),
            shorter_since: None,
            patience: Patience::default(),
        };
        let (consumer, gossip) = (tokio::spawn(consumer.run()), tokio::spawn(gossip.run()));
        tokio::select! {
            stopped = consumer => reason(stopped),
            diverged = gossip => reason(diverged.map(Some)),
        }
    }
}

/// The reason that a task gives for the end of the replica.
fn reason<E: std::fmt::Display>(
    ended: Result<Option<E>, tokio::task::JoinError>,
) -> Option<String> {
    match ended {
        Ok(ended) => ended.map(|error| error.to_string()),
        Err(error) => Some(format!("a part of the replica failed: {error}")),
    }
}

/// A number that another process hardly has.
fn process_number() -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(std::process::id())
}
