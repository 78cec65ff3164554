//! Makes a checkpoint of the one before and of the changes since.

use std::collections::BTreeMap;

use statevec_abi::abi::{RecordKind, SysId};

use super::{
    ChangeConflict, CheckpointError, CheckpointReader, CheckpointWriter, KindEnd, NetChanges,
    changes::NetChange,
};

/// Writes all records of the checkpoint before, with the changes applied. It holds the changes and
/// one record of the checkpoint in memory at a time.
///
/// `each` sees every record that is written, and every kind's next number at the end.
///
/// # Errors
///
/// The storage failed, the checkpoint before is damaged, or the changes do not fit it.
pub fn merge(
    before: Option<CheckpointReader>,
    changes: NetChanges,
    writer: &mut CheckpointWriter,
    mut each: impl FnMut(Merged<'_>),
) -> Result<(), CheckpointError> {
    let mut ends = Ends::default();
    for (&kind, &next) in changes.next_sys_ids() {
        ends.numbered(kind, next);
    }
    let mut write = |writer: &mut CheckpointWriter, kind, sys_id, data: &[u8]| {
        ends.count(kind);
        each(Merged::Record { kind, sys_id, data });
        writer.record(kind, sys_id, data)
    };
    let mut changes = changes.into_records().peekable();
    let mut buffer = Vec::new();
    let mut before = before;
    if let Some(before) = &mut before {
        while let Some(record) = before.next()? {
            let key = (record.kind, record.sys_id);
            while let Some((new, change)) = changes.next_if(|(new, _)| *new < key) {
                if let Some(data) = apply(new, &change, None, &mut buffer)? {
                    write(writer, new.0, new.1, data)?;
                }
            }
            match changes.next_if(|(changed, _)| *changed == key) {
                None => write(writer, key.0, key.1, record.data)?,
                Some((_, change)) => {
                    if let Some(data) = apply(key, &change, Some(record.data), &mut buffer)? {
                        write(writer, key.0, key.1, data)?;
                    }
                }
            }
        }
    }
    for (new, change) in changes {
        if let Some(data) = apply(new, &change, None, &mut buffer)? {
            write(writer, new.0, new.1, data)?;
        }
    }
    for end in before.iter().filter_map(CheckpointReader::ends).flatten() {
        ends.numbered(end.kind, end.next_sys_id);
    }
    for end in ends.kinds.into_values() {
        each(Merged::Kind(end));
        writer.kind(end);
    }
    Ok(())
}

/// A part of a merged checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Merged<'m> {
    /// A record.
    Record {
        /// Its kind.
        kind: RecordKind,
        /// Its number.
        sys_id: SysId,
        /// Its data.
        data: &'m [u8],
    },
    /// The end of a kind.
    Kind(KindEnd),
}

fn apply<'r>(
    (kind, sys_id): (RecordKind, SysId),
    change: &'r NetChange,
    before: Option<&[u8]>,
    buffer: &'r mut Vec<u8>,
) -> Result<Option<&'r [u8]>, CheckpointError> {
    let conflict = |what| ChangeConflict { kind, sys_id, what }.into();
    change.apply(before, buffer).map_err(conflict)
}

/// Counts and next numbers of the kinds.
#[derive(Debug, Default)]
struct Ends {
    kinds: BTreeMap<RecordKind, KindEnd>,
}

impl Ends {
    fn kind(&mut self, kind: RecordKind) -> &mut KindEnd {
        self.kinds.entry(kind).or_insert(KindEnd { kind, next_sys_id: 1, records: 0 })
    }

    fn count(&mut self, kind: RecordKind) {
        self.kind(kind).records += 1;
    }

    fn numbered(&mut self, kind: RecordKind, next_sys_id: SysId) {
        let end = self.kind(kind);
        end.next_sys_id = end.next_sys_id.max(next_sys_id);
    }
}
