//! The signals that end the server.

use std::io;

/// The signals that end the server. From its creation on they no longer end the process at once.
#[cfg(unix)]
#[derive(Debug)]
pub(crate) struct EndSignals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl EndSignals {
    pub(crate) fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let (terminate, interrupt) = (SignalKind::terminate(), SignalKind::interrupt());
        Ok(Self { terminate: signal(terminate)?, interrupt: signal(interrupt)? })
    }

    /// Waits for a signal, and returns its name.
    pub(crate) async fn wait(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

/// Ctrl-C, which ends the server.
#[cfg(not(unix))]
#[derive(Debug)]
pub(crate) struct EndSignals;

#[cfg(not(unix))]
impl EndSignals {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self)
    }

    /// Waits for Ctrl-C.
    pub(crate) async fn wait(&mut self) -> &'static str {
        // Without the signal the server ends with its process.
        let _signalled = tokio::signal::ctrl_c().await;
        "Ctrl-C"
    }
}

/// Tells the service manager that the server is ready.
#[cfg(unix)]
pub(crate) fn tell_ready(status: &str) {
    use sd_notify::NotifyState;
    // Without a service manager nobody listens.
    let _told = sd_notify::notify(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// Tells the service manager that the server is ending.
#[cfg(unix)]
pub(crate) fn tell_stopping() {
    let _told = sd_notify::notify(&[sd_notify::NotifyState::Stopping]);
}

/// There is no service manager to tell.
#[cfg(not(unix))]
pub(crate) fn tell_ready(_status: &str) {}

/// There is no service manager to tell.
#[cfg(not(unix))]
pub(crate) fn tell_stopping() {}
