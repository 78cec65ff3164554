//! Sends three commands to the stream of replicas, and waits for their results.

use std::{collections::BTreeMap, error::Error};

use async_nats::{
    HeaderMap, ServerAddr,
    jetstream::{
        self,
        consumer::{DeliverPolicy, pull},
    },
};
use futures_util::StreamExt as _;
use statevec_abi::queue::{CommittedResultRecord, CommittedStatus};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let servers = std::env::args().nth(1).unwrap_or_else(|| "nats://127.0.0.1:4222".into());
    let servers = servers.split(',').map(str::parse).collect::<Result<Vec<ServerAddr>, _>>()?;
    let stream = jetstream::new(async_nats::connect(servers).await?);

    // A command. The stream's sequence is its ext_seq. The id makes a retry safe.
    let mut sent = Vec::new();
    for number in 1..=3 {
        let amount = 10 * number;
        let command =
            format!(r#"{{"command":"Deposit","payload":{{"account_id":7,"amount":{amount}}}}}"#);
        let mut headers = HeaderMap::new();
        headers.insert("Content-Type", "application/json");
        headers.insert("Nats-Msg-Id", format!("example-{number}").as_str());
        let acknowledgement =
            stream.publish_with_headers("bank.commands", headers, command.into()).await?;
        sent.push(acknowledgement.await?.sequence);
    }

    // Results and events, in the order of the commands. A consumer keys them by ext_seq: a message
    // that it has seen already changes nothing.
    let mut results = BTreeMap::new();
    let config = pull::OrderedConfig {
        deliver_policy: DeliverPolicy::All,
        ..pull::OrderedConfig::default()
    };
    let consumer = stream.get_stream("BANK-results").await?.create_consumer(config).await?;
    let mut messages = consumer.messages().await?;
    while results.last_key_value().map(|(ext_seq, _)| ext_seq) < sent.last() {
        let message = messages.next().await.ok_or("the results ended")??;
        let headers = message.headers.as_ref().ok_or("a result has no headers")?;
        let ext_seq = headers.get("Statevec-Ext-Seq").ok_or("a result has no number")?;
        let ext_seq: u64 = ext_seq.as_str().parse()?;
        if message.subject.as_str() == "bank.results" {
            let record = CommittedResultRecord::decode(&message.payload)?;
            results.insert(record.ext_seq, record.status);
        } else if sent.contains(&ext_seq) {
            let event: serde_json::Value = serde_json::from_slice(&message.payload)?;
            let delta = event["payload"]["delta"].as_i64().unwrap_or_default();
            let name = event["event"].as_str().unwrap_or_default();
            println!("event of command {ext_seq}: {name} {delta:+}");
        }
    }
    for ext_seq in sent {
        match results.get(&ext_seq) {
            Some(CommittedStatus::Committed { tx_seq }) => {
                println!("command {ext_seq}: committed as transaction {tx_seq}");
            }
            _ => println!("command {ext_seq}: rejected"),
        }
    }
    Ok(())
}
