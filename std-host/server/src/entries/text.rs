//! Entries as text.

use statevec_abi::txlog::{Entry, EntryOutcome};
use statevec_host::json::JsonWriter;

/// About how many bytes of text are read at once.
pub(super) const PIECE: usize = 256 << 10;

/// One entry as text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct EntryText {
    pub(crate) number: u64,
    /// The entry as one JSON object.
    pub(crate) entry: String,
    /// Each event of the entry as one JSON object.
    pub(crate) events: Vec<String>,
}

impl EntryText {
    pub(super) fn new(writer: &JsonWriter, entry: &Entry<'_>) -> Self {
        let mut text = String::new();
        writer.entry(entry, None, &mut text);
        let mut events = Vec::new();
        if let Entry::Transaction(transaction) = entry
            && let EntryOutcome::Committed { tx_seq } = transaction.outcome
        {
            let (number, ext_seq) = (transaction.number, transaction.ext_seq);
            for event in transaction.events {
                let mut text = String::new();
                writer.event(event.kind, event.payload, &mut text);
                // The event's own members follow behind its opening brace.
                let numbers =
                    format!(r#"{{"entry":{number},"ext_seq":{ext_seq},"tx_seq":{tx_seq},"#);
                text.replace_range(..1, &numbers);
                events.push(text);
            }
        }
        Self { number: entry.number(), entry: text, events }
    }

    pub(super) fn bytes(&self) -> usize {
        self.entry.len() + self.events.iter().map(String::len).sum::<usize>() + size_of::<Self>()
    }
}
