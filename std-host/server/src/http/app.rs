//! The parts of the server that the routes share.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use statevec_host::{
    LoadedPlugin,
    durable::{DataDirectory, EntryWriters, Schemas},
    json::JsonWriter,
};
use tokio::sync::{Semaphore, watch};

use super::Token;
use crate::{
    engine::EngineHandle, entries::EntryReader, ingress::Ingress, metrics::Metrics,
    nats::SharedStatus, options::Settings, other_build::BuildChanger,
};

/// A handle to these parts. A clone is another handle to the same parts.
#[derive(Clone)]
pub(crate) struct App(Arc<Parts>);

pub(crate) struct Parts {
    /// The plugin as it was at the start. Other builds that run later have the same schema.
    pub(super) plugin: LoadedPlugin,
    pub(super) builds: Arc<BuildChanger>,
    pub(super) directory: DataDirectory,
    pub(super) engine: EngineHandle,
    pub(super) ingress: Arc<dyn Ingress>,
    /// The last durable entry.
    pub(super) durable: watch::Receiver<u64>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) writer: JsonWriter,
    pub(super) entries: EntryReader,
    /// The state of this replica; `None` for a server that is none.
    pub(super) replica: Option<SharedStatus>,
    pub(super) token: Option<Token>,
    pub(super) insecure: bool,
    pub(super) body_bytes: usize,
    pub(super) request_time: Duration,
    pub(super) bodies_bytes: usize,
    /// One permit for each byte of all bodies in memory.
    pub(super) bodies: Arc<Semaphore>,
    pub(super) started: Instant,
    /// Tells streams to end.
    pub(super) ending: watch::Sender<bool>,
}

impl App {
    #[allow(clippy::too_many_arguments, reason = "each is another part, and there is one caller")]
    pub(crate) fn new(
        settings: &Settings,
        plugin: LoadedPlugin,
        directory: DataDirectory,
        engine: EngineHandle,
        ingress: Arc<dyn Ingress>,
        durable: watch::Receiver<u64>,
        metrics: Arc<Metrics>,
        builds: Arc<BuildChanger>,
        replica: Option<SharedStatus>,
    ) -> Self {
        let schemas = Schemas::new(&directory, Some(plugin.schema()));
        Self(Arc::new(Parts {
            entries: EntryReader::new(&directory, EntryWriters::new(schemas)),
            writer: JsonWriter::new(plugin.schema()),
            plugin,
            builds,
            directory,
            engine,
            ingress,
            durable,
            metrics,
            replica,
            token: settings.token.clone(),
            insecure: settings.insecure,
            body_bytes: settings.body_bytes,
            request_time: settings.request_time,
            bodies_bytes: settings.bodies_bytes.min(Semaphore::MAX_PERMITS),
            bodies: Arc::new(Semaphore::new(settings.bodies_bytes.min(Semaphore::MAX_PERMITS))),
            started: Instant::now(),
            ending: watch::Sender::new(false),
        }))
    }

    /// Ends the streams, which would go on for as long as their clients.
    pub(super) fn end_streams(&self) {
        self.ending.send_replace(true);
    }
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
