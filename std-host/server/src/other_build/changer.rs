//! Changes the build of a server that runs.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use statevec_host::{
    LoadOptions, LoadedPlugin, Sha256,
    durable::{DataDirectory, PreparedBuild},
};
use tokio::{sync::Mutex, task::spawn_blocking};
use tracing::{info, warn};

use super::{
    refused::RefusedBuild,
    trial::Job,
    trial_process,
    verdict::{Reason, Verdict},
};
use crate::{
    engine::{EngineHandle, with_causes},
    metrics::Metrics,
    options::{Program, Settings},
};

/// Changes the build of a server that runs, one at a time.
pub(crate) struct BuildChanger {
    engine: EngineHandle,
    metrics: Arc<Metrics>,
    data: PathBuf,
    program: Option<Program>,
    compare_entries: u64,
    compare_time: Duration,
    running: Mutex<()>,
}

/// The wishes of one request.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wish {
    /// How many entries are compared; `None` for the number of the options.
    pub(crate) compare_entries: Option<u64>,
    /// The build that is expected.
    pub(crate) sha256: Option<Sha256>,
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Taken {
    /// The options name the build that runs already.
    Same { sha256: String },
    /// Another build runs from here on.
    Other(Change),
}

/// A change of builds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) sha256: String,
    pub(crate) before: String,
    /// The entry that records the change.
    pub(crate) entry: u64,
    /// The entries that were run again with both builds, and the commands among them.
    pub(crate) compared: (u64, u64),
    pub(crate) commands: u64,
    /// How long commands waited for the change.
    pub(crate) pause: Duration,
}

impl BuildChanger {
    pub(crate) fn new(
        settings: &Settings,
        data: &Path,
        engine: EngineHandle,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self {
            engine,
            metrics,
            data: data.into(),
            program: settings.program.clone(),
            compare_entries: settings.compare_entries,
            compare_time: settings.compare_time,
            running: Mutex::new(()),
        }
    }

    /// Tries the build that the options name, and takes it or refuses it. Logs and counts the
    /// result.
    ///
    /// It goes on if the caller waits no more.
    pub(crate) async fn change(self: &Arc<Self>, wish: Wish) -> Result<Taken, RefusedBuild> {
        let changer = Arc::clone(self);
        let task = tokio::spawn(async move {
            let result = changer.try_and_take(wish).await;
            changer.tell(&result);
            result
        });
        match task.await {
            Ok(result) => result,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }

    async fn try_and_take(&self, wish: Wish) -> Result<Taken, RefusedBuild> {
        let Ok(_running) = self.running.try_lock() else {
            let text = "another build is being tried; try again when that is done";
            return Err(RefusedBuild::new(Reason::Busy, text));
        };
        let Some(program) = &self.program else {
            let text =
                "this program was not started with arguments, so it cannot try a build; restart it";
            return Err(RefusedBuild::new(Reason::Unable, text));
        };
        let read = self.engine.read(|engine| {
            let running =
                Running { directory: engine.directory().clone(), plugin: engine.plugin().clone() };
            (running, engine.plugin_sha256(), engine.position().entry)
        });
        let (running, now, to) = read.await?;
        let Some(now) = now else {
            let text = "the running plugin is linked in and has no file";
            return Err(RefusedBuild::new(Reason::Unable, text));
        };
        let entries = wish.compare_entries.unwrap_or(self.compare_entries);
        let from = to.saturating_sub(entries).saturating_add(1);
        let job = Job { data: self.data.clone(), now, expected: wish.sha256, from, to };
        match trial_process::run(program, &job, self.compare_time).await? {
            Verdict::Same { sha256 } => Ok(Taken::Same { sha256 }),
            Verdict::Refused { reason, text } => Err(RefusedBuild::Build { reason, text }),
            Verdict::Fits { path, sha256, from, to, commands } => {
                let prepared = spawn_blocking({
                    let sha256 = sha256.clone();
                    move || running.prepare(&path, &sha256)
                });
                let prepared = prepared
                    .await
                    .unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
                let (entry, pause) = self.take(prepared?).await?;
                let (before, compared) = (now.to_string(), (from, to));
                Ok(Taken::Other(Change { sha256, before, entry, compared, commands, pause }))
            }
        }
    }

    /// Changes builds between two commands. Returns the entry that records it, once it is durable.
    async fn take(&self, build: PreparedBuild) -> Result<(u64, Duration), RefusedBuild> {
        let replaced = self.engine.read(move |engine| {
            let began = Instant::now();
            let replaced = engine.replace_with(&build);
            replaced.map(|()| (engine.position().entry, began.elapsed()))
        });
        Ok(replaced.await??)
    }

    fn tell(&self, result: &Result<Taken, RefusedBuild>) {
        match result {
            Ok(Taken::Other(change)) => {
                self.metrics.builds.taken(&change.sha256);
                let pause_us = u64::try_from(change.pause.as_micros()).unwrap_or(u64::MAX);
                let Change { sha256, before, entry, commands, .. } = change;
                info!(
                    sha256,
                    before,
                    entry,
                    compared = commands,
                    pause_us,
                    "took another build of the plugin"
                );
            }
            Ok(Taken::Same { sha256 }) => info!(sha256, "the options name the build that runs"),
            Err(refused) => {
                self.metrics.builds.refused();
                warn!(reason = %refused, "another build of the plugin was refused");
            }
        }
    }
}

impl std::fmt::Debug for BuildChanger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BuildChanger").field("data", &self.data).finish_non_exhaustive()
    }
}

/// The running engine's parts that the next build needs.
struct Running {
    directory: DataDirectory,
    plugin: LoadedPlugin,
}

impl Running {
    /// Loads the build that was tried, and keeps its file, while commands run.
    fn prepare(&self, path: &Path, sha256: &str) -> Result<PreparedBuild, RefusedBuild> {
        let plugin = load(path, sha256).map_err(|text| RefusedBuild::new(Reason::Load, text))?;
        let plugin = plugin.with_limits(*self.plugin.limits());
        Ok(PreparedBuild::new(&self.directory, &self.plugin, plugin)?)
    }
}

/// Maps the bytes that were tried.
fn load(path: &Path, sha256: &str) -> Result<LoadedPlugin, String> {
    let expected: Sha256 =
        sha256.parse().map_err(|error| format!("the trial's digest: {error}"))?;
    // A pinned file is mapped from a copy, so a file that was exchanged at its path is no obstacle.
    let has_pins = cfg!(any(target_os = "linux", windows));
    let options = match has_pins {
        true => LoadOptions::new().sha256(expected),
        // The trial has checked who may write to the file.
        false => LoadOptions::new().allow_world_writable(true),
    };
    // SAFETY: the user of the program vouches for the plugin that the options name, and tells the
    // server to load it; the README says that its code runs (rule 6).
    let plugin = unsafe { options.open(path) }.map_err(|error| with_causes(&error))?;
    let found = plugin.file_sha256().map_err(|error| with_causes(&error))?;
    if found == Some(expected) {
        Ok(plugin)
    } else {
        Err(format!("{} has changed since it was tried; try again", path.display()))
    }
}
