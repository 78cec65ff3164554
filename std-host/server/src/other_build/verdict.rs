//! The findings of a trial, and the line that carries them from its process to the server.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The beginning of the line, which the plugin's own output hardly has.
const MARK: &str = "statevec-trial: ";

/// The findings of a trial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    /// The options name the build that runs.
    Same { sha256: String },
    /// The build may be taken.
    Fits { path: PathBuf, sha256: String, from: u64, to: u64, commands: u64 },
    /// It may not.
    Refused { reason: Reason, text: String },
}

/// The reason why a build is refused, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reason {
    /// Another build is being tried.
    Busy,
    /// The server cannot try builds.
    Unable,
    /// The options are wrong by now.
    Options,
    /// The file does not load.
    Load,
    /// It is another plugin.
    Plugin,
    /// It has another schema.
    Schema,
    /// The build that runs now does not give the recorded results.
    RunningBuild,
    /// The build does not give the recorded results.
    Divergence,
    /// The records break an invariant of the build, or it cannot be created.
    Invariant,
    /// The log cannot be read.
    Log,
    /// The build ended the process of the trial.
    Crash,
    /// The trial took too long.
    Time,
}

impl Reason {
    /// The name of the reason.
    pub(crate) fn name(self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(name)) => name,
            _ => String::new(),
        }
    }
}

impl Verdict {
    pub(super) fn refused(reason: Reason, text: impl Into<String>) -> Self {
        Self::Refused { reason, text: text.into() }
    }

    /// The line for standard output. The plugin may have written a part of a line before.
    pub(super) fn to_line(&self) -> String {
        let json = serde_json::to_string(self).unwrap_or_else(|error| {
            let text = format!("the findings cannot be written: {error}");
            serde_json::json!({ "refused": { "reason": "load", "text": text } }).to_string()
        });
        format!("\n{MARK}{json}\n")
    }

    /// The findings in all that the process wrote.
    pub(super) fn find(output: &[u8]) -> Option<Self> {
        let mut lines = output.rsplit(|byte| *byte == b'\n');
        let line = lines.find_map(|line| line.strip_prefix(MARK.as_bytes()))?;
        serde_json::from_slice(line).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::{Reason, Verdict};

    #[test]
    fn a_plugin_that_prints_does_not_hide_the_findings() {
        let verdict = Verdict::refused(Reason::Divergence, "entry 7:\n\"text\"");
        let output = format!("half a line{}created\nstatevec", verdict.to_line());
        assert_eq!(Verdict::find(output.as_bytes()), Some(verdict));
        assert_eq!(Verdict::find(b"half a line"), None);
        assert_eq!(Verdict::find(b"statevec-trial: {"), None);
        assert_eq!(Reason::RunningBuild.name(), "running_build");
    }
}
