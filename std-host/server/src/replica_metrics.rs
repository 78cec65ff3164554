//! Metrics of a replica.

use std::sync::atomic::AtomicU64;

use prometheus_client::{
    metrics::{family::Family, gauge::Gauge},
    registry::{Registry, Unit},
};

use crate::{command_counters::Labels, nats::ReplicaStatus};

/// Gauges that are set before each scrape. They are registered on replicas only.
#[derive(Debug, Default)]
pub(crate) struct ReplicaMetrics {
    lag_entries: Gauge,
    lag: Gauge<f64, AtomicU64>,
    is_publisher: Gauge,
    holder: Family<Labels, Gauge>,
    published: Gauge,
    agreed: Gauge,
    agrees: Gauge,
    others: Gauge,
    unreadable: Gauge,
}

impl ReplicaMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let metrics = Self::default();
        let mut gauge = |name: &str, help: &str, gauge: &Gauge| {
            registry.register(name, help, gauge.clone());
        };
        gauge(
            "lag_entries",
            "Messages of the stream that are not durable here",
            &metrics.lag_entries,
        );
        gauge(
            "is_publisher",
            "1 if this replica holds the lease and publishes",
            &metrics.is_publisher,
        );
        gauge("published_ext_seq", "The last command with a published result", &metrics.published);
        gauge(
            "agreed_ext_seq",
            "The last command at which another replica had the same digest",
            &metrics.agreed,
        );
        gauge("digests_agree", "1 unless the digest of a replica differs", &metrics.agrees);
        gauge("other_replicas", "Replicas that were heard in the last minute", &metrics.others);
        gauge("unreadable_messages", "Messages that were no commands", &metrics.unreadable);
        registry.register("lease_holder", "1 for the holder of the lease", metrics.holder.clone());
        registry.register_with_unit(
            "lag",
            "For how long messages of the stream have been missing here",
            Unit::Seconds,
            metrics.lag.clone(),
        );
        metrics
    }

    pub(super) fn set(&self, status: &ReplicaStatus) {
        let number = |value: Option<u64>| i64::try_from(value.unwrap_or_default());
        let set = |gauge: &Gauge, value: Option<u64>| {
            gauge.set(number(value).unwrap_or(i64::MAX));
        };
        set(&self.lag_entries, status.lag_entries());
        self.lag.set(status.lag().as_secs_f64());
        set(&self.is_publisher, Some(status.is_publisher.into()));
        set(&self.published, status.published);
        set(&self.agreed, status.standing.agreed);
        set(&self.agrees, Some(status.standing.differing.is_empty().into()));
        set(&self.others, Some(status.peers.len() as u64));
        set(&self.unreadable, Some(status.unreadable));
        self.holder.clear();
        if let Some(holder) = &status.holder {
            self.holder.get_or_create(&vec![("replica", holder.clone())]).set(1);
        }
    }
}
