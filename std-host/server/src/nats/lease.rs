//! The key that holds the lease, in its bucket.
//!
//! The key is read from the leader of its stream. The bucket's own reads may be answered by a node
//! that has not seen the last write, and a replica would then wait for nothing.

use async_nats::jetstream::{
    Context,
    context::{PublishError, PublishErrorKind},
    message::PublishMessage,
    stream::LastRawMessageErrorKind,
};

use super::Names;

/// The header of a value that was removed.
const OPERATION: &str = "KV-Operation";

/// Access to the key.
pub(super) struct LeaseKey {
    jetstream: Context,
    stream: String,
    subject: String,
}

impl LeaseKey {
    pub(super) fn new(jetstream: &Context, names: &Names) -> Self {
        let bucket = names.lease_bucket();
        Self {
            jetstream: jetstream.clone(),
            stream: format!("KV_{bucket}"),
            subject: format!("$KV.{bucket}.publisher"),
        }
    }

    /// The revision and the holder. Revision 0 without a key; no holder if it was given back.
    pub(super) async fn read(&self) -> Result<(u64, Option<String>), String> {
        let stream = self.jetstream.get_stream_no_info(&self.stream).await;
        let stream = stream.map_err(|error| error.to_string())?;
        match stream.get_last_raw_message_by_subject(&self.subject).await {
            Ok(message) => {
                let is_removed = message.headers.get(OPERATION).is_some();
                let holder = String::from_utf8_lossy(&message.payload).into_owned();
                let holder = Some(holder).filter(|holder| !is_removed && !holder.is_empty());
                Ok((message.sequence, holder))
            }
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok((0, None)),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Writes a holder, or an empty name, if the key has a revision. Returns the new revision;
    /// `None` if the key has another one.
    pub(super) async fn write(&self, holder: &str, revision: u64) -> Result<Option<u64>, String> {
        match self.try_write(holder, revision).await {
            Ok(revision) => Ok(Some(revision)),
            Err(error) if error.kind() == PublishErrorKind::WrongLastSequence => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    async fn try_write(&self, holder: &str, revision: u64) -> Result<u64, PublishError> {
        let message = PublishMessage::build()
            .payload(holder.to_owned().into())
            .expected_last_subject_sequence(revision);
        let sent = self.jetstream.send_publish(self.subject.clone(), message).await?;
        Ok(sent.await?.sequence)
    }
}
