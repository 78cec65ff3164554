//! Counts the divergences of a replay.

use std::sync::Arc;

use statevec_abi_alloc::schema::SchemaRegistry;

use super::{Difference, Divergence};

/// The findings of a replay so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReplaySummary {
    /// Entries that were replayed.
    pub entries: u64,
    /// Commands that the plugin ran again.
    pub ran: u64,
    /// Commands that were not run again, because they had ended their process.
    pub skipped: u64,
    /// The first divergence.
    pub first: Option<Divergence>,
    /// The schema of the first divergence.
    pub first_schema: Option<Arc<SchemaRegistry>>,
    /// Migrations that were carried out again.
    pub migrations: u64,
    /// Commands with another outcome.
    pub outcomes: u64,
    /// Commands with other events.
    pub events: u64,
    /// Commands that left other records.
    pub records: u64,
    /// Commands that left another state, although no record differs.
    pub digests: u64,
}

impl ReplaySummary {
    /// How many commands diverged.
    #[must_use]
    pub fn divergences(&self) -> u64 {
        self.outcomes + self.events + self.records + self.digests
    }

    pub(super) fn count(&mut self, divergence: Divergence, schema: &Arc<SchemaRegistry>) {
        let count = match divergence.difference {
            Difference::Outcome { .. } => &mut self.outcomes,
            Difference::Event { .. } => &mut self.events,
            Difference::Record { .. } => &mut self.records,
            Difference::Digest { .. } => &mut self.digests,
        };
        *count += 1;
        self.first.get_or_insert(divergence);
        self.first_schema.get_or_insert_with(|| Arc::clone(schema));
    }
}
