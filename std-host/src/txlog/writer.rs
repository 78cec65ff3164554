//! Writes frames to segments.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use statevec_abi::txlog::Chain;

use super::{
    Batch, LogEnd, LogError, LogHeader, LogOptions, LogPosition, lock::DurableWord,
    segments::segment_path,
};
use crate::storage::{Access, Context as _, Storage, StorageFile, write_all_at};

/// The writer of a log. Each frame is on stable storage before the next one is begun.
#[derive(Debug)]
pub(crate) struct LogWriter {
    storage: Arc<dyn Storage>,
    dir: PathBuf,
    options: LogOptions,
    header: LogHeader,
    /// Behind the last frame.
    position: LogPosition,
    chain: Chain,
    segment: OpenSegment,
    durable: DurableWord,
    failed: Option<LogError>,
}

#[derive(Debug)]
struct OpenSegment {
    file: Box<dyn StorageFile>,
    path: PathBuf,
    /// Offset of the next frame.
    offset: u64,
    len: u64,
    /// Up to where zeros were written.
    zeroed: u64,
    /// True if it has no frame. The next segment would have the same name.
    is_empty: bool,
}

impl OpenSegment {
    /// Reserves room for a frame that is longer than a segment.
    fn extend(&mut self, frame: u64) -> Result<(), LogError> {
        self.len = self.offset + frame;
        Ok(self.file.allocate(self.len).context("extend", &self.path)?)
    }
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
        durable: DurableWord,
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
                // After a sync that failed, the last frame may be readable and yet not be on the
                // medium.
                write_all_at(&*file, &tail.last, tail.last_start).context("write", &path)?;
                file.sync_data().context("sync", &path)?;
                let (offset, zeroed) = (tail.offset, tail.offset);
                // The tail's last bytes are the header if there is no frame.
                let is_empty = tail.last_start == 0;
                (OpenSegment { file, path, offset, len, zeroed, is_empty }, tail.chain)
            }
            None => create_segment(&*storage, dir, &options, &header, &end.position, 0, 0)?,
        };
        // Names that a process before created may not be stable yet.
        storage.sync_dir(dir).context("sync", dir)?;
        let (dir, position) = (dir.into(), end.position);
        durable.store(position.entry);
        let failed = None;
        Ok(Self { storage, dir, options, header, position, chain, segment, durable, failed })
    }

    /// The position behind the last frame.
    pub(crate) fn position(&self) -> &LogPosition {
        &self.position
    }

    /// Replaces plugin and environment in the headers of later segments.
    pub(crate) fn set_header(&mut self, header: LogHeader) {
        self.header = header;
    }

    /// Writes a batch as one frame and puts it on stable storage, with one sync.
    pub(crate) fn commit(&mut self, batch: &mut Batch) -> Result<(), LogError> {
        if let Some(failed) = &self.failed {
            return Err(failed.clone());
        }
        let entry = self.position.entry + 1;
        let result = self.write(batch);
        result.map_err(|reason| {
            let stopped = LogError::Stopped { entry, reason: Arc::new(reason) };
            self.failed.insert(stopped).clone()
        })
    }

    fn write(&mut self, batch: &mut Batch) -> Result<(), LogError> {
        let frame = batch.sealed_len() as u64;
        if self.segment.offset + frame > self.segment.len {
            if self.segment.is_empty {
                self.segment.extend(frame)?;
            } else {
                self.next_segment(frame)?;
            }
        }
        let entry = batch.first_entry();
        let header = batch.seal(self.chain).ok_or_else(|| LogError::TooLong {
            entry,
            reason: "its frame is longer than 4 GiB".into(),
        })?;
        let segment = &mut self.segment;
        let end = segment.offset + frame;
        if end > segment.zeroed {
            // Long frames gain nothing: recording their blocks takes little of the time that they
            // take.
            let zeros = self.options.zero_ahead as u64;
            let zeros = if frame < zeros { zeros.min(segment.len - end) } else { 0 };
            batch.pad(zeros as usize);
            segment.zeroed = end + zeros;
        }
        let (file, path) = (&*segment.file, &segment.path);
        write_all_at(file, batch.bytes(), segment.offset).context("write", path)?;
        file.sync_data().context("sync", path)?;
        (segment.offset, segment.is_empty) = (end, false);
        self.chain = Chain::after(&header);
        self.position = *batch.position();
        self.durable.store(self.position.entry);
        Ok(())
    }

    /// Begins another segment, in which a frame of a length has room.
    fn next_segment(&mut self, frame: u64) -> Result<(), LogError> {
        let old = &self.segment;
        // Cuts off room that was reserved and not used. It is not synced, because a longer file is
        // valid,
        // too.
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
        Ok(())
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
    let segment = OpenSegment { file, path, offset, len, zeroed: offset, is_empty: true };
    Ok((segment, Chain::after_segment(&header)))
}
