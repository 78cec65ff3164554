//! The state of this replica, for reads, metrics and the page.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::replica::Standing;

/// The state of this replica. A clone is another handle to the same state.
#[derive(Debug, Clone)]
pub(crate) struct SharedStatus {
    state: Arc<Mutex<ReplicaStatus>>,
    applied: watch::Sender<u64>,
}

/// The values of one moment.
#[derive(Debug, Clone)]
pub(crate) struct ReplicaStatus {
    pub(crate) name: String,
    pub(crate) stream: String,
    /// The build that runs; `None` before the first heartbeat.
    pub(crate) plugin_sha256: Option<String>,
    /// The last message of the stream, and when that was known.
    pub(crate) stream_last: Option<(u64, Instant)>,
    /// The last message of the stream that is durable here.
    pub(crate) applied: u64,
    /// The last time at which nothing of the stream was missing here.
    caught_up: Instant,
    pub(crate) is_publisher: bool,
    pub(crate) holder: Option<String>,
    /// The last command whose result is known to be published by this replica.
    pub(crate) published: Option<u64>,
    pub(crate) standing: Standing,
    /// Messages that were no commands.
    pub(crate) unreadable: u64,
    pub(crate) peers: BTreeMap<String, (Peer, Instant)>,
}

/// A replica as it describes itself to the others.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Peer {
    pub(crate) name: String,
    /// Tells two processes with one name apart.
    pub(crate) process: u64,
    pub(crate) url: Option<String>,
    pub(crate) plugin_sha256: Option<String>,
    pub(crate) entry: u64,
    pub(crate) ext_seq: Option<u64>,
    pub(crate) digest: String,
    pub(crate) is_publisher: bool,
    /// Digests behind commands, in hexadecimal digits.
    pub(crate) digests: Vec<(u64, String)>,
}

impl SharedStatus {
    pub(crate) fn new(name: &str, stream: &str) -> Self {
        let now = Instant::now();
        let state = ReplicaStatus {
            name: name.into(),
            stream: stream.into(),
            plugin_sha256: None,
            stream_last: None,
            applied: 0,
            caught_up: now,
            is_publisher: false,
            holder: None,
            published: None,
            standing: Standing::default(),
            unreadable: 0,
            peers: BTreeMap::new(),
        };
        Self { state: Arc::new(Mutex::new(state)), applied: watch::Sender::new(0) }
    }

    pub(crate) fn read(&self) -> ReplicaStatus {
        self.lock().clone()
    }

    pub(super) fn update(&self, change: impl FnOnce(&mut ReplicaStatus)) {
        let mut state = self.lock();
        change(&mut state);
        if state.lag_entries() == Some(0) {
            state.caught_up = Instant::now();
        }
    }

    /// Messages up to this one are durable here.
    pub(super) fn applied(&self, sequence: u64) {
        self.update(|status| status.applied = status.applied.max(sequence));
        self.applied.send_if_modified(|last| {
            let is_news = *last < sequence;
            *last = sequence.max(*last);
            is_news
        });
    }

    /// The last message that is durable here, and its changes.
    pub(super) fn watch_applied(&self) -> watch::Receiver<u64> {
        self.applied.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, ReplicaStatus> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ReplicaStatus {
    /// Messages of the stream that are not durable here; `None` before the stream was seen.
    pub(crate) fn lag_entries(&self) -> Option<u64> {
        self.stream_last.map(|(last, _)| last.saturating_sub(self.applied))
    }

    /// For how long something has been missing here, or nothing was heard from the stream.
    pub(crate) fn lag(&self) -> Duration {
        match self.stream_last {
            Some((_, seen)) if self.lag_entries() == Some(0) => {
                // The stream is looked at once a second.
                seen.elapsed().saturating_sub(Duration::from_secs(2))
            }
            _ => self.caught_up.elapsed(),
        }
    }
}
