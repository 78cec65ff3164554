//! A committed command, with its events as Rust types.

use std::sync::Arc;

use statevec_abi::typed::{DecodePayload, Event, Payload};
use statevec_abi_alloc::schema::SchemaRegistry;

use super::HarnessError;
use crate::store::Events;

/// A command that was committed.
#[derive(Debug)]
pub struct Committed<'h> {
    /// The number of the transaction, counted from 1.
    pub tx_seq: u64,
    pub(super) events: Events<'h>,
    pub(super) schema: Arc<SchemaRegistry>,
}

impl<'h> Committed<'h> {
    /// The events of one type, in the order of their emission.
    ///
    /// # Errors
    ///
    /// The schema does not list the type, or the bytes of an event do not fit it.
    pub fn events<E: Event + DecodePayload<'h>>(&self) -> Result<Vec<E>, HarnessError> {
        if self.schema.try_get_event(E::KIND).is_none() {
            return Err(HarnessError::Unlisted { name: E::DEF.name, list: "events" });
        }
        let of_kind = self.events.clone().filter(|event| event.kind == <E as Payload>::KIND);
        of_kind.map(|event| Ok(E::decode(event.payload)?)).collect()
    }

    /// How many events of all types there are.
    #[must_use]
    pub fn event_count(&self) -> usize {
        self.events.len()
    }
}
