//! Events of a committed transaction.

use statevec_abi::txlog::EntryEvent;

use super::packed;

/// One event of a committed transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmittedEvent<'s> {
    /// Its kind. The schema lists it.
    pub kind: u8,
    /// Its payload as the plugin gave it. The store does not check it against the schema.
    pub payload: &'s [u8],
}

impl<'s> From<EmittedEvent<'s>> for EntryEvent<'s> {
    fn from(event: EmittedEvent<'s>) -> Self {
        Self { kind: event.kind, payload: event.payload }
    }
}

/// The events of a committed transaction, in the order of their emission.
#[derive(Debug, Clone)]
pub struct Events<'s> {
    entries: packed::Iter<'s, u8>,
}

impl<'s> Events<'s> {
    pub(super) fn new(entries: packed::Iter<'s, u8>) -> Self {
        Self { entries }
    }
}

impl<'s> Iterator for Events<'s> {
    type Item = EmittedEvent<'s>;

    fn next(&mut self) -> Option<Self::Item> {
        self.entries.next().map(|(kind, payload)| EmittedEvent { kind, payload })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }
}

impl ExactSizeIterator for Events<'_> {}
