//! The file of remembered keys.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use statevec_host::storage::{
    Access, Storage, StorageError, StorageFile, read_exact_at, write_all_at,
};

use super::{error::KeyError, record::KeyRecord};

/// The file, which is open for appending.
#[derive(Debug)]
pub(super) struct Journal {
    storage: Arc<dyn Storage>,
    dir: PathBuf,
    path: PathBuf,
    /// `None` until the first [`rewrite`](Self::rewrite).
    file: Option<Box<dyn StorageFile>>,
    records: usize,
    group: u32,
    /// Up to where zeros were written.
    zeroed: usize,
}

/// Zeros that are written behind the records, so that the file system does not have to record a new
/// length with each of the groups that follow.
const ZERO_AHEAD: usize = 256 << 10;

impl Journal {
    /// Reads the file, if there is one.
    pub(super) fn open(
        storage: Arc<dyn Storage>,
        root: &Path,
    ) -> Result<(Self, Vec<KeyRecord>), KeyError> {
        let dir = root.join("keys");
        match storage.create_dir(&dir) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(failed("create", &dir)(error).into());
            }
            _ => {}
        }
        storage.sync_dir(root).map_err(failed("sync", root))?;
        let path = dir.join("journal");
        let bytes = read(&*storage, &path)?;
        let records = decode(&path, &bytes)?;
        let journal = Self { storage, dir, path, file: None, records: 0, group: 0, zeroed: 0 };
        Ok((journal, records))
    }

    /// How many records the file has.
    pub(super) fn records(&self) -> usize {
        self.records
    }

    /// Adds records, and puts them on stable storage.
    pub(super) fn append(&mut self, records: &[KeyRecord]) -> Result<(), StorageError> {
        let Some(file) = &self.file else {
            unreachable!("the file is rewritten before anything is added")
        };
        self.group = self.group.wrapping_add(1);
        let mut bytes: Vec<u8> =
            records.iter().flat_map(|record| record.encode(self.group)).collect();
        let offset = self.records * KeyRecord::LEN;
        if offset + bytes.len() > self.zeroed {
            bytes.resize(bytes.len() + ZERO_AHEAD, 0);
            self.zeroed = offset + bytes.len();
        }
        write_all_at(&**file, &bytes, offset as u64).map_err(failed("write", &self.path))?;
        file.sync_data().map_err(failed("sync", &self.path))?;
        self.records += records.len();
        Ok(())
    }

    /// Replaces the file by one with these records. A crash leaves the old one or the new one.
    pub(super) fn rewrite(&mut self, records: &[KeyRecord]) -> Result<(), StorageError> {
        let unfinished = self.path.with_extension("tmp");
        match self.storage.remove(&unfinished) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(failed("remove", &unfinished)(error));
            }
            _ => {}
        }
        let bytes: Vec<u8> = records.iter().flat_map(|record| record.encode(0)).collect();
        let file = self.storage.create(&unfinished).map_err(failed("create", &unfinished))?;
        write_all_at(&*file, &bytes, 0).map_err(failed("write", &unfinished))?;
        file.sync_data().map_err(failed("sync", &unfinished))?;
        self.storage.rename(&unfinished, &self.path).map_err(failed("rename", &unfinished))?;
        self.storage.sync_dir(&self.dir).map_err(failed("sync", &self.dir))?;
        (self.file, self.records, self.group) = (Some(file), records.len(), 0);
        self.zeroed = bytes.len();
        Ok(())
    }
}

fn read(storage: &dyn Storage, path: &Path) -> Result<Vec<u8>, StorageError> {
    let file = match storage.open(path, Access::Read) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        file => file.map_err(failed("open", path))?,
    };
    let len = file.len().map_err(failed("read", path))?;
    let mut bytes = vec![0; usize::try_from(len).unwrap_or(usize::MAX)];
    read_exact_at(&*file, &mut bytes, 0).map_err(failed("read", path))?;
    Ok(bytes)
}

/// Reads the records. A crash may leave the last group incomplete: its commands never ran, so what
/// is left of it does no harm. A record that is damaged in front of a later group is an error.
fn decode(path: &Path, bytes: &[u8]) -> Result<Vec<KeyRecord>, KeyError> {
    let (chunks, _rest) = bytes.as_chunks::<{ KeyRecord::LEN }>();
    let decoded: Vec<Option<(KeyRecord, u32)>> = chunks.iter().map(KeyRecord::decode).collect();
    let last_group = decoded.iter().flatten().map(|(_, group)| *group).max();
    let synced = decoded
        .iter()
        .rposition(|record| record.is_some_and(|(_, group)| Some(group) < last_group));
    let damaged = decoded.iter().position(Option::is_none);
    match (damaged, synced) {
        (Some(damaged), Some(synced)) if damaged < synced => {
            let offset = (damaged * KeyRecord::LEN) as u64;
            Err(KeyError::Damaged { path: path.into(), offset })
        }
        _ => Ok(decoded.into_iter().flatten().map(|(record, _)| record).collect()),
    }
}

fn failed(action: &'static str, path: &Path) -> impl Fn(io::Error) -> StorageError {
    move |source| StorageError { action, path: path.into(), source }
}
