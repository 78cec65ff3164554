//! The server from start to end.

use std::{
    path::absolute,
    sync::{Arc, mpsc},
    thread,
};

use statevec_host::{durable::DataDirectory, storage::FileSystem};
use tokio::{net::TcpListener, runtime, sync::watch};
use tracing::{error, info, warn};

use crate::{
    ServiceError,
    engine::{EngineHandle, EngineState, EngineThread, Inbox, Opening},
    http::{self, App},
    ingress::{Ingress, LocalIngress},
    logging,
    metrics::Metrics,
    nats::{self, Replica, Resignation},
    options::{InitSettings, Settings},
    other_build::BuildChanger,
    plugin,
    publication::LocalPublication,
    reload::{ReloadSignals, change_at},
    shutdown::{self, EndSignals},
};

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
        Ok(Err(error)) => return Err(error.into()),
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
