//! The result of a run: one entry per check, with its findings.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The results of all checks of one plugin.
///
/// It holds no time and no address of the machine, so the same plugin and the same seed give the
/// same report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The plugin's name; `None` if it could not be loaded.
    pub plugin: Option<String>,
    /// The plugin's file, as it was named.
    pub file: String,
    /// The SHA-256 digest of the file.
    pub sha256: String,
    /// The seed of all generated commands.
    pub seed: u64,
    /// The results, in the order of [`CHECKS`](super::CHECKS).
    pub checks: Vec<CheckResult>,
    /// The parts of the schema that the generated commands reached.
    pub coverage: Coverage,
}

impl Report {
    /// The number of checks with a result.
    #[must_use]
    pub fn count(&self, status: Status) -> usize {
        self.checks.iter().filter(|check| check.status == status).count()
    }
}

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckResult {
    /// The name of the check.
    pub check: &'static str,
    /// The worst of its findings.
    pub status: Status,
    /// Everything that it found.
    pub findings: Vec<Finding>,
    /// The command line that runs this check alone.
    pub reproduce: String,
}

/// The result of a check, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Nothing was found.
    Pass,
    /// The check could not be made; the finding has the reason.
    Skip,
    /// The plugin differs from what most hosts and readers expect, and works.
    Warn,
    /// The plugin breaks the contract, or gives results that cannot be repeated.
    Fail,
}

impl Status {
    /// The word for it, in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Skip => "skip",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// One thing that a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How bad it is.
    pub status: Status,
    /// The part of the check that found it.
    pub step: String,
    /// The fault, and the remedy.
    pub why: String,
    /// The shortest commands that show it, as `statevec-host run` reads them; empty if it takes no
    /// commands.
    pub commands: Vec<String>,
}

/// The kinds that the generated commands reached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// For each declared command, how many were committed and how many rejected.
    pub commands: BTreeMap<String, CommandCount>,
    /// For each declared event, how many were emitted.
    pub events: BTreeMap<String, u64>,
    /// The reasons of rejections, with `#` in place of each number, and how many had each.
    pub rejections: BTreeMap<String, u64>,
}

/// The outcomes of one command.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandCount {
    /// Committed ones.
    pub committed: u64,
    /// Rejected ones.
    pub rejected: u64,
    /// Failed ones.
    pub failed: u64,
}
