//! The engine, as requests see it.

use std::{future::Future, sync::Arc, time::Instant};

use statevec_host::durable::DurableEngine;
use tokio::sync::{oneshot, watch};

use super::{Answer, EngineState, Inbox, Refusal, inbox::Submission};
use crate::commands::Commands;

/// Hands jobs to the engine's thread.
#[derive(Debug, Clone)]
pub(crate) struct EngineHandle {
    inbox: Arc<Inbox>,
    state: watch::Receiver<EngineState>,
}

impl EngineHandle {
    pub(crate) fn new(inbox: Arc<Inbox>, state: watch::Receiver<EngineState>) -> Self {
        Self { inbox, state }
    }

    /// Runs commands, and waits until their outcomes are durable. They run even if nobody waits any
    /// more.
    pub(crate) fn submit(
        &self,
        commands: Commands,
    ) -> impl Future<Output = Result<Answer, Refusal>> + Send + use<> {
        let (reply, answer) = oneshot::channel();
        let submission = Submission { commands, reply, arrived: Instant::now() };
        let submitted = self.inbox.submit(submission);
        let state = self.state.clone();
        async move {
            submitted?;
            answer.await.unwrap_or_else(|_| Err(state.borrow().refusal()))
        }
    }

    /// Reads from the engine between two commands, and waits until everything that was read is
    /// durable.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut DurableEngine) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let (reply, answer) = oneshot::channel();
        self.inbox.read(Box::new(move |engine| {
            let value = read(engine);
            Box::new(move || {
                // Without a receiver nobody waits for the answer any more.
                let _sent = reply.send(value);
            })
        }))?;
        answer.await.map_err(|_| self.state.borrow().refusal())
    }

    /// The state of the engine.
    pub(crate) fn state(&self) -> EngineState {
        self.state.borrow().clone()
    }

    /// Returns true unless the medium is full or the engine has stopped.
    pub(crate) fn is_running(&self) -> bool {
        matches!(*self.state.borrow(), EngineState::Running)
    }

    /// Commands that wait for the engine, and their bytes.
    pub(crate) fn waiting(&self) -> (usize, usize) {
        self.inbox.waiting()
    }
}
