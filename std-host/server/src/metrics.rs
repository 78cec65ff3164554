//! Metrics, in the text format of OpenMetrics.

use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use prometheus_client::{
    encoding::text::encode,
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Registry, Unit},
};
use statevec_host::LoadedPlugin;

use crate::{
    build_metrics::BuildMetrics,
    command_counters::{CommandCounters, Labels},
    nats::ReplicaStatus,
    replica_metrics::ReplicaMetrics,
};

/// The content type of the metrics.
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// All metrics of the server.
pub(crate) struct Metrics {
    registry: Registry,
    pub(crate) commands: CommandCounters,
    pub(crate) builds: BuildMetrics,
    command_seconds: Histogram,
    requests: Family<Labels, Counter>,
    request_seconds: Family<Labels, Histogram, fn() -> Histogram>,
    syncs: Counter,
    sync_entries: Histogram,
    /// The last entry of the last sync.
    synced: AtomicU64,
    connections: Gauge,
    refused_connections: Counter,
    scraped: Scraped,
    replica: Option<ReplicaMetrics>,
}

/// Gauges that are set before each scrape.
#[derive(Default)]
struct Scraped {
    entry: Gauge,
    log_bytes: Gauge,
    queue_commands: Gauge,
    queue_bytes: Gauge,
    checkpoint_entry: Gauge,
    checkpoint_age: Gauge<f64, AtomicU64>,
    is_running: Gauge,
    records: Family<Labels, Gauge>,
}

/// Values of a scrape.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scrape {
    pub(crate) log_bytes: u64,
    pub(crate) queue: (usize, usize),
    /// Entry and age of the newest checkpoint.
    pub(crate) checkpoint: Option<(u64, Duration)>,
    pub(crate) is_running: bool,
    /// Each record kind with its number of records; empty while the engine does not run.
    pub(crate) records: Vec<(String, usize)>,
    /// The state of a replica.
    pub(crate) replica: Option<ReplicaStatus>,
}

impl Metrics {
    pub(crate) fn new(plugin: &LoadedPlugin, is_replica: bool) -> Self {
        let mut registry = Registry::with_prefix("statevec");
        let commands = CommandCounters::register(plugin.schema(), &mut registry);
        let builds = BuildMetrics::register(plugin, &mut registry);
        let replica = is_replica.then(|| ReplicaMetrics::register(&mut registry));
        let seconds = || Histogram::new(exponential_buckets(0.0001, 2.0, 18));
        let metrics = Self {
            commands,
            builds,
            command_seconds: seconds(),
            requests: Family::default(),
            request_seconds: Family::new_with_constructor(seconds),
            syncs: Counter::default(),
            sync_entries: Histogram::new(exponential_buckets(1.0, 2.0, 16)),
            synced: AtomicU64::new(0),
            connections: Gauge::default(),
            refused_connections: Counter::default(),
            scraped: Scraped::default(),
            replica,
            registry: Registry::default(),
        };
        metrics.register(&mut registry);
        Self { registry, ..metrics }
    }

    fn register(&self, registry: &mut Registry) {
        registry.register_with_unit(
            "command_duration",
            "Time from a request's arrival to the moment at which all its commands are durable",
            Unit::Seconds,
            self.command_seconds.clone(),
        );
        registry.register("requests", "HTTP requests by route and status", self.requests.clone());
        registry.register_with_unit(
            "request_duration",
            "Time of HTTP requests by route, without streams",
            Unit::Seconds,
            self.request_seconds.clone(),
        );
        registry.register("syncs", "Syncs of the log", self.syncs.clone());
        registry.register("sync_entries", "Entries per sync of the log", self.sync_entries.clone());
        registry.register("connections", "Open connections", self.connections.clone());
        registry.register(
            "refused_connections",
            "Connections that were refused because there were too many",
            self.refused_connections.clone(),
        );
        let Scraped { entry, log_bytes, queue_commands, queue_bytes, .. } = &self.scraped;
        registry.register("entry", "The last durable entry of the log", entry.clone());
        registry.register_with_unit(
            "log",
            "Size of the log's segments, reserved room included",
            Unit::Bytes,
            log_bytes.clone(),
        );
        registry.register(
            "queue_commands",
            "Commands that wait for the engine",
            queue_commands.clone(),
        );
        registry.register_with_unit(
            "queue",
            "Memory of the commands that wait for the engine",
            Unit::Bytes,
            queue_bytes.clone(),
        );
        let Scraped { checkpoint_entry, checkpoint_age, is_running, records, .. } = &self.scraped;
        registry.register(
            "checkpoint_entry",
            "The entry of the newest checkpoint; 0 without one",
            checkpoint_entry.clone(),
        );
        registry.register_with_unit(
            "checkpoint_age",
            "Age of the newest checkpoint; -1 without one",
            Unit::Seconds,
            checkpoint_age.clone(),
        );
        registry.register("up", "1 if the engine takes commands, or 0", is_running.clone());
        registry.register("records", "Records by kind", records.clone());
    }

    /// The log was opened at an entry.
    pub(crate) fn opened(&self, entry: u64) {
        self.synced.store(entry, Ordering::Relaxed);
        self.scraped.entry.set(signed(entry));
    }

    /// A sync made entries up to this one durable.
    pub(crate) fn synced(&self, entry: u64) {
        let before = self.synced.swap(entry, Ordering::Relaxed);
        self.syncs.inc();
        self.sync_entries.observe(entry.saturating_sub(before) as f64);
        self.scraped.entry.set(signed(entry));
    }

    /// The commands of a request are durable.
    pub(crate) fn durable_after(&self, time: Duration) {
        self.command_seconds.observe(time.as_secs_f64());
    }

    /// A request was answered.
    pub(crate) fn answered(&self, route: &str, status: u16, time: Duration) {
        let labels = vec![("route", route.to_owned()), ("status", status.to_string())];
        self.requests.get_or_create(&labels).inc();
        let labels = vec![("route", route.to_owned())];
        self.request_seconds.get_or_create(&labels).observe(time.as_secs_f64());
    }

    /// Open connections.
    pub(crate) fn connections(&self) -> &Gauge {
        &self.connections
    }

    /// A connection was refused.
    pub(crate) fn connection_refused(&self) {
        self.refused_connections.inc();
    }

    /// The text of all metrics.
    pub(crate) fn text(&self, scrape: &Scrape) -> Result<String, fmt::Error> {
        let Scraped { log_bytes, queue_commands, queue_bytes, .. } = &self.scraped;
        log_bytes.set(signed(scrape.log_bytes));
        queue_commands.set(signed(scrape.queue.0 as u64));
        queue_bytes.set(signed(scrape.queue.1 as u64));
        let Scraped { checkpoint_entry, checkpoint_age, is_running, records, .. } = &self.scraped;
        let (entry, age) =
            scrape.checkpoint.map_or((0, -1.0), |(entry, age)| (entry, age.as_secs_f64()));
        checkpoint_entry.set(signed(entry));
        checkpoint_age.set(age);
        is_running.set(i64::from(scrape.is_running));
        for (name, number) in &scrape.records {
            let labels = vec![("record", name.clone())];
            records.get_or_create(&labels).set(signed(*number as u64));
        }
        if let (Some(metrics), Some(status)) = (&self.replica, &scrape.replica) {
            metrics.set(status);
        }
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
