//! Metrics of the plugin's build, and of its changes.

use prometheus_client::{
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};
use statevec_host::LoadedPlugin;

use crate::command_counters::Labels;

/// The build that runs, and how many were taken and refused.
pub(crate) struct BuildMetrics {
    plugin: String,
    server: Family<Labels, Gauge>,
    taken: Counter,
    refused: Counter,
}

impl BuildMetrics {
    pub(super) fn register(plugin: &LoadedPlugin, registry: &mut Registry) -> Self {
        let server = Family::<Labels, Gauge>::default();
        let changes = Family::<Labels, Counter>::default();
        let counter =
            |result: &str| changes.get_or_create_owned(&vec![("result", result.to_owned())]);
        let (taken, refused) = (counter("taken"), counter("refused"));
        let help = "The plugin with its build, and the version of the server";
        registry.register("server_info", help, server.clone());
        registry.register("plugin_changes", "Other builds that were tried, by result", changes);
        let metrics = Self { plugin: plugin.name().to_owned(), server, taken, refused };
        let sha256 = plugin.file_sha256().ok().flatten();
        metrics.runs(&sha256.map(|sha256| sha256.to_string()).unwrap_or_default());
        metrics
    }

    /// Another build was taken.
    pub(crate) fn taken(&self, sha256: &str) {
        self.taken.inc();
        self.runs(sha256);
    }

    /// Another build was refused.
    pub(crate) fn refused(&self) {
        self.refused.inc();
    }

    fn runs(&self, sha256: &str) {
        let labels = vec![
            ("plugin", self.plugin.clone()),
            ("plugin_sha256", sha256.to_owned()),
            ("version", env!("CARGO_PKG_VERSION").to_owned()),
        ];
        self.server.clear();
        self.server.get_or_create(&labels).set(1);
    }
}
