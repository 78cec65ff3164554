//! Messages of the stream of results.

/// The place of a message among all results and events. A command's events come before its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ItemId {
    /// The command.
    pub(crate) ext_seq: u64,
    /// The number of the event, from 0; 0 for the result.
    pub(crate) part: u32,
    /// True for the result, which ends the command's messages.
    pub(crate) is_result: bool,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) id: ItemId,
    /// Transactions up to and with this command, which consumers can order by.
    pub(crate) tx_seq: Option<u64>,
    pub(crate) content: Content,
}

/// The content of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    Event {
        kind: u8,
        payload: Vec<u8>,
    },
    /// A committed-result record.
    Result(Vec<u8>),
}

impl ItemId {
    /// The message's identity, by which the stream finds duplicates.
    pub(crate) fn message_id(&self) -> String {
        let Self { ext_seq, part, is_result } = self;
        if *is_result { format!("{ext_seq}") } else { format!("{ext_seq}.{part}") }
    }

    /// Reads an identity; `part` of a result is not in it, and is 0.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text.split_once('.') {
            Some((ext_seq, part)) => Some(Self {
                ext_seq: ext_seq.parse().ok()?,
                part: part.parse().ok()?,
                is_result: false,
            }),
            None => Some(Self { ext_seq: text.parse().ok()?, part: 0, is_result: true }),
        }
    }

    /// Returns true if this message comes before another one or is that one.
    pub(crate) fn is_up_to(&self, other: &Self) -> bool {
        let key = |id: &Self| (id.ext_seq, id.is_result, if id.is_result { 0 } else { id.part });
        key(self) <= key(other)
    }
}

#[cfg(test)]
mod tests {
    use super::ItemId;

    #[test]
    fn identities_are_read_as_they_are_written() {
        for id in [
            ItemId { ext_seq: 7, part: 0, is_result: false },
            ItemId { ext_seq: u64::MAX, part: u32::MAX, is_result: false },
            ItemId { ext_seq: 7, part: 0, is_result: true },
        ] {
            assert_eq!(ItemId::parse(&id.message_id()), Some(id));
        }
        for text in ["", "7.", ".7", "x", "7.1.2", "-1"] {
            assert_eq!(ItemId::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_result_comes_behind_the_events_of_its_command() {
        let event = ItemId { ext_seq: 7, part: 3, is_result: false };
        let result = ItemId { ext_seq: 7, part: 0, is_result: true };
        let next = ItemId { ext_seq: 8, part: 0, is_result: false };
        assert!(event.is_up_to(&result) && result.is_up_to(&next) && event.is_up_to(&event));
        assert!(!result.is_up_to(&event) && !next.is_up_to(&result));
    }
}
