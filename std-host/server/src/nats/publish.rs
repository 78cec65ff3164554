//! Carries out what the publisher asks for.

use std::{sync::Arc, time::Duration};

use async_nats::{
    Client,
    jetstream::{Context, context::PublishErrorKind, message::PublishMessage},
};
use futures_util::{
    FutureExt as _, Stream, StreamExt as _, future::BoxFuture, stream::FuturesUnordered,
};
use statevec_abi_alloc::schema::SchemaRegistry;
use statevec_host::json::JsonWriter;
use tokio::{sync::watch, time::Instant};
use tracing::{info, warn};

use super::{Names, Patience, Resignation, SharedStatus, lease::LeaseKey};
use crate::{
    engine::EngineHandle,
    replica::{
        Action, Content, Event, Item, ItemId, LogItems, PublishAnswer, PublishedEnd, Publisher,
    },
};

/// Headers of results and events.
const EXT_SEQ: &str = "Statevec-Ext-Seq";
const TX_SEQ: &str = "Statevec-Tx-Seq";
const MESSAGE_ID: &str = "Nats-Msg-Id";

/// The longest wait for news before the clock is looked at.
const TICK: Duration = Duration::from_millis(200);

/// Publishes results and events while this replica has the lease.
pub(crate) struct PublishTask {
    pub(crate) client: Client,
    pub(crate) jetstream: Context,
    pub(crate) names: Names,
    pub(crate) name: String,
    pub(crate) schema: Arc<SchemaRegistry>,
    pub(crate) writer: JsonWriter,
    pub(crate) publisher: Publisher,
    pub(crate) log: LogItems,
    pub(crate) engine: EngineHandle,
    pub(crate) durable: watch::Receiver<u64>,
    pub(crate) status: SharedStatus,
    pub(crate) resignation: Resignation,
    pub(crate) patience: Patience,
}

type Answers = FuturesUnordered<BoxFuture<'static, Event>>;

impl PublishTask {
    /// Publishes until the process ends.
    pub(crate) async fn run(mut self) {
        let start = Instant::now();
        let mut answers = Answers::new();
        let mut was_holder = false;
        let mut asked = self.resignation.watch_asked();
        let mut freed = self.client.subscribe(self.names.lease_freed()).await.ok();
        loop {
            self.carry_out(start, &mut answers).await;
            let is_holder = self.publisher.is_holder(start.elapsed());
            if is_holder != was_holder {
                was_holder = is_holder;
                info!(is_holder, "the lease to publish");
            }
            let holder = self.publisher.holder().map(str::to_owned);
            self.status.update(|status| {
                (status.is_publisher, status.holder) = (is_holder, holder);
            });
            let is_leaving = *asked.borrow();
            if is_leaving && self.publisher.is_resigned() {
                return self.resignation.set_done();
            }
            let event = tokio::select! {
                Some(event) = answers.next() => Some(event),
                changed = self.durable.changed() => match changed {
                    Ok(()) => Some(Event::LogGrown),
                    // The engine has ended.
                    Err(_) => return,
                },
                Some(_) = next(&mut freed) => Some(Event::LeaseFreed),
                _ = asked.changed(), if !is_leaving => {
                    self.publisher.resign(start.elapsed());
                    None
                }
                () = tokio::time::sleep(TICK) => None,
            };
            let now = start.elapsed();
            if !self.engine.is_running() {
                self.publisher.handle(Event::NotRecording, now);
            }
            if let Some(event) = event {
                self.take(event, now).await;
            }
            while let Some(Some(event)) = answers.next().now_or_never() {
                self.take(event, now).await;
            }
        }
    }

    /// Does what the publisher asks for.
    async fn carry_out(&mut self, start: Instant, answers: &mut Answers) {
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
    }

    async fn take(&mut self, event: Event, now: Duration) {
        self.note(&event);
        let is_freed = matches!(event, Event::LeaseGivenBack { revision: Some(_), .. });
        self.publisher.handle(event, now);
        if is_freed {
            info!("gave the lease back");
            // The others look for themselves, only later, if this message is lost.
            let told = self.client.publish(self.names.lease_freed(), "".into()).await;
            if told.is_ok() {
                let _flushed = self.client.flush().await;
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
        let lease = LeaseKey::new(&jetstream, &names);
        let (name, patience) = (self.name.clone(), self.patience.clone());
        Box::pin(async move {
            match action {
                Action::ReadLease { attempt } => match patience.wait(lease.read()).await {
                    Ok((revision, holder)) => Event::LeaseRead { attempt, revision, holder },
                    Err(error) => {
                        patience.log(&error, "the lease cannot be read");
                        Event::LeaseFailed { attempt }
                    }
                },
                Action::WriteLease { attempt, revision } => {
                    match patience.wait(lease.write(&name, revision)).await {
                        Ok(revision) => Event::LeaseWritten { attempt, revision },
                        Err(error) => {
                            patience.log(&error, "the lease cannot be written");
                            Event::LeaseFailed { attempt }
                        }
                    }
                }
                Action::GiveLeaseBack { attempt, revision } => {
                    match patience.wait(lease.write("", revision)).await {
                        Ok(revision) => Event::LeaseGivenBack { attempt, revision },
                        Err(error) => {
                            patience.log(&error, "the lease cannot be given back");
                            Event::LeaseFailed { attempt }
                        }
                    }
                }
                Action::FindEnd { attempt } => {
                    match patience.wait(find_end(&jetstream, &names)).await {
                        Ok(end) => Event::EndFound { attempt, end },
                        Err(error) => {
                            patience.log(&error, "the end of the results cannot be found");
                            Event::EndFailed { attempt }
                        }
                    }
                }
                Action::ReadLog { .. } | Action::Publish { .. } => Event::LogGrown,
            }
        })
    }
}

/// The next message; none without a subscription.
async fn next<S: Stream + Unpin>(subscription: &mut Option<S>) -> Option<S::Item> {
    subscription.as_mut()?.next().await
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
