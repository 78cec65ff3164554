//! The result of a replay, for people and for programs.

use std::fmt;

use serde::Serialize;
use statevec_host::{
    foreign_text::EscapedLines,
    replay::{DescribedDivergence, ReplaySummary, Replayer},
};

use crate::cli::summary::Number;

/// The result of a replay.
#[derive(Serialize)]
pub(super) struct Report<'r> {
    entries: u64,
    /// Commands that the plugin ran again.
    ran: u64,
    /// Commands that had ended their process and were not run again.
    skipped: u64,
    /// Migrations that were carried out again.
    migrations: u64,
    last_entry: u64,
    digest: String,
    outcomes: u64,
    events: u64,
    records: u64,
    digests: u64,
    first: Option<DescribedDivergence<'r>>,
    #[serde(skip)]
    summary: &'r ReplaySummary,
    #[serde(skip)]
    has_plugin: bool,
}

impl<'r> Report<'r> {
    pub(super) fn of(replayer: &'r Replayer, has_plugin: bool) -> Self {
        let summary = replayer.summary();
        let schema = summary.first_schema.as_ref().unwrap_or_else(|| replayer.schema());
        let described = |divergence| DescribedDivergence { schema, divergence };
        Self {
            entries: summary.entries,
            ran: summary.ran,
            skipped: summary.skipped,
            migrations: summary.migrations,
            last_entry: replayer.position().entry,
            digest: replayer.position().digest.to_string(),
            outcomes: summary.outcomes,
            events: summary.events,
            records: summary.records,
            digests: summary.digests,
            first: summary.first.as_ref().map(described),
            summary,
            has_plugin,
        }
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { skipped, last_entry, digest, .. } = self;
        let (entries, ran) = (Number(self.entries, "entry"), Number(self.ran, "command"));
        if self.has_plugin {
            write!(f, "replayed {entries}: {ran} ran again")?;
        } else {
            write!(f, "replayed {entries}: applied the recorded changes, no plugin ran")?;
        }
        if *skipped > 0 {
            write!(f, ", {skipped} that had ended their process did not")?;
        }
        if self.migrations > 0 {
            write!(f, ", {} carried out again", Number(self.migrations, "migration"))?;
        }
        match self.summary.divergences() {
            0 => writeln!(f, "; nothing differs")?,
            1 => writeln!(f, "; 1 differs")?,
            count => writeln!(
                f,
                "; {count} differ: {} in the outcome, {} in events, {} in records, {} in the digest",
                self.outcomes, self.events, self.records, self.digests
            )?,
        }
        if let Some(first) = &self.first {
            writeln!(f, "first difference: {}", EscapedLines(first))?;
        }
        writeln!(f, "state after entry {last_entry}: digest {digest}")
    }
}
