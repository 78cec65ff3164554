//! The state of the engine, for health checks and for the end of the process.

use super::Refusal;

/// The state of the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum EngineState {
    /// It takes commands.
    Running,
    /// The medium is full. The directory is opened again when commands come.
    StorageFull(String),
    /// It takes no more commands, and the process ends.
    Stopped {
        reason: String,
        /// True if a command failed, and the reason is not the machine's.
        by_command: bool,
    },
    /// It has ended in order.
    Closed,
}

impl EngineState {
    /// The reason why a job is refused or dropped in this state.
    pub(super) fn refusal(&self) -> Refusal {
        match self {
            Self::StorageFull(reason) => Refusal::StorageFull(reason.clone()),
            Self::Stopped { reason, .. } => Refusal::Stopped(reason.clone()),
            Self::Running | Self::Closed => Refusal::Stopping,
        }
    }
}
