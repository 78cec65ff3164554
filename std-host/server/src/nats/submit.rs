//! Sends commands of HTTP requests to the stream, and waits until they ran here.

use std::{fmt::Write as _, sync::Arc, time::Duration};

use async_nats::jetstream::{Context, message::PublishMessage};
use statevec_abi::queue::SubmitRequest;
use statevec_host::json::JsonWriter;
use tokio::time::{Instant, sleep, timeout};

use super::{Names, SharedStatus};
use crate::{
    commands::Commands,
    engine::{Answer, EngineHandle, Refusal},
    ingress::{Answering, Ingress},
};

/// Commands go to the stream, which numbers them, and come back from it.
pub(crate) struct StreamIngress {
    pub(crate) jetstream: Context,
    pub(crate) names: Names,
    pub(crate) engine: EngineHandle,
    pub(crate) status: SharedStatus,
    pub(crate) writer: Arc<JsonWriter>,
    /// The longest time that a request waits for its commands.
    pub(crate) time: Duration,
}

impl Ingress for StreamIngress {
    fn submit(&self, commands: Commands) -> Answering<'_> {
        Box::pin(async move {
            if commands
                .list
                .iter()
                .any(|command| command.ext_seq.is_some() || command.ref_ext_time_us != 0)
            {
                return Err(Refusal::NumberedByStream);
            }
            let sent = timeout(self.time, self.publish(&commands));
            let (sequences, has_duplicates) = sent
                .await
                .unwrap_or_else(|_| Err("no answer came in time".into()))
                .map_err(Refusal::NotInStream)?;
            let last = sequences.iter().copied().max().unwrap_or_default();
            let mut applied = self.status.watch_applied();
            let ran = timeout(self.time, async {
                applied.wait_for(|applied| *applied >= last).await.is_ok()
            });
            if ran.await != Ok(true) {
                let seconds = self.time.as_secs();
                let reason = format!("this replica did not run them within {seconds} seconds");
                return Err(Refusal::Behind { last, reason });
            }
            let outcomes = self.outcomes(&sequences).await;
            // The commands run in any case, so the client must not take this for a refusal.
            let outcomes = outcomes
                .map_err(|refusal| Refusal::Behind { last, reason: refusal.to_string() })?;
            Ok(Answer { outcomes, has_duplicates, cut: None })
        })
    }
}

impl StreamIngress {
    /// Publishes the commands in order, and returns their sequences when all are acknowledged.
    async fn publish(&self, commands: &Commands) -> Result<(Vec<u64>, bool), String> {
        let mut waiting = Vec::with_capacity(commands.list.len());
        for (place, command) in commands.list.iter().enumerate() {
            let request =
                SubmitRequest { command_kind: command.kind, payload: commands.payload(command) };
            let mut record = vec![0; request.encoded_len()];
            request.encode(&mut record).map_err(|error| error.to_string())?;
            let mut message = PublishMessage::build().payload(record.into());
            if let Some(key) = &commands.key {
                message = message.message_id(message_id(&key.key, &key.body, place));
            }
            let sent = self.jetstream.send_publish(self.names.commands(), message).await;
            waiting.push(sent.map_err(|error| error.to_string())?);
        }
        let (mut sequences, mut has_duplicates) = (Vec::with_capacity(waiting.len()), false);
        for acknowledgement in waiting {
            let ack = acknowledgement.await.map_err(|error| error.to_string())?;
            has_duplicates |= ack.duplicate;
            sequences.push(ack.sequence);
        }
        Ok((sequences, has_duplicates))
    }

    /// Reads the outcomes. Too many other reads are waited for.
    async fn outcomes(&self, sequences: &[u64]) -> Result<String, Refusal> {
        let began = Instant::now();
        loop {
            match self.read_outcomes(sequences.to_vec()).await {
                Err(Refusal::QueueFull { .. }) if began.elapsed() < self.time => {
                    sleep(Duration::from_millis(10)).await;
                }
                result => return result,
            }
        }
    }

    async fn read_outcomes(&self, sequences: Vec<u64>) -> Result<String, Refusal> {
        let writer = Arc::clone(&self.writer);
        let read = self.engine.read(move |engine| {
            let mut text = String::new();
            for ext_seq in sequences {
                match engine.recorded(ext_seq)? {
                    Some(logged) => writer.logged_outcome(&logged.entry(), &mut text),
                    None => {
                        let status = r#""status":"unknown","reason":"not in the log any more""#;
                        let _written = write!(text, r#"{{"ext_seq":{ext_seq},{status}}}"#);
                    }
                }
                text.push('\n');
            }
            Ok::<_, statevec_host::durable::DurableError>(text)
        });
        read.await?.map_err(|error| Refusal::from(&error))
    }
}

/// The identity of one command of a request with a key, by which the stream finds duplicates.
fn message_id(key: &[u8; 16], body: &[u8; 16], place: usize) -> String {
    let mut id = String::with_capacity(72);
    for byte in key.iter().chain(body) {
        let _written = write!(id, "{byte:02x}");
    }
    let _written = write!(id, ".{place}");
    id
}
