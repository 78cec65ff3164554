//! Makes checkpoints beside a running engine.

use super::{
    CheckpointOptions, MadeCheckpoint, background::Background, make, make_checkpoint,
    schedule::Schedule, turns::Turns,
};
use crate::{
    durable::{DataDirectory, DurableError},
    storage::Context as _,
    txlog::LogPosition,
};

/// `None` if there was a checkpoint of that entry already.
type Made = Result<Option<MadeCheckpoint>, DurableError>;

/// Makes one checkpoint at a time, on a thread of its own or on the caller's.
#[derive(Debug)]
pub(in crate::durable) struct CheckpointMaker {
    directory: DataDirectory,
    options: CheckpointOptions,
    schedule: Schedule,
    /// `None` if the caller's thread makes the checkpoints.
    background: Option<Background<LogPosition, Made>>,
    /// The result of the last checkpoint, until it is taken. A failure stays until then.
    finished: Option<Made>,
}

impl CheckpointMaker {
    /// `log_bytes` is the length of the log behind the last checkpoint, and `size` is that
    /// checkpoint's.
    ///
    /// # Errors
    ///
    /// No thread can be started.
    pub(in crate::durable) fn new(
        directory: DataDirectory,
        options: CheckpointOptions,
        in_background: bool,
        log_bytes: u64,
        size: u64,
    ) -> Result<Self, DurableError> {
        let schedule = Schedule::new(options.every, log_bytes, size);
        let start = || {
            let directory = directory.clone();
            Background::start("checkpoint", move |target| {
                make(&directory, &target, &options, Turns::beside_commands())
            })
        };
        let background = in_background.then(start).transpose();
        let background = background.context("start a thread for", &directory.checkpoints())?;
        Ok(Self { directory, options, schedule, background, finished: None })
    }

    /// Returns true if one is being made.
    pub(in crate::durable) fn is_running(&self) -> bool {
        self.background.as_ref().is_some_and(Background::is_running)
    }

    /// Counts bytes that the log has grown by.
    pub(in crate::durable) fn count(&mut self, log_bytes: u64) {
        self.schedule.count(log_bytes);
    }

    /// Returns true if one should be begun, and none is being made.
    pub(in crate::durable) fn is_due(&self) -> bool {
        self.schedule.is_due() && !self.is_running()
    }

    /// Begins to make a checkpoint, unless one is being made.
    pub(in crate::durable) fn start(&mut self, target: LogPosition) {
        if self.is_running() {
            return;
        }
        self.wait();
        self.schedule.begin();
        match &mut self.background {
            Some(background) => background.give(target),
            None => {
                let made = make_checkpoint(&self.directory, &target, &self.options);
                self.keep(made);
            }
        }
    }

    /// Waits for the checkpoint that is being made.
    pub(in crate::durable) fn wait(&mut self) {
        if let Some(result) = self.background.as_mut().and_then(Background::wait) {
            self.keep(result);
        }
    }

    /// Takes the result of the last checkpoint that was finished; `None` if it was taken before.
    pub(in crate::durable) fn take(&mut self) -> Made {
        if !self.is_running() {
            self.wait();
        }
        self.finished.take().unwrap_or(Ok(None))
    }

    fn keep(&mut self, result: Made) {
        if let Ok(Some(made)) = &result {
            self.schedule.made(made.bytes);
        }
        if !matches!(self.finished, Some(Err(_))) {
            self.finished = Some(result);
        }
    }
}
