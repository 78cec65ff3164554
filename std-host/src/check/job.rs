//! The work of one child process, as its parent writes it into the child's folder.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::script::ScriptCommand;

/// Everything that a child process needs to know.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Job {
    /// The number of the process that starts it.
    pub(super) parent: u32,
    pub(super) plugin: PathBuf,
    /// The digest that the file is pinned to.
    pub(super) sha256: Option<String>,
    pub(super) allow_world_writable: bool,
    pub(super) config: String,
    /// Commands of the user, one JSON object each.
    pub(super) examples: Vec<String>,
    pub(super) seed: u64,
    /// Generated scripts per step.
    pub(super) cases: u32,
    pub(super) memory_mib: u64,
    pub(super) seconds: u64,
    /// The plugin's name, schema and word on panics, as another process found them.
    pub(super) name: String,
    pub(super) schema: String,
    pub(super) catches_panics: Option<bool>,
    pub(super) task: Task,
}

/// The task of a child process.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Task {
    /// Loads the plugin and notes its texts.
    Describe,
    /// Makes a check, from one of its steps on.
    Check { name: String, from_step: usize },
    /// Runs one script, or all that are generated, and notes the outcomes.
    Transcribe { script: Option<Vec<ScriptCommand>>, variation: Variation },
    /// Runs the steps of a check with one script in place of the generated ones.
    Replay { name: String, step: usize, script: Vec<ScriptCommand> },
}

/// The circumstances of a process that must not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Variation {
    /// As the parent's.
    Same,
    /// Another order of addresses.
    Addresses,
    /// Other environment variables, locale, time zone and working folder.
    Environment,
    /// Another time of day.
    Clock,
}

const JOB: &str = "job.json";
const JOURNAL: &str = "journal.jsonl";

impl Job {
    pub(super) fn write(&self, folder: &Path) -> io::Result<()> {
        fs::write(folder.join(JOB), serde_json::to_vec(self)?)
    }

    pub(super) fn read(folder: &Path) -> io::Result<Self> {
        Ok(serde_json::from_slice(&fs::read(folder.join(JOB))?)?)
    }
}

pub(super) fn journal_path(folder: &Path) -> PathBuf {
    folder.join(JOURNAL)
}
