//! The signals that end the server.

use std::io;

/// Waits for SIGTERM or SIGINT, and returns its name.
#[cfg(unix)]
pub(crate) async fn signal() -> io::Result<&'static str> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    })
}

/// Waits for Ctrl-C, and returns its name.
#[cfg(not(unix))]
pub(crate) async fn signal() -> io::Result<&'static str> {
    tokio::signal::ctrl_c().await?;
    Ok("Ctrl-C")
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
