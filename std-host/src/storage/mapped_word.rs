//! A word of a file, mapped into memory.

use std::{
    fs::File,
    io,
    sync::atomic::{AtomicU64, Ordering},
};

use memmap2::{MmapOptions, MmapRaw};

use super::SharedWord;

/// A word in a shared mapping. The kernel keeps it when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct MappedWord {
    /// Maps exactly the word's bytes.
    map: MmapRaw,
}

const WORD: u64 = size_of::<u64>() as u64;

impl MappedWord {
    pub(super) fn of(file: &File, offset: u64) -> io::Result<Self> {
        // A word behind the end of the file would raise SIGBUS.
        let end = offset.checked_add(WORD);
        if !offset.is_multiple_of(WORD)
            || end.is_none_or(|end| end > file.metadata().map_or(0, |m| m.len()))
        {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let map = MmapOptions::new().offset(offset).len(WORD as usize).map_raw(file)?;
        Ok(Self { map })
    }

    fn word(&self) -> &AtomicU64 {
        let word = self.map.as_mut_ptr().cast::<u64>();
        // SAFETY: the mapping has the 8 bytes at a multiple of 8 from a page's start, lives as long
        // as `self`, and this process touches it only through this type (rule 10). Only a process
        // that holds the file's lock has the word, and the file is never cut off.
        unsafe { AtomicU64::from_ptr(word) }
    }
}

impl SharedWord for MappedWord {
    #[inline]
    fn store(&self, value: u64) {
        self.word().store(value.to_le(), Ordering::Relaxed);
    }

    fn load(&self) -> u64 {
        u64::from_le(self.word().load(Ordering::Relaxed))
    }
}
