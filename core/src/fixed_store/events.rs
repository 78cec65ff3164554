//! The events of one transaction, one after another in one buffer.

use heapless::VecView;

use crate::txlog::EntryEvent;

/// One event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event<'s> {
    /// Its kind, which the schema has.
    pub kind: u8,
    /// Its payload, as the plugin gave it. It is not checked against the schema.
    pub payload: &'s [u8],
}

impl<'s> From<Event<'s>> for EntryEvent<'s> {
    fn from(event: Event<'s>) -> Self {
        Self { kind: event.kind, payload: event.payload }
    }
}

/// Events, in the order of their emission.
#[derive(Debug, Clone)]
pub struct Events<'s> {
    rest: &'s [u8],
}

impl<'s> Iterator for Events<'s> {
    type Item = Event<'s>;

    fn next(&mut self) -> Option<Event<'s>> {
        let (kind, rest) = self.rest.split_first()?;
        let (len, rest) = rest.split_first_chunk()?;
        let (payload, rest) = rest.split_at_checked(u32::from_le_bytes(*len) as usize)?;
        self.rest = rest;
        Some(Event { kind: *kind, payload })
    }
}

/// ```text
/// 0      1                  5          5 + length
/// | kind | length, u32 LE   | payload  |            repeated
/// ```
pub(super) struct EventList<'m> {
    bytes: &'m mut VecView<u8>,
}

impl<'m> EventList<'m> {
    pub(super) const OVERHEAD: usize = 1 + size_of::<u32>();

    pub(super) fn new(bytes: &'m mut VecView<u8>) -> Self {
        bytes.clear();
        Self { bytes }
    }

    /// Adds an event, or returns that there is no room.
    pub(super) fn push(&mut self, kind: u8, payload: &[u8]) -> Result<(), NoRoom> {
        let (taken, capacity) = (self.bytes.len(), self.bytes.capacity());
        let no_room = NoRoom { capacity, left: capacity - taken };
        let needed = payload.len().checked_add(Self::OVERHEAD);
        let (Some(needed), Ok(len)) = (needed, u32::try_from(payload.len())) else {
            return Err(no_room);
        };
        if needed > no_room.left {
            return Err(no_room);
        }
        let [a, b, c, d] = len.to_le_bytes();
        // The check above made sure of the room.
        let _ = self.bytes.extend_from_slice(&[kind, a, b, c, d]);
        let _ = self.bytes.extend_from_slice(payload);
        Ok(())
    }

    pub(super) fn clear(&mut self) {
        self.bytes.clear();
    }

    pub(super) fn iter(&self) -> Events<'_> {
        Events { rest: self.bytes }
    }
}

/// The list has no room for an event.
pub(super) struct NoRoom {
    pub(super) capacity: usize,
    pub(super) left: usize,
}
