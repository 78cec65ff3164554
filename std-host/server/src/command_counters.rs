//! Counters of commands, by name and outcome.

use prometheus_client::{
    metrics::{counter::Counter, family::Family},
    registry::Registry,
};
use statevec_abi_alloc::schema::SchemaRegistry;

/// Names and values of labels.
pub(crate) type Labels = Vec<(&'static str, String)>;

const OUTCOMES: [&str; 4] = ["committed", "rejected", "failed", "duplicate"];

/// One counter for each command and outcome. They are looked up by kind, because a command takes
/// about a microsecond, and a look-up by labels would be a large part of it.
pub(crate) struct CommandCounters(Vec<Option<[Counter; 4]>>);

impl CommandCounters {
    pub(super) fn register(schema: &SchemaRegistry, registry: &mut Registry) -> Self {
        let family = Family::<Labels, Counter>::default();
        let mut by_kind = Vec::new();
        for command in schema.command_defs() {
            by_kind.resize_with(usize::from(command.kind), || None);
            by_kind.push(Some(OUTCOMES.map(|outcome| {
                let labels =
                    vec![("command", command.name.to_string()), ("outcome", outcome.to_owned())];
                family.get_or_create_owned(&labels)
            })));
        }
        registry.register("commands", "Commands by name and outcome", family);
        Self(by_kind)
    }

    /// Counts a command.
    pub(crate) fn count(&self, kind: u8, outcome: &str) {
        let counters = self.0.get(usize::from(kind)).and_then(Option::as_ref);
        let place = OUTCOMES.iter().position(|name| *name == outcome);
        if let Some(counter) = counters.zip(place).and_then(|(all, place)| all.get(place)) {
            counter.inc();
        }
    }
}
