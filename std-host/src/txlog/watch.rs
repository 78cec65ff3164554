//! Tells other threads which entries are durable.

use std::{
    fmt,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{LogError, LogPosition};

/// Tells which entries are durable, from any thread.
#[derive(Debug, Clone)]
pub struct DurableWatch {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    /// True once `failed` is set, for checks that must not wait for the lock.
    has_failed: AtomicBool,
}

struct State {
    position: LogPosition,
    failed: Option<LogError>,
    notify: Option<Box<dyn Fn(u64) + Send>>,
}

impl DurableWatch {
    pub(super) fn new(position: LogPosition) -> Self {
        let state = State { position, failed: None, notify: None };
        let (state, changed) = (Mutex::new(state), Condvar::new());
        let has_failed = AtomicBool::new(false);
        Self { shared: Arc::new(Shared { state, changed, has_failed }) }
    }

    /// The last durable entry.
    #[must_use]
    pub fn entry(&self) -> u64 {
        self.position().entry
    }

    /// The position behind the last durable entry.
    #[must_use]
    pub fn position(&self) -> LogPosition {
        self.lock().position
    }

    /// Waits until an entry is durable.
    ///
    /// It does not begin a sync. If no other call does, it waits forever.
    ///
    /// # Errors
    ///
    /// The log has stopped before.
    pub fn wait(&self, entry: u64) -> Result<(), LogError> {
        let mut state = self.lock();
        while state.position.entry < entry {
            if let Some(failed) = &state.failed {
                return Err(failed.clone());
            }
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        Ok(())
    }

    /// Calls a function with the last durable entry, after each sync and after the log has stopped.
    /// It is called on the thread that syncs, and must not call back into the log.
    pub fn notify(&self, function: impl Fn(u64) + Send + 'static) {
        self.lock().notify = Some(Box::new(function));
    }

    /// Checks that the log is still in order.
    ///
    /// # Errors
    ///
    /// The failure that stopped it.
    #[inline]
    pub fn check(&self) -> Result<(), LogError> {
        if self.shared.has_failed.load(Ordering::Acquire) { self.failure() } else { Ok(()) }
    }

    #[cold]
    fn failure(&self) -> Result<(), LogError> {
        self.lock().failed.clone().map_or(Ok(()), Err)
    }

    /// Publishes the result of a commit, and runs `together` under the same lock, so that no reader
    /// sees its effect without the result.
    pub(super) fn committed(&self, result: Result<LogPosition, LogError>, together: impl FnOnce()) {
        let mut state = self.lock();
        // Before anything else shows that the commit is over: a check must not pass then.
        self.shared.has_failed.fetch_or(result.is_err(), Ordering::Release);
        together();
        match result {
            Ok(position) => state.position = position,
            Err(error) => state.failed = Some(error),
        }
        self.shared.changed.notify_all();
        if let Some(notify) = &state.notify {
            notify(state.position.entry);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}
