//! Reads a checkpoint from beginning to end.

use std::path::{Path, PathBuf};

use statevec_abi::abi::{RecordKind, SysId};

use super::{
    CheckpointError, CheckpointHead, KindEnd,
    block::{BlockHeader, END_LEN, HEADER, Tag},
    head::{FORMAT_VERSION, HeadError},
};
use crate::storage::{Access, Context as _, Storage, StorageFile, read_exact_at};

/// A checkpoint that is being read. Every block is checked before anything of it is given out.
///
/// A file that is cut off is found only at its end: keep the records apart until
/// [`next`](Self::next) has returned `None` without an error.
#[derive(Debug)]
pub struct CheckpointReader {
    file: Box<dyn StorageFile>,
    path: PathBuf,
    len: u64,
    head: CheckpointHead,
    /// Offset of the block that was read last.
    start: u64,
    /// Offset of the next block.
    offset: u64,
    sequence: u32,
    payload: Vec<u8>,
    /// The rest of a block of records.
    rows: Option<Rows>,
    /// Records of each kind that were read, in order of their kinds.
    counts: Vec<(RecordKind, u64)>,
    last: Option<(RecordKind, SysId)>,
    ends: Option<Vec<KindEnd>>,
}

/// Rows of a block that are still to be given out.
#[derive(Debug, Clone, Copy)]
struct Rows {
    kind: RecordKind,
    data_size: usize,
    at: usize,
}

/// Bytes of a record's number in a row.
const ID: usize = size_of::<SysId>();
/// Bytes of a block of records before its rows.
const ROWS: usize = 8;
/// Bytes that the last block has for each kind.
const KIND_END: usize = 17;

/// The longest payload of the last block.
const LONGEST_END: u64 = (256 * KIND_END + END_LEN) as u64;

/// A record of a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckpointRecord<'r> {
    /// Its kind.
    pub kind: RecordKind,
    /// Its number.
    pub sys_id: SysId,
    /// Its data.
    pub data: &'r [u8],
}

impl CheckpointReader {
    /// Opens a checkpoint and reads its head.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or does not begin like a checkpoint.
    pub fn open(storage: &dyn Storage, path: &Path) -> Result<Self, CheckpointError> {
        let file = storage.open(path, Access::Read).context("open", path)?;
        let len = file.len().context("read", path)?;
        let mut reader = Self {
            file,
            path: path.into(),
            len,
            head: CheckpointHead::empty(),
            start: 0,
            offset: 0,
            sequence: 0,
            payload: Vec::new(),
            rows: None,
            counts: Vec::new(),
            last: None,
            ends: None,
        };
        if reader.next_block()? != Tag::Head {
            return Err(reader.damaged("the first block is no head"));
        }
        reader.head = CheckpointHead::decode(&reader.payload).map_err(|error| match error {
            HeadError::Version(found) => {
                CheckpointError::Version { path: path.into(), found, known: FORMAT_VERSION }
            }
            HeadError::Bad(what) => reader.damaged(what),
        })?;
        Ok(reader)
    }

    /// The head.
    #[must_use]
    pub fn head(&self) -> &CheckpointHead {
        &self.head
    }

    /// Next number and count of each kind; `None` until all records were read.
    #[must_use]
    pub fn ends(&self) -> Option<&[KindEnd]> {
        self.ends.as_deref()
    }

    /// The next record, in ascending order of kind and number; `None` after the last one of a whole
    /// file.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is damaged.
    #[allow(
        clippy::should_implement_trait,
        reason = "the record borrows from the reader, which no iterator allows"
    )]
    pub fn next(&mut self) -> Result<Option<CheckpointRecord<'_>>, CheckpointError> {
        while self.ends.is_none() && self.rows.is_none_or(|rows| rows.at == self.payload.len()) {
            match self.next_block()? {
                Tag::Head => return Err(self.damaged("a second head")),
                Tag::Records => self.begin_rows()?,
                Tag::End => self.end()?,
            }
        }
        let (None, Some(rows)) = (&self.ends, &mut self.rows) else { return Ok(None) };
        let Rows { kind, data_size, at } = *rows;
        rows.at += ID + data_size;
        let row = self.payload.get(at..at + ID + data_size).unwrap_or_default();
        let Some((sys_id, data)) = row.split_first_chunk() else { return Ok(None) };
        let sys_id = SysId::from_le_bytes(*sys_id);
        if self.last.is_some_and(|last| last >= (kind, sys_id)) || sys_id == 0 {
            return Err(damaged(&self.path, self.start, "records are out of order"));
        }
        self.last = Some((kind, sys_id));
        match self.counts.last_mut() {
            Some((last, count)) if *last == kind => *count += 1,
            _ => self.counts.push((kind, 1)),
        }
        Ok(Some(CheckpointRecord { kind, sys_id, data }))
    }

    /// The data of the records that come next, as far as they are in memory already.
    pub(crate) fn upcoming(&self) -> impl Iterator<Item = &[u8]> {
        let rows = self.rows.map(|Rows { data_size, at, .. }| {
            let rows = self.payload.get(at..).unwrap_or_default();
            rows.chunks_exact(ID + data_size).map(|row| &row[ID..])
        });
        rows.into_iter().flatten()
    }

    /// Room that the records will take, kind by kind, as the last block says. It is a hint: that
    /// block is checked against the records when it is reached.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn expected(&self) -> Result<Vec<KindEnd>, CheckpointError> {
        let read = |buffer: &mut [u8], offset| {
            read_exact_at(&*self.file, buffer, offset).context("read", &self.path)
        };
        let mut len = [0; END_LEN];
        let Some(at) = self.len.checked_sub(END_LEN as u64) else { return Ok(Vec::new()) };
        read(&mut len, at)?;
        let len = u64::from(u32::from_le_bytes(len));
        if len > LONGEST_END || len > self.len {
            return Ok(Vec::new());
        }
        let mut payload = vec![0; len as usize];
        read(&mut payload, self.len - len)?;
        let (mut ends, _) = kind_ends(&payload);
        // No record is shorter than its number.
        ends.retain(|end| end.records <= self.len / ID as u64);
        Ok(ends)
    }

    fn begin_rows(&mut self) -> Result<(), CheckpointError> {
        let Some(&[kind, 0, 0, 0, a, b, c, d]) = self.payload.first_chunk::<ROWS>() else {
            return Err(self.damaged("a block of records has no beginning"));
        };
        let data_size = u32::from_le_bytes([a, b, c, d]) as usize;
        let rows = self.payload.len() - ROWS;
        // The payload's length was checked; a size beyond it leaves a remainder.
        if rows == 0 || !rows.is_multiple_of(ID.saturating_add(data_size)) {
            return Err(self.damaged("a block of records does not consist of whole records"));
        }
        self.rows = Some(Rows { kind, data_size, at: ROWS });
        Ok(())
    }

    fn end(&mut self) -> Result<(), CheckpointError> {
        if self.offset != self.len {
            return Err(self.damaged("something follows the last block"));
        }
        let (ends, rest) = kind_ends(&self.payload);
        let counts = ends.iter().filter(|end| end.records > 0).map(|end| (end.kind, end.records));
        let len = self.payload.last_chunk().map_or(0, |len| u32::from_le_bytes(*len));
        let sound = rest == 0
            && len as usize == self.payload.len()
            && ends.is_sorted_by(|a, b| a.kind < b.kind)
            && counts.eq(self.counts.iter().copied());
        if !sound {
            return Err(self.damaged("the last block does not fit the records"));
        }
        self.ends = Some(ends);
        Ok(())
    }

    /// Reads and checks the next block.
    fn next_block(&mut self) -> Result<Tag, CheckpointError> {
        self.start = self.offset;
        let mut header = [0; HEADER];
        let left = self.len - self.offset;
        if left < HEADER as u64 {
            return Err(self.damaged("the file ends before its last block"));
        }
        read_exact_at(&*self.file, &mut header, self.offset).context("read", &self.path)?;
        let parsed = BlockHeader::parse(&header).map_err(|what| self.damaged(what))?;
        if parsed.len as u64 > left - HEADER as u64 {
            return Err(self.damaged("the file ends inside a block"));
        }
        self.payload.resize(parsed.len, 0);
        let at = self.offset + HEADER as u64;
        read_exact_at(&*self.file, &mut self.payload, at).context("read", &self.path)?;
        let tag = parsed
            .check(&header, &self.payload, self.sequence)
            .map_err(|what| self.damaged(what))?;
        self.offset = at + parsed.len as u64;
        self.sequence += 1;
        Ok(tag)
    }

    fn damaged(&self, what: &'static str) -> CheckpointError {
        damaged(&self.path, self.start, what)
    }
}

fn damaged(path: &Path, offset: u64, what: &'static str) -> CheckpointError {
    CheckpointError::Damaged { path: path.into(), offset, what }
}

/// Decodes the payload of the last block; also returns how many bytes are left over.
fn kind_ends(payload: &[u8]) -> (Vec<KindEnd>, usize) {
    let payload = payload.get(..payload.len().saturating_sub(END_LEN)).unwrap_or_default();
    let (ends, rest) = payload.as_chunks::<KIND_END>();
    let ends = ends.iter().map(|end| {
        let number =
            |at: usize| end[at..].first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
        KindEnd { kind: end[0], next_sys_id: number(1), records: number(9) }
    });
    (ends.collect(), rest.len())
}
