//! `log stat`: counts what is in a log.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;
use statevec_abi::txlog::{Entry, EntryOutcome, Environment};
use statevec_host::{Sha256, foreign_text::Escaped};

use super::{SourceArgs, source::LogSource};
use crate::cli::{error::CliError, output::print, summary::Number};

/// How many rejection texts the table for people shows.
const MOST_TEXTS: usize = 10;

#[derive(Debug, Default, Serialize)]
struct Stat {
    plugin: Option<String>,
    first_entry: u64,
    last_entry: u64,
    bytes: u64,
    committed: u64,
    rejected: u64,
    failed: u64,
    environment_changes: u64,
    migrations: u64,
    events: u64,
    changes: u64,
    first_ext_seq: Option<u64>,
    last_ext_seq: Option<u64>,
    /// Reference times of the first and the last command, in microseconds.
    first_time_us: Option<u64>,
    last_time_us: Option<u64>,
    /// SHA-256 of each plugin build that wrote here, in order; zeros for a plugin that was linked
    /// in.
    plugin_builds: Vec<String>,
    /// How often each reason was given for a rejection or failure.
    reasons: BTreeMap<String, u64>,
}

pub(super) fn stat(args: &SourceArgs) -> Result<(), CliError> {
    let source = LogSource::open(&args.path, args.schema.as_deref())?;
    let mut walk = source.walk_from_start()?;
    let mut stat = Stat { first_entry: walk.position().entry + 1, ..Stat::default() };
    if let Some(header) = &source.header {
        stat.plugin = Some(header.plugin.clone());
        stat.plugin_builds.push(Sha256::from_bytes(header.plugin_sha256).to_string());
    }
    walk.for_each(|walked| {
        stat.count(&walked.entry);
        Ok::<_, CliError>(())
    })?;
    stat.last_entry = walk.position().entry;
    stat.bytes = source.bytes()?;
    print(args.json, &stat, || stat.to_string())
}

impl Stat {
    /// The build of the entries that come next.
    fn build(&mut self, environment: &Environment<'_>) {
        let build = Sha256::from_bytes(environment.plugin_sha256).to_string();
        if self.plugin_builds.last() != Some(&build) {
            self.plugin_builds.push(build);
        }
    }

    fn count(&mut self, entry: &Entry<'_>) {
        let entry = match entry {
            Entry::Transaction(entry) => entry,
            Entry::Environment(entry) => {
                self.environment_changes += 1;
                return self.build(&entry.environment);
            }
            Entry::Migration(entry) => {
                self.migrations += 1;
                return self.build(&entry.environment);
            }
            _ => return,
        };
        let failure = match entry.outcome {
            EntryOutcome::Committed { .. } => {
                self.committed += 1;
                None
            }
            EntryOutcome::Rejected(failure) => {
                self.rejected += 1;
                Some(failure)
            }
            EntryOutcome::Failed(failure) => {
                self.failed += 1;
                Some(failure)
            }
        };
        if let Some(failure) = failure {
            *self.reasons.entry(failure.text.to_string()).or_default() += 1;
        }
        self.events += entry.events.len() as u64;
        self.changes += entry.changes.len() as u64;
        self.first_ext_seq.get_or_insert(entry.ext_seq);
        self.last_ext_seq = Some(entry.ext_seq);
        self.first_time_us.get_or_insert(entry.ref_ext_time_us);
        self.last_time_us = Some(entry.ref_ext_time_us);
    }
}

impl fmt::Display for Stat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(plugin) = &self.plugin else { return f.write_str("the log has no entries\n") };
        writeln!(f, "plugin       {}", Escaped(plugin))?;
        writeln!(f, "entries      {} to {}", self.first_entry, self.last_entry)?;
        writeln!(f, "bytes        {}", self.bytes)?;
        writeln!(
            f,
            "commands     {} committed, {} rejected, {} failed",
            self.committed, self.rejected, self.failed
        )?;
        let (events, changes) =
            (Number(self.events, "event"), Number(self.changes, "record change"));
        writeln!(f, "effects      {events}, {changes}")?;
        if let (Some(first), Some(last)) = (self.first_ext_seq, self.last_ext_seq) {
            writeln!(f, "ext_seq      {first} to {last}")?;
        }
        if let (Some(first), Some(last)) = (self.first_time_us, self.last_time_us) {
            writeln!(f, "time         {first} to {last} microseconds")?;
        }
        if self.migrations > 0 {
            writeln!(f, "migrations   {}", self.migrations)?;
        }
        for (place, build) in self.plugin_builds.iter().enumerate() {
            let label = if place == 0 { "builds" } else { "" };
            writeln!(f, "{label:<12} {build}")?;
        }
        let mut reasons: Vec<_> = self.reasons.iter().collect();
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (place, (reason, count)) in reasons.iter().take(MOST_TEXTS).enumerate() {
            let label = if place == 0 { "reasons" } else { "" };
            writeln!(f, "{label:<12} {}: {}", Number(**count, "time"), Escaped(reason))?;
        }
        if reasons.len() > MOST_TEXTS {
            let others = Number((reasons.len() - MOST_TEXTS) as u64, "other");
            writeln!(f, "{:<12} and {others}; --json has all", "")?;
        }
        Ok(())
    }
}
