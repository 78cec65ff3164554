//! Tells other threads which entries are durable.

use std::{
    fmt,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{LogError, LogPosition, in_flight::InFlight, lock::DurableWord};

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
    /// The same entry, for the process after this one.
    word: DurableWord,
    in_flight: InFlight,
    /// True once a frame has failed or has got no place: no other one is begun.
    is_broken: bool,
    /// The failure, once all frames before that one are durable.
    failed: Option<LogError>,
    notify: Option<Box<dyn Fn(u64) + Send>>,
}

/// A frame that is being written.
#[derive(Debug)]
pub(super) struct BegunFrame {
    number: u64,
    first_entry: u64,
    /// The last entry that was durable when the frame was begun.
    pub(super) durable: u64,
}

impl DurableWatch {
    /// Everything up to a position is durable.
    pub(super) fn new(position: LogPosition, word: DurableWord) -> Self {
        word.store(position.entry);
        let in_flight = InFlight::default();
        let state =
            State { position, word, in_flight, is_broken: false, failed: None, notify: None };
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

    /// Begins to write the next frame. `None` if one before it has failed: its failure is told, or
    /// will be when the frames before that one are durable.
    pub(super) fn begin(&self, first_entry: u64) -> Option<BegunFrame> {
        let mut state = self.lock();
        let durable = state.position.entry;
        (!state.is_broken).then(|| BegunFrame {
            number: state.in_flight.begin(),
            first_entry,
            durable,
        })
    }

    /// Lets no other frame begin: the last one has got no place, so the next one would take it. Its
    /// failure is told when it ends.
    pub(super) fn begin_no_more(&self) {
        self.lock().is_broken = true;
    }

    /// Publishes the result of a frame, as far as those before it are durable, and runs `together`
    /// under the same lock, so that no reader sees its effect without the result.
    pub(super) fn end(
        &self,
        frame: BegunFrame,
        result: Result<LogPosition, LogError>,
        together: impl FnOnce(),
    ) {
        let BegunFrame { number, first_entry: entry, .. } = frame;
        let mut state = self.lock();
        let result = result.map_err(|reason| LogError::Stopped { entry, reason: Arc::new(reason) });
        state.is_broken |= result.is_err();
        state.in_flight.end(number, result);
        let (before, was_whole) = (state.position.entry, state.failed.is_none());
        while state.failed.is_none()
            && let Some(result) = state.in_flight.take_oldest()
        {
            match result {
                Ok(position) => {
                    state.word.store(position.entry);
                    state.position = position;
                }
                Err(error) => {
                    // Before anything else shows that the frame is over: a check must not pass
                    // then.
                    self.shared.has_failed.store(true, Ordering::Release);
                    state.failed = Some(error);
                }
            }
        }
        if state.failed.is_some() {
            // Nothing counts behind a failure.
            while state.in_flight.take_oldest().is_some() {}
        }
        together();
        self.shared.changed.notify_all();
        if let Some(notify) = &state.notify
            && (state.position.entry > before || (was_whole && state.failed.is_some()))
        {
            notify(state.position.entry);
        }
    }

    /// Waits until no frame is being written.
    pub(super) fn wait_idle(&self) {
        let state = self.lock();
        let idle = |state: &mut State| !state.in_flight.is_empty();
        drop(self.shared.changed.wait_while(state, idle).unwrap_or_else(PoisonError::into_inner));
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
