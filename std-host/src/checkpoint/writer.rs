//! Writes a checkpoint from beginning to end.

use std::path::{Path, PathBuf};

use statevec_abi::abi::{RecordKind, SysId};

use super::{
    CheckpointError, CheckpointHead,
    block::{END_LEN, HEADER, ROW_OVERHEAD, Tag, seal},
};
use crate::storage::{Context as _, Storage, StorageFile, write_all_at};

/// Payload that a block of records gets before it is written.
const BLOCK: usize = 64 << 10;
/// Bytes between two syncs: many small ones leave no large one to the end, which would hold up the
/// syncs of the log.
const SYNC_EVERY: u64 = 4 << 20;

/// The next number and the count of a record kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindEnd {
    /// The kind.
    pub kind: RecordKind,
    /// The number that the next record gets.
    pub next_sys_id: SysId,
    /// How many records there are.
    pub records: u64,
}

/// A checkpoint that is being written. It is complete after [`finish`](Self::finish).
#[derive(Debug)]
pub struct CheckpointWriter {
    file: Box<dyn StorageFile>,
    path: PathBuf,
    offset: u64,
    synced: u64,
    sequence: u32,
    /// Header and payload of the block that is being filled.
    block: Vec<u8>,
    /// Kind and data size of the records in the block.
    layout: Option<(RecordKind, usize)>,
    ends: Vec<KindEnd>,
}

impl CheckpointWriter {
    /// Creates the file and writes the head.
    ///
    /// # Errors
    ///
    /// The storage's.
    pub fn create(
        storage: &dyn Storage,
        path: &Path,
        head: &CheckpointHead,
    ) -> Result<Self, CheckpointError> {
        let file = storage.create(path).context("create", path)?;
        let mut writer = Self {
            file,
            path: path.into(),
            offset: 0,
            synced: 0,
            sequence: 0,
            block: vec![0; HEADER],
            layout: None,
            ends: Vec::new(),
        };
        head.encode(&mut writer.block);
        writer.write_block(Tag::Head)?;
        Ok(writer)
    }

    /// Adds a record. Records come in ascending order of kind and number, all of a kind with one
    /// size.
    ///
    /// # Errors
    ///
    /// The storage's.
    pub fn record(
        &mut self,
        kind: RecordKind,
        sys_id: SysId,
        data: &[u8],
    ) -> Result<(), CheckpointError> {
        let layout = Some((kind, data.len()));
        if self.layout != layout || self.block.len() + ROW_OVERHEAD + data.len() > HEADER + BLOCK {
            self.end_block()?;
            self.layout = layout;
            self.block.extend_from_slice(&[kind, 0, 0, 0]);
            // Records are at most 16 MiB long.
            self.block.extend_from_slice(&(data.len() as u32).to_le_bytes());
        }
        self.block.extend_from_slice(&sys_id.to_le_bytes());
        self.block.extend_from_slice(data);
        Ok(())
    }

    /// Adds the end of a record kind; kinds come in ascending order.
    pub fn kind(&mut self, end: KindEnd) {
        self.ends.push(end);
    }

    /// Writes what is missing, and puts the file on stable storage. Returns its length.
    ///
    /// # Errors
    ///
    /// The storage's.
    pub fn finish(mut self) -> Result<u64, CheckpointError> {
        self.end_block()?;
        for end in &self.ends {
            self.block.push(end.kind);
            self.block.extend_from_slice(&end.next_sys_id.to_le_bytes());
            self.block.extend_from_slice(&end.records.to_le_bytes());
        }
        let len = (self.block.len() - HEADER + END_LEN) as u32;
        self.block.extend_from_slice(&len.to_le_bytes());
        self.write_block(Tag::End)?;
        self.file.sync_data().context("sync", &self.path)?;
        Ok(self.offset)
    }

    fn end_block(&mut self) -> Result<(), CheckpointError> {
        if self.layout.take().is_some() { self.write_block(Tag::Records) } else { Ok(()) }
    }

    fn write_block(&mut self, tag: Tag) -> Result<(), CheckpointError> {
        seal(&mut self.block, self.sequence, tag);
        write_all_at(&*self.file, &self.block, self.offset).context("write", &self.path)?;
        self.offset += self.block.len() as u64;
        self.sequence += 1;
        self.block.truncate(HEADER);
        if self.offset - self.synced >= SYNC_EVERY {
            self.file.sync_data().context("sync", &self.path)?;
            self.synced = self.offset;
        }
        Ok(())
    }
}
