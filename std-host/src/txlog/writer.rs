//! Places frames in segments.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use statevec_abi::txlog::Chain;

use super::{
    Batch, LogEnd, LogError, LogHeader, LogOptions, LogPosition, place::Place,
    segments::segment_path,
};
use crate::storage::{Access, Context as _, Storage, StorageFile, SyncedWrites, write_all_at};

/// Gives each frame of a log its place, and creates segments.
#[derive(Debug)]
pub(crate) struct LogWriter {
    storage: Arc<dyn Storage>,
    dir: PathBuf,
    options: LogOptions,
    header: LogHeader,
    /// Behind the last frame that has a place.
    position: LogPosition,
    chain: Chain,
    segment: OpenSegment,
    /// True if segments are opened for frames that are written side by side.
    is_side_by_side: bool,
}

#[derive(Debug)]
struct OpenSegment {
    file: Arc<dyn StorageFile>,
    /// The same file, if it can be written side by side.
    synced: Option<Arc<dyn SyncedWrites>>,
    path: Arc<Path>,
    /// Offset of the next frame.
    offset: u64,
    len: u64,
    /// Up to where zeros were written.
    zeroed: u64,
    /// True if the last frame has zeros behind it, which must not come after the next frame.
    is_zeroing: bool,
    /// True if it has no frame. The next segment would have the same name.
    is_empty: bool,
}

impl LogWriter {
    /// Goes on where a log ends; creates the first segment if there is none. A torn tail is cut
    /// off.
    ///
    /// `header` is that of the end of the log, or of the log that is begun.
    pub(crate) fn open(
        storage: Arc<dyn Storage>,
        dir: &Path,
        options: LogOptions,
        header: LogHeader,
        end: &LogEnd,
    ) -> Result<Self, LogError> {
        if let Some(path) = &end.unfinished {
            storage.remove(path).context("remove", path)?;
        }
        let (segment, chain) = match &end.tail {
            Some(tail) => {
                let (path, file_len) = (tail.path.clone(), tail.file_len);
                let file = storage.open(&path, Access::ReadWrite).context("open", &path)?;
                let len = file_len.max(options.segment_bytes);
                if end.torn.is_some() {
                    file.set_len(tail.offset).context("cut off", &path)?;
                }
                if end.torn.is_some() || file_len < len {
                    file.allocate(len).context("extend", &path)?;
                }
                // After a sync that failed, the last frames may be readable and yet not be on the
                // medium.
                write_all_at(&*file, &tail.last, tail.last_start).context("write", &path)?;
                file.sync_data().context("sync", &path)?;
                // The tail's last bytes are the header if there is no frame.
                let is_empty = tail.last_start == 0;
                (OpenSegment::new(file, &path, tail.offset, len, is_empty), tail.chain)
            }
            None => create_segment(&*storage, dir, &options, &header, &end.position, 0, 0)?,
        };
        // Names that a process before created may not be stable yet.
        storage.sync_dir(dir).context("sync", dir)?;
        let (dir, position) = (dir.into(), end.position);
        let is_side_by_side = false;
        Ok(Self { storage, dir, options, header, position, chain, segment, is_side_by_side })
    }

    /// The position behind the last frame.
    pub(crate) fn position(&self) -> &LogPosition {
        &self.position
    }

    /// The log's folder.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Replaces plugin and environment in the headers of later segments.
    pub(crate) fn set_header(&mut self, header: LogHeader) {
        self.header = header;
    }

    /// Lets frames be written side by side from now on, where the storage can do that.
    pub(super) fn write_side_by_side(&mut self) -> Result<(), LogError> {
        self.is_side_by_side = true;
        self.segment.open_synced(&*self.storage)
    }

    /// Returns true if the next frame may be written while frames before it are not durable, as far
    /// as the storage is concerned.
    pub(super) fn can_write_side_by_side(&self) -> bool {
        self.segment.synced.is_some()
    }

    /// Returns true if a batch may get its place only when all frames before it are durable.
    pub(super) fn must_wait(&self, batch: &Batch) -> bool {
        self.segment.is_zeroing || !self.segment.has_room_for(batch.sealed_len() as u64)
    }

    /// Completes the frame of a batch, and gives it its place. Entries up to `durable` are durable.
    pub(super) fn place(&mut self, batch: &mut Batch, durable: u64) -> Result<Place, LogError> {
        let frame = batch.sealed_len() as u64;
        if !self.segment.has_room_for(frame) {
            if self.segment.is_empty {
                self.segment.extend(frame)?;
            } else {
                self.next_segment(frame)?;
            }
        }
        let entry = batch.first_entry();
        let header = batch.seal(self.chain, durable).ok_or_else(|| LogError::TooLong {
            entry,
            reason: "its frame is longer than 4 GiB".into(),
        })?;
        let segment = &mut self.segment;
        let (start, end) = (segment.offset, segment.offset + frame);
        segment.is_zeroing = false;
        if end > segment.zeroed {
            // Long frames gain nothing: recording their blocks takes little of the time that they
            // take.
            let zeros = self.options.zero_ahead as u64;
            let zeros = if frame < zeros { zeros.min(segment.len - end) } else { 0 };
            batch.pad(zeros as usize);
            (segment.zeroed, segment.is_zeroing) = (end + zeros, zeros > 0);
        }
        (segment.offset, segment.is_empty) = (end, false);
        self.chain = Chain::after(&header);
        self.position = *batch.position();
        Ok(segment.place(start))
    }

    /// Begins another segment, in which a frame of a length has room.
    fn next_segment(&mut self, frame: u64) -> Result<(), LogError> {
        let old = &self.segment;
        // Cuts off room that was reserved and not used. It is not synced, because a longer file is
        // valid, too.
        old.file.set_len(old.offset).context("cut off", &old.path)?;
        let (segment, chain) = create_segment(
            &*self.storage,
            &self.dir,
            &self.options,
            &self.header,
            &self.position,
            self.chain.previous,
            frame,
        )?;
        (self.segment, self.chain) = (segment, chain);
        if self.is_side_by_side { self.segment.open_synced(&*self.storage) } else { Ok(()) }
    }
}

impl OpenSegment {
    fn new(file: Box<dyn StorageFile>, path: &Path, offset: u64, len: u64, is_empty: bool) -> Self {
        let (file, path) = (file.into(), path.into());
        Self { file, synced: None, path, offset, len, zeroed: offset, is_zeroing: false, is_empty }
    }

    fn open_synced(&mut self, storage: &dyn Storage) -> Result<(), LogError> {
        let synced = storage.open_synced(&self.path).context("open", &self.path)?;
        self.synced = synced.map(Arc::from);
        Ok(())
    }

    fn has_room_for(&self, frame: u64) -> bool {
        self.offset + frame <= self.len
    }

    /// Reserves room for a frame that is longer than a segment.
    fn extend(&mut self, frame: u64) -> Result<(), LogError> {
        self.len = self.offset + frame;
        Ok(self.file.allocate(self.len).context("extend", &self.path)?)
    }

    fn place(&self, offset: u64) -> Place {
        let Self { file, synced, path, .. } = self;
        Place::new(Arc::clone(file), synced.clone(), Arc::clone(path), offset)
    }
}

/// Creates a segment that continues a position. It is on stable storage, with its name, when this
/// returns.
fn create_segment(
    storage: &dyn Storage,
    dir: &Path,
    options: &LogOptions,
    header: &LogHeader,
    before: &LogPosition,
    previous: u32,
    frame: u64,
) -> Result<(OpenSegment, Chain), LogError> {
    let first_entry = before.entry + 1;
    let header = header.segment(before, previous);
    let mut bytes = Vec::new();
    header
        .encode(&mut bytes)
        .map_err(|error| LogError::TooLong { entry: first_entry, reason: error.to_string() })?;
    let path = segment_path(dir, first_entry);
    let file = storage.create(&path).context("create", &path)?;
    let offset = bytes.len() as u64;
    let len = options.segment_bytes.max(offset + frame);
    file.allocate(len).context("extend", &path)?;
    write_all_at(&*file, &bytes, 0).context("write", &path)?;
    file.sync_data().context("sync", &path)?;
    storage.sync_dir(dir).context("sync", dir)?;
    Ok((OpenSegment::new(file, &path, offset, len, true), Chain::after_segment(&header)))
}
