//! The signal that tells the server to take another build of the plugin.

use std::{io, sync::Arc};

use tracing::info;

use crate::other_build::{BuildChanger, Wish};

/// Takes another build at each signal. The result is in the log.
pub(crate) async fn change_at(mut signals: ReloadSignals, builds: Arc<BuildChanger>) {
    loop {
        signals.wait().await;
        info!("SIGHUP: trying the build that the options name");
        let _told = builds.change(Wish::default()).await;
    }
}

/// SIGHUP. From its creation on it no longer ends the process.
#[cfg(unix)]
#[derive(Debug)]
pub(crate) struct ReloadSignals(tokio::signal::unix::Signal);

#[cfg(unix)]
impl ReloadSignals {
    pub(crate) fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self(signal(SignalKind::hangup())?))
    }

    /// Waits for a signal.
    pub(crate) async fn wait(&mut self) {
        // `None` would mean that no signals come any more.
        if self.0.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

/// There is no such signal.
#[cfg(not(unix))]
#[derive(Debug)]
pub(crate) struct ReloadSignals;

#[cfg(not(unix))]
impl ReloadSignals {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self)
    }

    /// Waits forever.
    pub(crate) async fn wait(&mut self) {
        std::future::pending::<()>().await;
    }
}
