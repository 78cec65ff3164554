//! The queue to the engine's thread.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use statevec_host::durable::DurableEngine;
use tokio::sync::oneshot;

use super::{Answer, Refusal};
use crate::commands::Commands;

/// Most reads that wait for the engine at a time.
const READS: usize = 4096;

/// Commands of one request, with the place for their answer.
#[derive(Debug)]
pub(super) struct Submission {
    pub(super) commands: Commands,
    pub(super) reply: oneshot::Sender<Result<Answer, Refusal>>,
    pub(super) arrived: Instant,
}

/// Reads from the engine, and returns a function that sends the answer. The answer is sent when
/// everything that was read is durable, and dropped if it never will be.
pub(super) type Read = Box<dyn FnOnce(&mut DurableEngine) -> Box<dyn FnOnce() + Send> + Send>;

/// Jobs that wait for the engine. The number of commands is bounded, and so their bytes are: each
/// request's are bounded by its body.
pub(crate) struct Inbox {
    state: Mutex<State>,
    changed: Condvar,
    most_commands: usize,
}

#[derive(Default)]
struct State {
    turn: Turn,
    commands: usize,
    bytes: usize,
    /// True if the engine looks at the log even without a job, because a sync ended.
    is_awake: bool,
    is_closed: bool,
}

/// Jobs that the engine takes together.
#[derive(Default)]
pub(super) struct Turn {
    pub(super) submissions: Vec<Submission>,
    pub(super) reads: Vec<Read>,
    /// True if no jobs come any more.
    pub(super) is_last: bool,
}

impl Inbox {
    pub(crate) fn new(most_commands: usize) -> Self {
        Self { state: Mutex::default(), changed: Condvar::new(), most_commands }
    }

    /// Adds commands, unless too many wait already. Into an empty queue goes one request of any
    /// length.
    pub(super) fn submit(&self, submission: Submission) -> Result<(), Refusal> {
        let mut state = self.lock();
        if state.is_closed {
            return Err(Refusal::Stopping);
        }
        let waiting = state.commands;
        let new = submission.commands.list.len();
        if waiting > 0 && waiting.saturating_add(new) > self.most_commands {
            return Err(Refusal::QueueFull { waiting });
        }
        state.commands += new;
        state.bytes += submission.commands.bytes();
        state.turn.submissions.push(submission);
        self.changed.notify_one();
        Ok(())
    }

    /// Adds a read.
    pub(super) fn read(&self, read: Read) -> Result<(), Refusal> {
        let mut state = self.lock();
        if state.is_closed {
            return Err(Refusal::Stopping);
        }
        let waiting = state.turn.reads.len();
        if waiting >= READS {
            return Err(Refusal::QueueFull { waiting });
        }
        state.turn.reads.push(read);
        self.changed.notify_one();
        Ok(())
    }

    /// Lets the engine look at the log again.
    pub(super) fn wake(&self) {
        self.lock().is_awake = true;
        self.changed.notify_one();
    }

    /// Takes no more jobs. Those that wait are run.
    pub(crate) fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_one();
    }

    /// Commands that wait, and their bytes.
    pub(crate) fn waiting(&self) -> (usize, usize) {
        let state = self.lock();
        (state.commands, state.bytes)
    }

    /// Waits until there is something to do, and takes all of it.
    pub(super) fn take(&self) -> Turn {
        let mut state = self.lock();
        while !state.has_work() {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.is_awake = false;
        (state.commands, state.bytes) = (0, 0);
        let mut turn = std::mem::take(&mut state.turn);
        turn.is_last = state.is_closed;
        turn
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn has_work(&self) -> bool {
        let Turn { submissions, reads, .. } = &self.turn;
        self.is_awake || self.is_closed || !submissions.is_empty() || !reads.is_empty()
    }
}

impl std::fmt::Debug for Inbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inbox").field("waiting", &self.waiting()).finish_non_exhaustive()
    }
}
