//! Files on Linux that are written past the page cache.

use std::{
    cell::RefCell,
    fs::{File, OpenOptions},
    io,
    os::unix::fs::{FileExt as _, OpenOptionsExt as _},
    path::Path,
};

use libc::{O_DIRECT, O_DSYNC};

use crate::storage::SyncedWrites;

/// A file whose writes go to the medium at once. Writes through the page cache would not do: a page
/// holds parts of several frames, and a failed sync of one frame would hide the failure from the
/// others.
#[derive(Debug)]
pub(super) struct DirectFile(File);

/// Memory and offsets of direct access are multiples of a sector; most devices take 512 bytes.
const SECTOR: usize = 512;

impl DirectFile {
    /// `None` if the file system or its device cannot do that.
    pub(super) fn open(path: &Path) -> io::Result<Option<Self>> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).custom_flags(O_DIRECT | O_DSYNC);
        let file = match options.open(path) {
            Err(error) if is_refusal(&error) => return Ok(None),
            opened => Self(opened?),
        };
        // A device with longer sectors refuses the first access.
        match with_aligned(SECTOR, |sector| file.0.read_at(sector, 0)) {
            Err(error) if is_refusal(&error) => Ok(None),
            read => read.map(|_| Some(file)),
        }
    }
}

impl SyncedWrites for DirectFile {
    fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        with_aligned(bytes.len(), |aligned| {
            aligned.copy_from_slice(bytes);
            self.0.write_all_at(aligned, offset)
        })
    }
}

fn is_refusal(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported)
}

/// Runs a function on so many bytes of memory that begin at a multiple of a sector.
fn with_aligned<R>(len: usize, f: impl FnOnce(&mut [u8]) -> R) -> R {
    thread_local! {
        static MEMORY: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    }
    MEMORY.with_borrow_mut(|memory| {
        if memory.len() < len + SECTOR {
            memory.resize(len + SECTOR, 0);
        }
        let start = memory.as_ptr().align_offset(SECTOR);
        f(&mut memory[start..start + len])
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail loudly")]

    use super::*;

    #[test]
    fn bytes_land_elsewhere_or_are_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, [1; 4 * SECTOR]).unwrap();
        // A file system without direct access has nothing to test.
        let Some(file) = DirectFile::open(&path).unwrap() else { return };
        for (len, offset) in [(SECTOR, SECTOR), (2 * SECTOR, 3 * SECTOR)] {
            file.write_all_at(&vec![7; len], offset as u64).unwrap();
            let bytes = std::fs::read(&path).unwrap();
            assert_eq!(bytes[offset..offset + len], vec![7; len]);
            assert_eq!(bytes[..SECTOR], [1; SECTOR]);
        }
        assert_eq!(std::fs::read(&path).unwrap().len(), 5 * SECTOR);
    }

    #[test]
    fn memory_does_not_begin_at_a_sector() {
        for len in [1, SECTOR, 3 * SECTOR, SECTOR] {
            let (start, found) = with_aligned(len, |bytes| (bytes.as_ptr().addr(), bytes.len()));
            assert_eq!((start % SECTOR, found), (0, len));
        }
    }
}
