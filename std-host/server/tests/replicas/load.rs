//! Commands that are published again until they are acknowledged.

use std::time::Duration;

use async_nats::{
    Client, ConnectOptions,
    jetstream::{self, Context, message::PublishMessage},
};
use futures_util::{StreamExt as _, stream};
use statevec_abi::queue::SubmitRequest;

pub(crate) async fn connect(url: &str) -> Client {
    let servers: Vec<async_nats::ServerAddr> =
        url.split(',').map(|address| address.parse().unwrap()).collect();
    let options = ConnectOptions::new()
        .retry_on_initial_connect()
        .connection_timeout(Duration::from_secs(2))
        .reconnect_delay_callback(|_| Duration::from_millis(100));
    options.connect(&servers[..]).await.unwrap()
}

pub(crate) fn context(client: Client) -> Context {
    jetstream::ContextBuilder::new()
        .timeout(Duration::from_secs(1))
        .ack_timeout(Duration::from_secs(1))
        .build(client)
}

/// A deposit as a submit request.
pub(crate) fn deposit(account: u64, amount: u64) -> Vec<u8> {
    let payload = [account.to_le_bytes(), amount.to_le_bytes()].concat();
    let request = SubmitRequest { command_kind: 1, payload: &payload };
    let mut record = vec![0; request.encoded_len()];
    request.encode(&mut record).unwrap();
    record
}

/// Publishes deposits with `pause` between them, each until it is acknowledged. Returns the
/// sequences that were acknowledged.
pub(crate) async fn publish(
    context: &Context,
    numbers: std::ops::Range<u64>,
    pause: Duration,
) -> Vec<u64> {
    let start = tokio::time::Instant::now();
    let sent = stream::iter((0..).zip(numbers))
        .map(|(place, number)| async move {
            tokio::time::sleep_until(start + pause * place).await;
            publish_one(context, number).await
        })
        .buffer_unordered(128);
    let mut sequences: Vec<u64> = sent.collect().await;
    sequences.sort_unstable();
    sequences
}

async fn publish_one(context: &Context, number: u64) -> u64 {
    loop {
        let message = PublishMessage::build()
            .message_id(format!("command-{number}"))
            .payload(deposit(1 + number % 50, 1 + number % 90).into());
        if let Ok(acknowledgement) = context.send_publish("bank.commands", message).await
            && let Ok(ack) = acknowledgement.await
        {
            return ack.sequence;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
