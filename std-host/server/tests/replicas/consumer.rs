//! A consumer of results, which keys them by `ext_seq`.

use std::{collections::BTreeMap, time::Duration};

use async_nats::jetstream::{
    Context,
    consumer::{DeliverPolicy, pull},
};
use futures_util::StreamExt as _;
use statevec_abi::queue::{CommittedResultRecord, CommittedStatus};

/// Everything that a consumer of the results saw.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// The result of each command.
    pub(crate) results: BTreeMap<u64, CommittedStatus>,
    /// The number of events of each command.
    pub(crate) events: BTreeMap<u64, u64>,
    /// Results that came more than once.
    pub(crate) repeated: u64,
}

/// Reads the results from the start up to that of a command. Events must come without a gap before
/// the result of their command, and commands in order.
pub(crate) async fn read(context: &Context, last: u64) -> Seen {
    loop {
        match try_read(context, last).await {
            Ok(seen) => return seen,
            // A stream without a leader answers nothing.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

async fn try_read(context: &Context, last: u64) -> Result<Seen, async_nats::Error> {
    let stream = context.get_stream("BANK-results").await?;
    let config = pull::OrderedConfig {
        deliver_policy: DeliverPolicy::All,
        ..pull::OrderedConfig::default()
    };
    let consumer = stream.create_consumer(config).await?;
    let mut messages = consumer.messages().await?;
    let mut seen = Seen::default();
    let mut parts = 0;
    let mut before = 0;
    while seen.results.last_key_value().is_none_or(|(ext_seq, _)| *ext_seq < last) {
        let message = messages.next().await.ok_or("the subscription ended")??;
        let headers = message.headers.as_ref().unwrap();
        let ext_seq: u64 = headers.get("Statevec-Ext-Seq").unwrap().as_str().parse().unwrap();
        assert!(ext_seq > before, "command {ext_seq} comes after {before}");
        if message.subject.starts_with("bank.events.") {
            let id = headers.get("Nats-Msg-Id").unwrap().as_str();
            assert_eq!(id, format!("{ext_seq}.{parts}"), "an event is missing");
            parts += 1;
            continue;
        }
        let record = CommittedResultRecord::decode(&message.payload).unwrap();
        assert_eq!(record.ext_seq, ext_seq);
        seen.repeated += u64::from(seen.results.insert(ext_seq, record.status).is_some());
        seen.events.insert(ext_seq, parts);
        (parts, before) = (0, ext_seq);
    }
    Ok(seen)
}
