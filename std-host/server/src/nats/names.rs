//! Names of streams, buckets and subjects.

use crate::options::NatsSettings;

/// The names that belong to one stream of commands.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    /// The stream of commands.
    pub(crate) stream: String,
    subject: String,
}

impl Names {
    pub(crate) fn new(settings: &NatsSettings) -> Self {
        Self { stream: settings.stream.clone(), subject: settings.subject.clone() }
    }

    /// The stream of results and events.
    pub(crate) fn results_stream(&self) -> String {
        format!("{}-results", self.stream)
    }

    /// The bucket with the lease.
    pub(crate) fn lease_bucket(&self) -> String {
        format!("{}-lease", self.stream)
    }

    /// The object store with checkpoints.
    pub(crate) fn checkpoint_bucket(&self) -> String {
        format!("{}-checkpoints", self.stream)
    }

    pub(crate) fn commands(&self) -> String {
        format!("{}.commands", self.subject)
    }

    pub(crate) fn results(&self) -> String {
        format!("{}.results", self.subject)
    }

    /// The subject of an event.
    pub(crate) fn event(&self, name: &str) -> String {
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let name: String = name.chars().map(|c| if is_allowed(c) { c } else { '_' }).collect();
        format!("{}.events.{name}", self.subject)
    }

    /// All events.
    pub(crate) fn events(&self) -> String {
        format!("{}.events.>", self.subject)
    }

    /// The subject on which replicas tell each other how they are.
    pub(crate) fn replicas(&self) -> String {
        format!("{}.replicas", self.subject)
    }

    /// The subject on which a replica tells the others that it has given the lease back.
    pub(crate) fn lease_freed(&self) -> String {
        format!("{}.replicas.lease", self.subject)
    }
}
