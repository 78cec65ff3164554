//! The server from start to end.

use std::{
    io,
    net::SocketAddr,
    path::absolute,
    sync::{Arc, mpsc},
    thread,
};

use statevec_host::{durable::DataDirectory, storage::FileSystem};
use tokio::{net::TcpListener, runtime, sync::watch};
use tracing::{error, info, warn};

use crate::{
    engine::{EngineHandle, EngineState, EngineThread, Inbox, Opening},
    http::{self, App},
    ingress::{Ingress, LocalIngress},
    logging,
    metrics::Metrics,
    nats::{self, NatsError, Replica, Resignation, StartError},
    options::{InitSettings, Settings},
    other_build::BuildChanger,
    plugin::{self, PluginError},
    publication::LocalPublication,
    reload::{ReloadSignals, change_at},
    shutdown::{self, EndSignals},
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

/// Makes the streams and buckets of replicas, or checks those that exist. Returns what there is, in
/// lines.
///
/// # Errors
///
/// There is no connection, something cannot be made, or a setting of what exists would let messages
/// be lost or repeated.
pub fn init_stream(settings: &InitSettings) -> Result<String, ServiceError> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|source| ServiceError::System { action: "start the async runtime", source })?;
    let (lines, differences) = runtime.block_on(nats::init_stream(settings))?;
    let lines = lines.join("\n");
    if differences.is_empty() {
        return Ok(lines);
    }
    Err(ServiceError::Stream { found: lines, differences: differences.join("; ") })
}

/// Runs a server until a signal ends it.
///
/// # Errors
///
/// The server does not start, or its engine stopped.
pub fn run(settings: &Settings) -> Result<(), ServiceError> {
    logging::start(settings);
    // Before the plugin's code runs: it may change the working folder.
    let data = absolute(&settings.data)
        .map_err(|source| ServiceError::System { action: "find the working folder", source })?;
    let directory = DataDirectory::new(Arc::new(FileSystem), data);
    let plugin = plugin::load(settings)?;
    info!(
        plugin = plugin.name(),
        sha256 = plugin.sha256().map(|digest| digest.to_string()),
        "loaded the plugin"
    );
    let runtime = runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|source| ServiceError::System { action: "start the async runtime", source })?;
    let options = settings.durable_options();
    let replica = match &settings.nats {
        Some(nats) => Some(runtime.block_on(Replica::start(nats, &directory, &plugin, &options))?),
        None => None,
    };
    let opening = Opening {
        directory: directory.clone(),
        plugin: plugin.clone(),
        options,
        remembered_keys: settings.idempotency_keys,
        digests: replica.as_ref().map(|replica| replica.digests.clone()),
    };
    let inbox = Arc::new(Inbox::new(settings.queue_commands));
    let metrics = Arc::new(Metrics::new(&plugin, replica.is_some()));
    let (publication, durable) = LocalPublication::new();
    let (state, state_watch) = watch::channel(EngineState::Running);
    let engine = EngineHandle::new(Arc::clone(&inbox), state_watch.clone());
    let (ended, end) = mpsc::channel();
    let (tell_opened, opened) = mpsc::channel();
    let spawned = {
        let (inbox, metrics) = (Arc::clone(&inbox), Arc::clone(&metrics));
        // The engine is opened on its own thread, because the plugin may care about threads.
        thread::Builder::new().name("engine".into()).spawn(move || {
            let publication = Box::new(publication);
            match EngineThread::open(opening, inbox, publication, metrics, state) {
                Ok(engine) => {
                    let note = engine.findings();
                    let _told = tell_opened.send(Ok(note));
                    engine.run();
                }
                Err(error) => {
                    let _told = tell_opened.send(Err(error));
                }
            }
            let _told = ended.send(());
        })
    };
    spawned.map_err(|source| ServiceError::System { action: "start a thread", source })?;
    match opened.recv() {
        Ok(Ok(note)) => info!(dir = %settings.data.display(), "data directory {note}"),
        Ok(Err(error)) => {
            let text = crate::engine::with_causes(&error);
            let is_config = error.is_config();
            return Err(if is_config { ServiceError::Config } else { ServiceError::Data }(text));
        }
        Err(_) => return Err(ServiceError::Data("the engine's thread ended".into())),
    }
    let ingress: Arc<dyn Ingress> = match &replica {
        Some(replica) => {
            let _entered = runtime.enter();
            Arc::new(replica.ingress(&engine, &plugin))
        }
        None => Arc::new(LocalIngress::new(engine.clone())),
    };
    let status = replica.as_ref().map(|replica| replica.status.clone());
    let data = directory.root();
    let builds = BuildChanger::new(settings, data, engine.clone(), Arc::clone(&metrics));
    let builds = Arc::new(builds);
    let app = App::new(
        settings,
        plugin.clone(),
        directory.clone(),
        engine.clone(),
        ingress,
        durable.clone(),
        metrics,
        Arc::clone(&builds),
        status,
    );
    let resignation = replica.as_ref().map(|replica| replica.resignation.clone());
    let replicating = async move {
        match replica {
            Some(replica) => replica.run(engine, plugin, directory, durable).await,
            None => None,
        }
    };
    let watch = state_watch.clone();
    let served = runtime.block_on(serve(settings, app, builds, watch, replicating, resignation));
    shutdown::tell_stopping();
    inbox.close();
    if end.recv_timeout(settings.stop_time).is_err() {
        return Err(ServiceError::Stuck(settings.stop_time.as_secs()));
    }
    // The last answers leave after the engine has closed.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    served?;
    let state = state_watch.borrow().clone();
    match state {
        EngineState::Stopped { reason, by_command: true } => {
            Err(ServiceError::CommandFailed(reason))
        }
        EngineState::Stopped { reason, .. } => Err(ServiceError::Stopped(reason)),
        EngineState::StorageFull(_) | EngineState::Running | EngineState::Closed => Ok(()),
    }
}

/// Serves requests until a signal comes, the engine stops or `replicating` returns a reason, and
/// until the requests that are running have their answers.
async fn serve(
    settings: &Settings,
    app: App,
    builds: Arc<BuildChanger>,
    mut state: watch::Receiver<EngineState>,
    replicating: impl Future<Output = Option<String>> + Send + 'static,
    resignation: Option<Resignation>,
) -> Result<(), ServiceError> {
    let listen = settings.listen;
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|source| ServiceError::Listen { listen, source })?;
    // Signals are received before the server reports that it is ready, so that a signal right
    // after that report ends it in order.
    let mut signals = EndSignals::new()
        .map_err(|source| ServiceError::System { action: "receive signals", source })?;
    let reloads = ReloadSignals::new()
        .map_err(|source| ServiceError::System { action: "receive signals", source })?;
    let address = listener.local_addr().unwrap_or(listen);
    if settings.insecure && settings.token.is_none() {
        warn!(%address, "everybody who reaches this address may send commands");
    }
    info!(%address, "ready: http://{address}/");
    shutdown::tell_ready(&format!("serving http://{address}/"));
    let reloading = tokio::spawn(change_at(reloads, builds));
    let replicating = tokio::spawn(replicating);
    let mut stopped = None;
    let end = async {
        tokio::select! {
            Ok(Some(reason)) = replicating => {
                error!(reason, "the replica has stopped");
                stopped = Some(reason);
            }
            name = signals.wait() => info!("{name}: no more requests are taken"),
            _ = state.wait_for(|state| matches!(state, EngineState::Stopped { .. })) => {}
        }
        if let Some(resignation) = &resignation {
            resignation.ask();
        }
    };
    http::serve(listener, settings, app, end).await;
    reloading.abort();
    if let Some(resignation) = &resignation {
        resignation.wait().await;
    }
    stopped.map_or(Ok(()), |reason| Err(ServiceError::Replica(reason)))
}
