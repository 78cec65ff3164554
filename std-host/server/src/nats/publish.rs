//! Carries out what the publisher asks for.

use std::{sync::Arc, time::Duration};

use async_nats::jetstream::{
    Context,
    context::PublishErrorKind,
    kv::{CreateErrorKind, Operation, UpdateErrorKind},
    message::PublishMessage,
};
use futures_util::{StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use statevec_abi_alloc::schema::SchemaRegistry;
use statevec_host::json::JsonWriter;
use tokio::{sync::watch, time::Instant};
use tracing::{info, warn};

use super::{Names, SharedStatus};
use crate::replica::{
    Action, Content, Event, Item, ItemId, LogItems, PublishAnswer, PublishedEnd, Publisher,
};

/// The key of the lease in its bucket.
const LEASE: &str = "publisher";

/// Headers of results and events.
const EXT_SEQ: &str = "Statevec-Ext-Seq";
const TX_SEQ: &str = "Statevec-Tx-Seq";
const MESSAGE_ID: &str = "Nats-Msg-Id";

/// The longest wait for news before the clock is looked at.
const TICK: Duration = Duration::from_millis(200);

/// Publishes results and events while this replica has the lease.
pub(crate) struct PublishTask {
    pub(crate) jetstream: Context,
    pub(crate) names: Names,
    pub(crate) name: String,
    pub(crate) schema: Arc<SchemaRegistry>,
    pub(crate) writer: JsonWriter,
    pub(crate) publisher: Publisher,
    pub(crate) log: LogItems,
    pub(crate) durable: watch::Receiver<u64>,
    pub(crate) status: SharedStatus,
}

type Answers = FuturesUnordered<BoxFuture<'static, Event>>;

impl PublishTask {
    /// Publishes for as long as the process runs.
    pub(crate) async fn run(mut self) {
        let start = Instant::now();
        let mut answers = Answers::new();
        let mut was_holder = false;
        loop {
            while let Some(action) = self.publisher.poll(start.elapsed()) {
                match action {
                    Action::ReadLog { attempt, after, most } => {
                        let event = self.read_log(attempt, after, most);
                        self.publisher.handle(event, start.elapsed());
                    }
                    Action::Publish { attempt, expected, item } => {
                        let answer = self.publish(attempt, expected, item).await;
                        answers.push(answer);
                    }
                    action => answers.push(self.ask(action)),
                }
            }
            let is_holder = self.publisher.is_holder(start.elapsed());
            if is_holder != was_holder {
                was_holder = is_holder;
                info!(is_holder, "the lease to publish");
            }
            let holder = self.publisher.holder().map(str::to_owned);
            self.status.update(|status| {
                (status.is_publisher, status.holder) = (is_holder, holder);
            });
            let event = tokio::select! {
                Some(event) = answers.next() => Some(event),
                changed = self.durable.changed() => match changed {
                    Ok(()) => Some(Event::LogGrown),
                    // The engine has ended.
                    Err(_) => return,
                },
                () = tokio::time::sleep(TICK) => None,
            };
            let now = start.elapsed();
            if let Some(event) = event {
                self.note(&event);
                self.publisher.handle(event, now);
            }
            while let Some(Some(event)) = futures_util::FutureExt::now_or_never(answers.next()) {
                self.note(&event);
                self.publisher.handle(event, now);
            }
        }
    }

    /// Remembers the end of the published results.
    fn note(&self, event: &Event) {
        if let Event::EndFound { end, .. } = event {
            let published = end.last.filter(|last| last.is_result).map(|last| last.ext_seq);
            self.status.update(|status| status.published = status.published.max(published));
        }
    }

    fn read_log(&mut self, attempt: u64, after: Option<ItemId>, most: usize) -> Event {
        let durable = *self.durable.borrow_and_update();
        let log = &mut self.log;
        match tokio::task::block_in_place(|| log.read(after, durable, most)) {
            Ok(Some(items)) => Event::LogRead { attempt, items },
            Ok(None) => {
                warn!("the local log begins behind the published results; others have to publish");
                Event::LogTooShort
            }
            Err(error) => {
                warn!(%error, "the local log cannot be read; others have to publish");
                Event::LogTooShort
            }
        }
    }

    /// Sends a message. The returned future waits for the answer.
    async fn publish(&self, attempt: u64, expected: u64, item: Item) -> BoxFuture<'static, Event> {
        let id = item.id;
        let published = move |answer| Event::Published { attempt, expected, answer };
        let mut message = PublishMessage::build()
            .message_id(id.message_id())
            .expected_last_sequence(expected)
            .header(EXT_SEQ, id.ext_seq.to_string().as_str());
        if let Some(tx_seq) = item.tx_seq {
            message = message.header(TX_SEQ, tx_seq.to_string().as_str());
        }
        let (subject, payload) = match item.content {
            Content::Result(record) => (self.names.results(), record),
            Content::Event { kind, payload } => {
                let mut text = String::new();
                self.writer.event(kind, &payload, &mut text);
                let name = self.schema.try_get_event(kind).map(|event| event.name.to_string());
                let name = name.unwrap_or_else(|| kind.to_string());
                (self.names.event(&name), text.into_bytes())
            }
        };
        let message = message.payload(payload.into());
        let status = self.status.clone();
        match self.jetstream.send_publish(subject, message).await {
            Ok(acknowledgement) => Box::pin(async move {
                match acknowledgement.await {
                    Ok(ack) => {
                        if id.is_result {
                            status.update(|status| {
                                status.published = status.published.max(Some(id.ext_seq));
                            });
                        }
                        published(PublishAnswer::Stored(ack.sequence))
                    }
                    Err(error) => {
                        if error.kind() != PublishErrorKind::WrongLastSequence {
                            warn!(%error, id = id.message_id(), "a result was not acknowledged");
                        }
                        published(PublishAnswer::NotStored)
                    }
                }
            }),
            Err(error) => {
                warn!(%error, "a result cannot be sent");
                Box::pin(std::future::ready(published(PublishAnswer::NotStored)))
            }
        }
    }

    fn ask(&self, action: Action) -> BoxFuture<'static, Event> {
        let (jetstream, names) = (self.jetstream.clone(), self.names.clone());
        let name = self.name.clone();
        Box::pin(async move {
            match action {
                Action::ReadLease { attempt } => {
                    read_lease(&jetstream, &names, attempt).await.unwrap_or_else(|error| {
                        warn!(error, "the lease cannot be read");
                        Event::LeaseFailed { attempt }
                    })
                }
                Action::WriteLease { attempt, revision } => {
                    write_lease(&jetstream, &names, name, attempt, revision).await.unwrap_or_else(
                        |error| {
                            warn!(error, "the lease cannot be written");
                            Event::LeaseFailed { attempt }
                        },
                    )
                }
                Action::FindEnd { attempt } => match find_end(&jetstream, &names).await {
                    Ok(end) => Event::EndFound { attempt, end },
                    Err(error) => {
                        warn!(error, "the end of the results cannot be found");
                        Event::EndFailed { attempt }
                    }
                },
                Action::ReadLog { .. } | Action::Publish { .. } => Event::LogGrown,
            }
        })
    }
}

async fn read_lease(jetstream: &Context, names: &Names, attempt: u64) -> Result<Event, String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let bucket =
        jetstream.get_key_value(names.lease_bucket()).await.map_err(|error| text(&error))?;
    let entry = bucket.entry(LEASE).await.map_err(|error| text(&error))?;
    Ok(match entry {
        None => Event::LeaseRead { attempt, revision: 0, holder: None },
        Some(entry) => {
            let holder = (entry.operation == Operation::Put)
                .then(|| String::from_utf8_lossy(&entry.value).into_owned());
            Event::LeaseRead { attempt, revision: entry.revision, holder }
        }
    })
}

async fn write_lease(
    jetstream: &Context,
    names: &Names,
    name: String,
    attempt: u64,
    revision: u64,
) -> Result<Event, String> {
    let bucket = jetstream.get_key_value(names.lease_bucket()).await;
    let bucket = bucket.map_err(|error| error.to_string())?;
    let written = |revision| Ok(Event::LeaseWritten { attempt, revision });
    if revision == 0 {
        return match bucket.create(LEASE, name.into()).await {
            Ok(revision) => written(Some(revision)),
            Err(error) if error.kind() == CreateErrorKind::AlreadyExists => written(None),
            Err(error) => Err(error.to_string()),
        };
    }
    match bucket.update(LEASE, name.into(), revision).await {
        Ok(revision) => written(Some(revision)),
        Err(error) if error.kind() == UpdateErrorKind::WrongLastRevision => written(None),
        Err(error) => Err(error.to_string()),
    }
}

/// The last message of the stream of results, from the stream's leader.
async fn find_end(jetstream: &Context, names: &Names) -> Result<PublishedEnd, String> {
    let stream = names.results_stream();
    let stream = jetstream.get_stream(stream).await.map_err(|error| error.to_string())?;
    let sequence = stream.cached_info().state.last_sequence;
    if sequence == 0 {
        return Ok(PublishedEnd::default());
    }
    let last = stream.get_raw_message(sequence).await.map_err(|error| error.to_string())?;
    let id = last.headers.get(MESSAGE_ID).and_then(|id| ItemId::parse(id.as_str()));
    let id = id.ok_or_else(|| {
        format!("message {sequence} of the results was published by somebody else; remove it")
    })?;
    Ok(PublishedEnd { sequence, last: Some(id) })
}
