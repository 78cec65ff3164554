//! The thread that owns engine and log.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use statevec_host::{durable::DurableError, json::JsonWriter};
use tokio::sync::watch;
use tracing::{debug, debug_span, error, info, warn};

use super::{
    EngineState, Inbox, Opening, Refusal,
    answer::with_causes,
    inbox::{Submission, Turn},
    open::{OpenError, Opened, is_storage_full},
    run::{Numbering, Ran, run},
    waiting::Waiting,
};
use crate::{metrics::Metrics, publication::Publication};

/// How long to wait before a directory without room is opened again.
const REOPEN_PAUSE: Duration = Duration::from_secs(1);

/// Owns engine, log and plugin. It runs on a thread of its own.
pub(crate) struct EngineThread {
    opening: Opening,
    /// `None` while the medium has no room, and after the engine stopped.
    opened: Option<Opened>,
    inbox: Arc<Inbox>,
    waiting: Waiting,
    writer: JsonWriter,
    publication: Box<dyn Publication>,
    metrics: Arc<Metrics>,
    state: watch::Sender<EngineState>,
    last_opened: Instant,
}

impl EngineThread {
    /// Opens the data directory.
    pub(crate) fn open(
        opening: Opening,
        inbox: Arc<Inbox>,
        publication: Box<dyn Publication>,
        metrics: Arc<Metrics>,
        state: watch::Sender<EngineState>,
    ) -> Result<Self, OpenError> {
        let writer = JsonWriter::new(opening.plugin.schema());
        let mut thread = Self {
            opening,
            opened: None,
            inbox,
            waiting: Waiting::default(),
            writer,
            publication,
            metrics,
            state,
            last_opened: Instant::now(),
        };
        thread.reopen()?;
        Ok(thread)
    }

    /// The findings of opening the data directory, in words.
    pub(crate) fn findings(&self) -> String {
        let opened = self.opened.as_ref().map(|opened| opened.engine.opened());
        opened.map(ToString::to_string).unwrap_or_default()
    }

    /// Runs jobs until the inbox is closed and empty, and closes the directory.
    pub(crate) fn run(mut self) {
        loop {
            let turn = self.inbox.take();
            let is_last = turn.is_last;
            self.run_turn(turn);
            if is_last {
                return self.close();
            }
        }
    }

    fn run_turn(&mut self, turn: Turn) {
        if self.opened.is_none() && !turn.submissions.is_empty() {
            self.try_again();
        }
        let Some(opened) = &mut self.opened else {
            let refusal = self.state.borrow().refusal();
            for submission in turn.submissions {
                let _sent = submission.reply.send(Err(refusal.clone()));
            }
            return;
        };
        let number = turn.submissions.len();
        let span = debug_span!("batch", requests = number, from = opened.engine.position().entry);
        let _entered = span.enter();
        let result = self.run_submissions(turn.submissions).and_then(|()| {
            let Some(Opened { engine, .. }) = &mut self.opened else { return Ok(()) };
            for read in turn.reads {
                let release = read(engine);
                self.waiting.push(engine.position().entry, release);
            }
            engine.start_sync()?;
            Ok(())
        });
        if number > 0
            && let Some(Opened { engine, .. }) = &self.opened
        {
            debug!(to = engine.position().entry, durable = engine.durable(), "commands ran");
        }
        self.release();
        match result.and_then(|()| self.check()) {
            Ok(()) => self.log_checkpoint(),
            Err(error) => self.fail(&error),
        }
    }

    /// Runs the commands of requests. Requests with keys run first, because their numbers are
    /// planned together: then one sync of the journal of keys serves all of them.
    fn run_submissions(&mut self, submissions: Vec<Submission>) -> Result<(), OpenError> {
        let Some(Opened { engine, keys, least_number }) = &mut self.opened else { return Ok(()) };
        let (keyed, others): (Vec<_>, Vec<_>) =
            submissions.into_iter().partition(|submission| submission.commands.key.is_some());
        let requests: Vec<_> = keyed
            .iter()
            .filter_map(|Submission { commands, .. }| {
                let count = u32::try_from(commands.list.len()).unwrap_or(u32::MAX);
                commands.key.map(|key| (key, count))
            })
            .collect();
        let last = engine.position().ext_seq;
        let next = last.map_or(1, |last| last.saturating_add(1)).max(*least_number);
        let planned = match engine.check() {
            Ok(()) if !requests.is_empty() => keys.plan(&requests, next),
            _ => Ok(Vec::new()),
        };
        let plans = match planned {
            Ok(plans) => plans,
            Err(error) => {
                // Answered here: the state of the engine does not have this error yet.
                let refusal = Refusal::from(&error);
                for submission in keyed.into_iter().chain(others) {
                    let _sent = submission.reply.send(Err(refusal.clone()));
                }
                return Err(error.into());
            }
        };
        let least = *least_number;
        let numberings = plans
            .into_iter()
            .map(|plan| plan.map(Numbering::Planned))
            .chain(std::iter::repeat_with(|| Ok(Numbering::Next { least })));
        for (submission, numbering) in keyed.into_iter().chain(others).zip(numberings) {
            match numbering {
                Ok(numbering) => self.run_one(submission, &numbering),
                Err(refusal) => {
                    let _sent = submission.reply.send(Err(refusal));
                }
            }
        }
        Ok(())
    }

    fn run_one(&mut self, submission: Submission, numbering: &Numbering) {
        let Some(Opened { engine, .. }) = &mut self.opened else { return };
        let Submission { commands, reply, arrived } = submission;
        let Self { writer, metrics, waiting, opening, .. } = self;
        let (counters, digests) = (&metrics.commands, opening.digests.as_ref());
        let Ran { answer, error } = run(engine, writer, counters, digests, &commands, numbering);
        if let Some(error) = error {
            debug!(error = with_causes(&error), "the engine takes no more commands");
        }
        let answered = match answer.cut.clone() {
            Some(refusal) if answer.outcomes.is_empty() && commands.is_answered => Err(refusal),
            _ => Ok(answer),
        };
        let metrics = Arc::clone(metrics);
        waiting.push(
            engine.position().entry,
            Box::new(move || {
                metrics.durable_after(arrived.elapsed());
                // Without a receiver nobody waits for the answer any more.
                let _sent = reply.send(answered);
            }),
        );
    }

    /// Sends the answers of entries that are durable by now.
    fn release(&mut self) {
        let Some(Opened { engine, .. }) = &self.opened else { return };
        let durable = engine.durable();
        self.publication.durable(durable);
        self.waiting.release(durable);
    }

    /// Returns the error that stopped the engine, once everything that it recorded is durable.
    fn check(&self) -> Result<(), OpenError> {
        let Some(Opened { engine, .. }) = &self.opened else { return Ok(()) };
        match engine.check() {
            Err(DurableError::CommandFailed { .. } | DurableError::Environment { .. })
                if engine.durable() < engine.position().entry =>
            {
                Ok(())
            }
            result => Ok(result?),
        }
    }

    /// Drops the engine, and all answers whose entries are not durable.
    fn fail(&mut self, error: &OpenError) {
        let reason = with_causes(error);
        let next = if is_storage_full(error) {
            warn!(reason, "the medium is full; commands are refused until there is room");
            EngineState::StorageFull(reason)
        } else {
            error!(reason, "the engine has stopped");
            let by_command = matches!(error, OpenError::Engine(DurableError::CommandFailed { .. }));
            EngineState::Stopped { reason, by_command }
        };
        if let Some(Opened { engine, .. }) = &self.opened {
            // The engine may have taken another build since it was opened.
            self.opening.plugin = engine.plugin().clone();
        }
        // The state comes first: a request that loses its answer reads the reason there.
        self.state.send_replace(next);
        self.opened = None;
        self.waiting.drop_all();
        self.last_opened = Instant::now();
    }

    /// Opens the directory again if the medium was full, which recovers from the log.
    fn try_again(&mut self) {
        let is_full = matches!(&*self.state.borrow(), EngineState::StorageFull(_));
        if !is_full || self.last_opened.elapsed() < REOPEN_PAUSE {
            return;
        }
        self.last_opened = Instant::now();
        match self.reopen() {
            Ok(()) => info!("the medium has room again"),
            Err(error) => self.fail(&error),
        }
    }

    fn reopen(&mut self) -> Result<(), OpenError> {
        let opened = self.opening.open()?;
        let (inbox, metrics) = (Arc::clone(&self.inbox), Arc::clone(&self.metrics));
        metrics.opened(opened.engine.position().entry);
        opened.engine.watch().notify(move |entry| {
            metrics.synced(entry);
            inbox.wake();
        });
        self.opened = Some(opened);
        self.state.send_replace(EngineState::Running);
        self.release();
        Ok(())
    }

    /// Logs the result of a checkpoint, which the engine makes on its own.
    fn log_checkpoint(&mut self) {
        let Some(Opened { engine, .. }) = &mut self.opened else { return };
        match engine.finished_checkpoint() {
            Ok(Some(made)) => {
                let removed_segments = made.removed.len();
                info!(entry = made.entry, removed_segments, "made a checkpoint");
            }
            Ok(None) => {}
            Err(error) => warn!(reason = with_causes(&error), "a checkpoint failed"),
        }
    }

    /// Makes everything durable, and closes the directory.
    fn close(mut self) {
        let Some(Opened { mut engine, .. }) = self.opened.take() else { return };
        let synced = engine.sync().map(drop);
        let durable = engine.durable();
        self.publication.durable(durable);
        self.waiting.release(durable);
        let closed = synced.and_then(|()| engine.close().map(drop));
        match closed {
            Ok(()) => {
                info!(entry = durable, "everything is durable");
                self.state.send_replace(EngineState::Closed);
            }
            Err(error) => self.fail(&OpenError::Engine(error)),
        }
    }
}
