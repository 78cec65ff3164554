//! A committed command, with its events as Rust types.

use statevec_abi::{
    txlog::EntryEvent,
    typed::{DecodePayload, Event, Payload},
};
use statevec_abi_alloc::schema::SchemaRegistry;

use super::TypedError;
use crate::{
    durable::Logged,
    store::{Events, Store},
};

/// A command that was committed. It borrows the events from the engine.
#[derive(Debug)]
pub struct Committed<'e> {
    /// The number of the transaction, counted from 1.
    pub tx_seq: u64,
    events: EventSource<'e>,
    schema: &'e SchemaRegistry,
}

/// The encoded events of a command.
#[derive(Debug, Clone)]
enum EventSource<'e> {
    Store(Events<'e>),
    Entry(Logged<'e>),
}

impl<'e> Committed<'e> {
    /// The last command on a store.
    pub(super) fn of_store(tx_seq: u64, store: &'e Store) -> Self {
        Self { tx_seq, events: EventSource::Store(store.events()), schema: store.schema() }
    }

    /// A command that was recorded.
    pub(super) fn of_entry(tx_seq: u64, logged: Logged<'e>, schema: &'e SchemaRegistry) -> Self {
        Self { tx_seq, events: EventSource::Entry(logged), schema }
    }

    /// The events of one type, in the order of their emission.
    ///
    /// # Errors
    ///
    /// The schema does not list the type, or the bytes of an event do not fit it.
    pub fn events<E: Event + DecodePayload<'e>>(&self) -> Result<Vec<E>, TypedError> {
        if self.schema.try_get_event(E::KIND).is_none() {
            return Err(TypedError::Unlisted { name: E::DEF.name, list: "events" });
        }
        let of_kind = |event: &EntryEvent<'e>| event.kind == <E as Payload>::KIND;
        let decode = |event: EntryEvent<'e>| Ok(E::decode(event.payload)?);
        match &self.events {
            EventSource::Store(events) => {
                events.clone().map(EntryEvent::from).filter(of_kind).map(decode).collect()
            }
            EventSource::Entry(logged) => {
                logged.entry().events.into_iter().filter(of_kind).map(decode).collect()
            }
        }
    }

    /// How many events of all types there are.
    #[must_use]
    pub fn event_count(&self) -> usize {
        match &self.events {
            EventSource::Store(events) => events.len(),
            EventSource::Entry(logged) => logged.entry().events.into_iter().count(),
        }
    }
}
