//! Takes commands from the stream into the engine, in order and each once.

mod look;
mod start;

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use async_nats::jetstream::{Context, Message};
use futures_util::{FutureExt as _, StreamExt as _, future::BoxFuture};
use statevec_host::LoadedPlugin;
use tokio::{task::unconstrained, time::sleep};
use tracing::{info, warn};

use super::{Names, Patience, SharedStatus, message::read_command};
use crate::{
    commands::Commands,
    engine::{Answer, EngineHandle, Refusal},
    replica::{IngressError, IngressOrder, Step, StoredCommand},
};

/// Most commands, and bytes, that go to the engine at once.
const BATCH: usize = 1024;
const BATCH_BYTES: usize = 1 << 20;

/// Most batches that the engine has not made durable yet.
const BATCHES: usize = 8;

const PAUSE: Duration = Duration::from_millis(200);
const LOOK: Duration = Duration::from_secs(1);

/// Reads one stream for as long as the process runs.
pub(crate) struct Consumer {
    pub(crate) jetstream: Context,
    pub(crate) names: Names,
    pub(crate) engine: EngineHandle,
    pub(crate) plugin: LoadedPlugin,
    pub(crate) status: SharedStatus,
    pub(crate) order: IngressOrder,
    /// Since when the stream seems shorter than it was.
    pub(crate) shorter_since: Option<Instant>,
    pub(crate) patience: Patience,
}

/// The reason why reading ends.
enum End {
    /// The replica must stop.
    Stop(IngressError),
    /// The subscription ended; another one goes on.
    Again(String),
    /// The engine takes nothing more.
    Engine(Refusal),
}

impl From<Refusal> for End {
    fn from(refusal: Refusal) -> Self {
        Self::Engine(refusal)
    }
}

/// A batch on its way through the engine.
struct Running {
    last: u64,
    answer: BoxFuture<'static, Result<Answer, Refusal>>,
}

impl Consumer {
    /// Reads until the replica must stop. `None` if the engine ended.
    pub(crate) async fn run(mut self) -> Option<IngressError> {
        loop {
            match self.read().await {
                End::Stop(error) => return Some(error),
                End::Again(reason) => {
                    self.patience.log(&reason, "reading the stream again");
                    sleep(PAUSE).await;
                }
                End::Engine(Refusal::StorageFull(_)) => self.wait_for_room().await,
                End::Engine(_) => return None,
            }
        }
    }

    /// Commands are refused until there is room. The directory is opened again when some come.
    async fn wait_for_room(&self) {
        while let Err(Refusal::StorageFull(_)) = self.engine.submit(Commands::of_stream()).await {
            sleep(LOOK).await;
        }
    }

    async fn read(&mut self) -> End {
        match self.try_read().await {
            Ok(never) => match never {},
            Err(end) => end,
        }
    }

    async fn try_read(&mut self) -> Result<std::convert::Infallible, End> {
        let stream = self.stream().await?;
        let start = self.resume(&stream).await?;
        info!(start, stream = self.names.stream, "reading the stream");
        let mut messages = self.subscribe(&stream, start).await?;
        let (mut delivered, mut running) = (0, VecDeque::<Running>::new());
        let mut look = Box::pin(self.look(stream.clone(), LOOK));
        loop {
            let mut next = None;
            tokio::select! {
                answer = first(&mut running) => self.applied(&mut running, answer)?,
                message = messages.next(), if running.len() < BATCHES => next = Some(message),
                (known, facts) = &mut look => {
                    if let Some(facts) = facts {
                        self.looked(&facts, known)?;
                    }
                    look = Box::pin(self.look(stream.clone(), LOOK));
                }
            }
            let Some(message) = next else { continue };
            let mut batch = Commands::of_stream();
            let mut last = self.take(message, &mut delivered, &mut batch)?;
            // A task's budget would end batches after some sixty messages, whatever has arrived.
            while batch.list.len() < BATCH
                && batch.bytes() < BATCH_BYTES
                && let Some(message) = unconstrained(messages.next()).now_or_never()
            {
                last = self.take(message, &mut delivered, &mut batch)?;
            }
            running.push_back(Running { last, answer: Box::pin(self.engine.submit(batch)) });
        }
    }

    /// Decides about one message, and adds it to the batch if it is to run.
    fn take<E: std::fmt::Display>(
        &mut self,
        message: Option<Result<Message, E>>,
        delivered: &mut u64,
        batch: &mut Commands,
    ) -> Result<u64, End> {
        let message = match message {
            Some(Ok(message)) => message,
            Some(Err(error)) => {
                return Err(End::Again(format!("the subscription failed: {error}")));
            }
            None => return Err(End::Again("the subscription ended".into())),
        };
        let info = message.info().map_err(|error| {
            End::Again(format!("a message came that is none of the stream: {error}"))
        })?;
        *delivered += 1;
        if info.consumer_sequence != *delivered {
            return Err(End::Again("a message was lost on the way".into()));
        }
        let sequence = info.stream_sequence;
        let time_us = info.published.unix_timestamp_nanos() / 1000;
        let time_us = u64::try_from(time_us).unwrap_or_default();
        let (schema, body) = (self.plugin.schema(), &message.payload);
        let read = batch.read_message(sequence, time_us, |payload| {
            read_command(schema, message.headers.as_ref(), body, payload)
        });
        let stored = read.as_ref().ok().map(|kind| StoredCommand {
            sequence,
            time_us,
            kind: *kind,
            payload: batch.last_payload(),
        });
        match self.order.message(sequence, stored.as_ref()).map_err(End::Stop)? {
            Step::Run => {}
            Step::Known => batch.drop_last(),
            Step::Unreadable => {
                let problem = read.err().unwrap_or_default();
                warn!(sequence, problem, "the message is no command, and is skipped");
                self.status.update(|status| status.unreadable += 1);
            }
        }
        Ok(sequence)
    }

    fn applied(
        &self,
        running: &mut VecDeque<Running>,
        answer: Result<Answer, Refusal>,
    ) -> Result<(), End> {
        let done = running.pop_front();
        let answer = answer?;
        if let Some(refusal) = answer.cut {
            return Err(End::Engine(refusal));
        }
        if let Some(done) = done {
            self.status.applied(done.last);
        }
        Ok(())
    }
}

/// Waits for the answer to the first batch; forever if there is none.
async fn first(running: &mut VecDeque<Running>) -> Result<Answer, Refusal> {
    match running.front_mut() {
        Some(first) => (&mut first.answer).await,
        None => std::future::pending().await,
    }
}
