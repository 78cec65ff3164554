//! Runs a durable engine on a simulated disk, and checks the state afterwards with a model.

use std::sync::Arc;

use fastrand::Rng;
use statevec_abi::{boundary::RuntimeCommandRef, txlog::EntryOutcome};
use statevec_host::{
    LoadedPlugin,
    durable::{
        CheckpointOptions, DataDirectory, DurableEngine, DurableError, DurableOptions, OnFailure,
        Submitted,
    },
    storage::SimulatedDisk,
    txlog::{LogError, LogOptions, Retention, Verified, verify},
};

use crate::ledger::{Model, Operation};

/// One step of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Submit(Operation),
    /// Begins a frame, which may still be in flight when the next one begins.
    StartFrame,
    Sync,
    Checkpoint,
    /// Closes the engine in order and opens it again.
    Reopen,
}

/// A directory on a simulated disk, and every command that may be in it.
pub(crate) struct World {
    pub(crate) disk: SimulatedDisk,
    pub(crate) directory: DataDirectory,
    plugin: LoadedPlugin,
    retention: Retention,
    log: LogOptions,
    in_background: bool,
    frames_in_flight: usize,
    checkpoint_every: Option<u64>,
    /// The model after each entry; the first is that before any.
    models: Vec<Arc<Model>>,
    operations: Vec<Operation>,
    /// The last entry that was acknowledged.
    acknowledged: u64,
}

impl World {
    /// Small, so that a short run has several segments.
    pub(crate) const LOG: LogOptions =
        LogOptions { segment_bytes: 4096, frame_bytes: 1024, zero_ahead: 1024 };

    pub(crate) fn new(plugin: &LoadedPlugin, disk: SimulatedDisk) -> Self {
        let directory = DataDirectory::new(Arc::new(disk.clone()), "/data");
        Self {
            disk,
            directory,
            plugin: plugin.clone(),
            retention: Retention::Everything,
            log: Self::LOG,
            in_background: false,
            frames_in_flight: 1,
            checkpoint_every: None,
            models: vec![Arc::new(Model::new())],
            operations: Vec::new(),
            acknowledged: 0,
        }
    }

    pub(crate) fn keeping(mut self, entries: u64) -> Self {
        self.retention = Retention::Entries(entries);
        self
    }

    pub(crate) fn with_segments(mut self, bytes: u64) -> Self {
        self.log.segment_bytes = bytes;
        self
    }

    pub(crate) fn with_checkpoints_every(mut self, bytes: u64) -> Self {
        self.checkpoint_every = Some(bytes);
        self
    }

    pub(crate) fn in_background(mut self) -> Self {
        self.in_background = true;
        self
    }

    pub(crate) fn with_frames_in_flight(mut self, frames: usize) -> Self {
        self.frames_in_flight = frames;
        self
    }

    pub(crate) fn options(&self) -> DurableOptions {
        DurableOptions {
            log: self.log,
            checkpoint: CheckpointOptions {
                every: self.checkpoint_every,
                memory: 512,
                retention: self.retention,
            },
            on_failure: OnFailure::Skip,
            in_background: self.in_background,
            frames_in_flight: self.frames_in_flight,
            ..DurableOptions::default()
        }
    }

    /// Opens the directory, and compares its state with the model.
    pub(crate) fn open(&mut self) -> Result<DurableEngine, DurableError> {
        let engine = DurableEngine::open(&self.directory, &self.plugin, self.options())?;
        self.check(&engine);
        Ok(engine)
    }

    fn check(&mut self, engine: &DurableEngine) {
        let position = *engine.position();
        let entry = position.entry;
        assert!(entry >= self.acknowledged, "{} of {} are lost", entry, self.acknowledged);
        let model =
            self.models.get(entry as usize).expect("there are entries that nobody submitted");
        let store = engine.engine().store();
        model.assert_matches(store);
        assert_eq!(position.tx_seq, model.tx_seq);
        assert_eq!(position.ext_seq, (entry > 0).then_some(entry));
        assert_eq!(position.digest, store.digest());
        // Entries that were not acknowledged and are there all the same have become durable by now.
        self.models.truncate(entry as usize + 1);
        self.operations.truncate(entry as usize);
        self.acknowledged = entry;
    }

    /// Does one step.
    pub(crate) fn step(
        &mut self,
        engine: DurableEngine,
        step: Step,
    ) -> Result<DurableEngine, DurableError> {
        let mut engine = engine;
        match step {
            Step::Submit(operation) => {
                self.submit(&mut engine, operation)?;
            }
            Step::StartFrame => {
                engine.start_frame()?;
                self.acknowledged = engine.durable();
            }
            Step::Sync => {
                self.acknowledged = engine.sync()?;
            }
            Step::Checkpoint => {
                engine.checkpoint()?;
                self.acknowledged = engine.durable();
            }
            Step::Reopen => {
                let position = engine.close()?;
                self.acknowledged = position.entry;
                return self.open();
            }
        }
        Ok(engine)
    }

    fn submit(
        &mut self,
        engine: &mut DurableEngine,
        operation: Operation,
    ) -> Result<(), DurableError> {
        let (kind, payload) = operation.encode();
        let ext_seq = engine.position().entry + 1;
        let mut model = Model::clone(self.models.last().unwrap());
        // The disk may have failed, on another thread, while the process before ran this command.
        let interrupted = engine.opened().interrupted;
        let ended_process = interrupted.is_some_and(|running| running.ext_seq == ext_seq);
        if !ended_process {
            model.apply(operation);
        }
        // It may become durable even if the call fails.
        self.models.push(Arc::new(model));
        self.operations.push(operation);
        let command = RuntimeCommandRef::new(kind, ext_seq, 0, &payload);
        let Submitted::Ran(logged) = engine.submit(&command)? else { panic!("a duplicate") };
        assert_eq!(logged.number(), ext_seq);
        if ended_process {
            let EntryOutcome::Failed(failure) = logged.entry().outcome else {
                panic!("{ext_seq} ended a process and ran again")
            };
            let text = failure.text.to_string();
            assert_eq!(text, "the process ended while it ran this command");
        }
        self.acknowledged = self.acknowledged.max(engine.durable());
        Ok(())
    }

    /// Submits an acknowledged command again, and compares the returned entry with the first one.
    pub(crate) fn submit_again(
        &self,
        engine: &mut DurableEngine,
        entry: u64,
    ) -> Result<(), DurableError> {
        let operation = self.operations[entry as usize - 1];
        let (kind, payload) = operation.encode();
        let command = RuntimeCommandRef::new(kind, entry, 0, &payload);
        let Submitted::Duplicate { original } = engine.submit(&command)? else {
            panic!("entry {entry} ran again")
        };
        let Some(original) = original else {
            assert_ne!(self.retention, Retention::Everything, "entry {entry} is not found");
            return Ok(());
        };
        let found = original.entry();
        assert_eq!((found.number, found.ext_seq, found.payload), (entry, entry, &payload[..]));
        match operation {
            Operation::Reject { id } => {
                let EntryOutcome::Rejected(failure) = found.outcome else { panic!("{found:?}") };
                assert_eq!(failure.text.to_string(), format!("item {id} is rejected"));
            }
            Operation::Panic { .. } => {
                assert!(matches!(found.outcome, EntryOutcome::Failed(_)), "{found:?}");
            }
            _ => {
                let tx_seq = self.models[entry as usize].tx_seq;
                assert_eq!(found.outcome, EntryOutcome::Committed { tx_seq });
            }
        }
        Ok(())
    }

    /// Checks every byte of the log.
    pub(crate) fn assert_whole(&self) {
        let verified = self.verify().unwrap();
        assert_eq!((verified.end.torn, verified.end.unfinished), (None, None));
        assert_eq!(verified.end.position.entry, self.acknowledged);
    }

    pub(crate) fn verify(&self) -> Result<Verified, LogError> {
        verify(self.directory.storage(), &self.directory.log())
    }

    /// The same directory on a copy of the disk.
    pub(crate) fn fork(&self) -> Self {
        let mut fork = Self::new(&self.plugin, self.disk.fork());
        fork.disk.restart();
        fork.models.clone_from(&self.models);
        fork.operations.clone_from(&self.operations);
        (fork.acknowledged, fork.retention) = (self.acknowledged, self.retention);
        (fork.log, fork.checkpoint_every) = (self.log, self.checkpoint_every);
        fork.frames_in_flight = self.frames_in_flight;
        fork
    }

    /// Lets entries behind one be lost.
    pub(crate) fn forgive_from(&mut self, entry: u64) {
        self.acknowledged = self.acknowledged.min(entry - 1);
    }

    pub(crate) fn last_acknowledged(&self) -> u64 {
        self.acknowledged
    }
}

/// An error with all its causes.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// A text whose paths are as Unix writes them.
pub(crate) fn with_slashes(text: String) -> String {
    text.replace(std::path::MAIN_SEPARATOR, "/")
}

/// A random operation on few items.
pub(crate) fn random_operation(random: &mut Rng) -> Operation {
    let id = random.u64(..5);
    match random.u8(..64) {
        0..=39 => Operation::Store { id, value: random.u64(..) },
        40..=49 => Operation::Delete { id },
        50..=55 => Operation::Pass { id },
        56..=62 => Operation::Reject { id },
        _ => Operation::Panic { id },
    }
}

/// A random step.
pub(crate) fn random_step(random: &mut Rng) -> Step {
    match random.u8(..32) {
        0..=18 => Step::Submit(random_operation(random)),
        19..=24 => Step::StartFrame,
        25..=28 => Step::Sync,
        29..=30 => Step::Checkpoint,
        _ => Step::Reopen,
    }
}
