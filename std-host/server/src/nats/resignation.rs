//! The end of publishing, when the process ends in order.

use std::time::Duration;

use tokio::{sync::watch, time::timeout};
use tracing::warn;

/// The longest time until the lease is given back. Without an answer the others wait until it is
/// no longer valid, as after a crash.
const LONGEST: Duration = Duration::from_secs(2);

/// Asks the task that publishes to give the lease back. A clone is another handle.
#[derive(Debug, Clone)]
pub(crate) struct Resignation {
    asked: watch::Sender<bool>,
    done: watch::Sender<bool>,
}

impl Resignation {
    pub(super) fn new() -> Self {
        Self { asked: watch::Sender::new(false), done: watch::Sender::new(false) }
    }

    /// Asks for it, and does not wait.
    pub(crate) fn ask(&self) {
        self.asked.send_replace(true);
    }

    /// Waits until the lease is another replica's, or free; not for long.
    pub(crate) async fn wait(&self) {
        let mut done = self.done.subscribe();
        if timeout(LONGEST, done.wait_for(|done| *done)).await.is_err() {
            warn!("the lease cannot be given back; the others wait until it is not valid any more");
        }
    }

    /// Becomes true when it is asked for.
    pub(super) fn watch_asked(&self) -> watch::Receiver<bool> {
        self.asked.subscribe()
    }

    pub(super) fn set_done(&self) {
        self.done.send_replace(true);
    }
}
