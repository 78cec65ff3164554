//! Begins to read a stream behind the last command of the journal.

use std::time::Duration;

use async_nats::jetstream::{
    consumer::{AckPolicy, DeliverPolicy, pull},
    stream::Stream,
};

use super::{Consumer, End};
use crate::{engine::Refusal, replica::StoredCommand};

impl Consumer {
    /// Finds the stream.
    pub(super) async fn stream(&self) -> Result<Stream, End> {
        let name = &self.names.stream;
        let stream =
            async { self.jetstream.get_stream(name).await.map_err(|error| error.to_string()) };
        self.patience.wait(stream).await.map_err(|error| {
            let hint = "statevec-server init-stream makes it";
            End::Again(format!("the stream {name} cannot be had ({error}); {hint}"))
        })
    }

    /// Compares the stream with the journal, and returns the message to begin with.
    pub(super) async fn resume(&mut self, stream: &Stream) -> Result<u64, End> {
        let facts = self.facts(stream.cached_info());
        let journal = self.engine.read(|engine| {
            let last = engine.position().ext_seq;
            let recorded = engine.recorded(last.unwrap_or_default())?;
            let stored = recorded.map(|logged| {
                let entry = logged.entry();
                (entry.ref_ext_time_us, entry.command_kind, entry.payload.to_vec())
            });
            Ok::<_, statevec_host::durable::DurableError>((last, stored))
        });
        let (last, stored) = journal.await?.map_err(|error| Refusal::from(&error))?;
        let stored = stored.as_ref().zip(last).map(|((time_us, kind, payload), sequence)| {
            StoredCommand { sequence, time_us: *time_us, kind: *kind, payload }
        });
        let resumed = match &stored {
            Some(_) => self.order.resume(stored.as_ref(), &facts),
            // The log begins with a checkpoint behind the command.
            None => self.order.resume_behind(last, &facts),
        };
        let start = self.judge(resumed)?;
        if let Some(last) = last {
            self.status.applied(last);
        }
        Ok(start)
    }

    /// Begins to read with a message.
    pub(super) async fn subscribe(&self, stream: &Stream, start: u64) -> Result<pull::Stream, End> {
        let again = |error: String| End::Again(format!("no messages can be had: {error}"));
        let config = pull::Config {
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: start },
            ack_policy: AckPolicy::None,
            filter_subject: self.names.commands(),
            inactive_threshold: Duration::from_secs(30),
            memory_storage: true,
            num_replicas: 1,
            ..pull::Config::default()
        };
        let consumer =
            async { stream.create_consumer(config).await.map_err(|error| error.to_string()) };
        let consumer = self.patience.wait(consumer).await.map_err(again)?;
        let messages = consumer
            .stream()
            .max_messages_per_batch(4096)
            .expires(Duration::from_secs(10))
            .heartbeat(Duration::from_secs(1))
            .messages()
            .await;
        messages.map_err(|error| again(error.to_string()))
    }
}
