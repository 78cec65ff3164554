//! Options of a durable engine.

use super::CheckpointOptions;
use crate::{store::StoreLimits, txlog::LogOptions};

/// Options of a durable engine.
#[derive(Debug, Clone)]
pub struct DurableOptions {
    /// The plugin's configuration text.
    pub config: String,
    /// The limits of the store.
    pub limits: StoreLimits,
    /// Layout of the log.
    pub log: LogOptions,
    /// Checkpoints, and how long segments are kept.
    pub checkpoint: CheckpointOptions,
    /// The consequence of a failed command.
    pub on_failure: OnFailure,
    /// True if the `ext_seq` of each command must be one more than that of the command before.
    pub strict_sequence: bool,
    /// True if a command that ended the process runs again also when failures are skipped. Replicas
    /// need it: a command that one of them did not end must have the same result on all.
    pub rerun_interrupted: bool,
    /// True if syncs and checkpoints run on threads of their own, beside the commands. The default
    /// is `true`. Without them the same calls give the same writes in the same order, which tests
    /// rely on.
    pub in_background: bool,
    /// The most frames that are written at the same time, beside the commands that follow; 0 counts
    /// as 1, the default. With 1, everything that is submitted during a write shares the next frame,
    /// which suits many senders. With more, a batch need not wait for the one before it, which suits
    /// one sender with batches of its own. Where the storage cannot write side by side (on Linux,
    /// file systems without direct access; all other systems), one frame is written at a time.
    pub frames_in_flight: usize,
    /// The name of this process in the directory's lock. The error of another process that tries to
    /// take the lock shows it. Empty for the process's number.
    pub holder: String,
}

impl Default for DurableOptions {
    fn default() -> Self {
        Self {
            config: String::new(),
            limits: StoreLimits::default(),
            log: LogOptions::default(),
            checkpoint: CheckpointOptions::default(),
            on_failure: OnFailure::default(),
            strict_sequence: false,
            rerun_interrupted: false,
            in_background: true,
            frames_in_flight: 1,
            holder: String::new(),
        }
    }
}

/// The consequence of a failed command. The failure is recorded in any case.
///
/// A failure is a fault of the plugin: a panic, or an error other than a rejection. Rejections are
/// normal results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum OnFailure {
    /// The engine stops behind it.
    #[default]
    Stop,
    /// The engine goes on. A command that ended the process before is recorded as failed without
    /// being run again.
    Skip,
}
