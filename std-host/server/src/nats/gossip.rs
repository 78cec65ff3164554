//! Replicas tell each other how they are, and compare their digests.

use std::{collections::BTreeSet, time::Duration};

use async_nats::Client;
use futures_util::StreamExt as _;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tracing::{error, warn};

use super::{Names, Peer, SharedStatus};
use crate::{
    engine::EngineHandle,
    replica::{Divergence, Heartbeat, OwnDigests},
};

const BEAT: Duration = Duration::from_secs(1);

/// A replica that was not heard for so long is not shown any more.
const SHOWN: Duration = Duration::from_secs(60);

/// Sends a heartbeat each second, and takes those of the others.
pub(crate) struct Gossip {
    pub(crate) client: Client,
    pub(crate) names: Names,
    pub(crate) engine: EngineHandle,
    pub(crate) digests: OwnDigests,
    pub(crate) status: SharedStatus,
    /// The values that do not change: name, process and URL.
    pub(crate) own: Peer,
}

impl Gossip {
    /// Runs until this replica differs from the others: the reason to stop.
    pub(crate) async fn run(self) -> String {
        let start = Instant::now();
        let mut beats = interval(BEAT);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard = loop {
            match self.client.subscribe(self.names.replicas()).await {
                Ok(heard) => break heard,
                Err(error) => warn!(%error, "the other replicas cannot be heard"),
            }
            beats.tick().await;
        };
        loop {
            tokio::select! {
                Some(message) = heard.next() => self.hear(&message.payload, start.elapsed()),
                _ = beats.tick() => {
                    let checked = self.digests.exchange().check(start.elapsed());
                    if let Err(divergence) = checked {
                        return self.explain(&divergence);
                    }
                    self.beat().await;
                }
            }
        }
    }

    /// The divergence, and whether another plugin file may be its cause.
    fn explain(&self, divergence: &Divergence) -> String {
        let status = self.status.read();
        let theirs = divergence.others.iter().filter_map(|name| status.peers.get(name));
        let theirs = theirs.filter_map(|(peer, _)| peer.plugin_sha256.as_deref());
        let theirs: BTreeSet<&str> = theirs.collect();
        let own = status.plugin_sha256.as_deref().unwrap_or("unknown");
        if theirs.contains(own) {
            return format!(
                "{divergence}. The plugin file {own} is the same as theirs, so compare the configurations, and run \
                 `statevec-host check` on the plugin"
            );
        }
        let theirs: Vec<&str> = theirs.into_iter().collect();
        let theirs = theirs.join(" and ");
        format!("{divergence}. The plugin file {own} is another build than theirs, {theirs}")
    }

    fn hear(&self, payload: &[u8], now: Duration) {
        let Ok(peer) = serde_json::from_slice::<Peer>(payload) else {
            warn!("a heartbeat cannot be read; do all replicas have the same version?");
            return;
        };
        if peer.name == self.own.name {
            if peer.process != self.own.process {
                error!(name = peer.name, "another replica has this name; give --replica-name");
            }
            return;
        }
        let digests = peer.digests.iter().filter_map(|(ext_seq, digest)| {
            Some((*ext_seq, u128::from_str_radix(digest, 16).ok()?))
        });
        let heartbeat = Heartbeat {
            name: peer.name.clone(),
            is_publisher: peer.is_publisher,
            digests: digests.collect(),
        };
        self.digests.exchange().heard(&heartbeat, now);
        self.status.update(|status| {
            status.peers.insert(peer.name.clone(), (peer, std::time::Instant::now()));
        });
    }

    async fn beat(&self) {
        // While the medium is full there is no state to tell.
        let read = self.engine.read(|engine| (*engine.position(), engine.plugin_sha256()));
        let read = read.await;
        let mut own = self.own.clone();
        let is_publisher = self.status.read().is_publisher;
        if let Ok((position, plugin_sha256)) = read {
            own.plugin_sha256 = plugin_sha256.map(|sha256| sha256.to_string());
            self.status.update(|status| status.plugin_sha256.clone_from(&own.plugin_sha256));
            own.entry = position.entry;
            own.ext_seq = position.ext_seq;
            own.digest = position.digest.to_string();
            if let Some(ext_seq) = position.ext_seq {
                self.digests.exchange().latest(ext_seq, position.digest.to_u128());
            }
        }
        let (heartbeat, standing) = {
            let mut exchange = self.digests.exchange();
            (exchange.heartbeat(&own.name, is_publisher), exchange.standing())
        };
        own.is_publisher = is_publisher;
        own.digests = heartbeat
            .digests
            .iter()
            .map(|(ext_seq, digest)| (*ext_seq, format!("{digest:032x}")))
            .collect();
        self.status.update(|status| {
            status.standing = standing;
            status.peers.retain(|_, (_, heard)| heard.elapsed() < SHOWN);
        });
        if let Ok(payload) = serde_json::to_vec(&own)
            && let Err(error) = self.client.publish(self.names.replicas(), payload.into()).await
        {
            warn!(%error, "the other replicas cannot be told");
        }
    }
}
