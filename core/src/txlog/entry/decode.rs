//! Entries from bytes.

use super::{
    super::{EntryError, EntryFault, StateDigest, cursor::Cursor},
    COMMITTED, ENVIRONMENT, Entry, EntryFailure, EntryOutcome, Environment, EnvironmentEntry,
    FAILED, MIGRATION, MigrationEntry, REJECTED, TRANSACTION, TransactionEntry, items,
};
use crate::abi::{ErrorText, RuntimeErrorKind};

/// The entries in a frame's payload.
///
/// They come with consecutive numbers, as many as the frame header counts; anything else is an
/// error. After an error there are no further entries.
#[derive(Debug, Clone)]
pub struct Entries<'a> {
    fields: Cursor<'a>,
    next: u64,
    left: u32,
}

impl<'a> Entries<'a> {
    /// The `count` entries, beginning with number `first`, that `payload` consists of.
    #[must_use]
    pub const fn new(payload: &'a [u8], first: u64, count: u32) -> Self {
        Self { fields: Cursor::new(payload, 0), next: first, left: count }
    }

    fn read(&mut self) -> Result<Option<Entry<'a>>, EntryError> {
        let start = self.fields;
        if start.is_empty() {
            let expected = self.next;
            let missing = start.error(EntryFault::MissingEntry { expected });
            return if self.left == 0 { Ok(None) } else { Err(missing) };
        }
        self.left = match self.left.checked_sub(1) {
            Some(left) => left,
            None => {
                let left = start.rest().len();
                return Err(start.error(EntryFault::TrailingBytes { left }));
            }
        };
        let entry = Entry::decode(&mut self.fields)?;
        let (expected, found) = (self.next, entry.number());
        if found != expected {
            return Err(start.error(EntryFault::WrongNumber { expected, found }));
        }
        self.next = expected.wrapping_add(1);
        Ok(Some(entry))
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Result<Entry<'a>, EntryError>;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.read();
        if entry.is_err() {
            (self.fields, self.left) = (Cursor::new(&[], 0), 0);
        }
        entry.transpose()
    }
}

impl<'a> Entry<'a> {
    fn decode(fields: &mut Cursor<'a>) -> Result<Self, EntryError> {
        let body = fields.sized("entry")?;
        let mut body = Cursor::new(body, fields.offset() - body.len());
        let start = body;
        let entry = match body.u8("entry kind")? {
            TRANSACTION => Self::Transaction(TransactionEntry::decode(&mut body)?),
            ENVIRONMENT => Self::Environment(EnvironmentEntry {
                number: body.u64("entry number")?,
                environment: Environment::decode(&mut body)?,
            }),
            MIGRATION => Self::Migration(MigrationEntry::decode(&mut body)?),
            kind => return Err(start.error(EntryFault::UnknownKind { kind })),
        };
        match body.rest().len() {
            0 => Ok(entry),
            left => Err(body.error(EntryFault::TrailingBytes { left })),
        }
    }
}

impl<'a> TransactionEntry<'a> {
    fn decode(fields: &mut Cursor<'a>) -> Result<Self, EntryError> {
        let number = fields.u64("entry number")?;
        let ext_seq = fields.u64("ext_seq")?;
        let ref_ext_time_us = fields.u64("reference time")?;
        let command_kind = fields.u8("command kind")?;
        let payload = fields.sized("command payload")?;
        let outcome = EntryOutcome::decode(fields)?;
        let (events, changes) = items::decode(fields)?;
        let digest = fields.array("state digest")?;
        Ok(Self {
            number,
            ext_seq,
            ref_ext_time_us,
            command_kind,
            payload,
            outcome,
            events,
            changes,
            digest: StateDigest::from_u128(u128::from_le_bytes(digest)),
        })
    }
}

impl<'a> EntryOutcome<'a> {
    fn decode(fields: &mut Cursor<'a>) -> Result<Self, EntryError> {
        let start = *fields;
        match fields.u8("outcome")? {
            COMMITTED => Ok(Self::Committed { tx_seq: fields.u64("tx_seq")? }),
            REJECTED => Ok(Self::Rejected(EntryFailure::decode(fields)?)),
            FAILED => Ok(Self::Failed(EntryFailure::decode(fields)?)),
            _ => Err(start.unknown("outcome")),
        }
    }
}

impl<'a> EntryFailure<'a> {
    fn decode(fields: &mut Cursor<'a>) -> Result<Self, EntryError> {
        Ok(Self {
            kind: RuntimeErrorKind(fields.u16("error kind")?),
            text: ErrorText::new(fields.sized("error text")?),
        })
    }
}
