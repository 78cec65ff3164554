//! A file in blocks: few system calls for many small reads.

use std::{
    fs::File,
    io::{self, Read as _},
};

use object::ReadCacheOps;

use super::file::FromStart;

/// Reads a file block by block, and keeps the blocks.
///
/// The checks of a library make dozens of reads of a few bytes. Most of them lie close together at
/// the start of the file, so a handful of blocks serves them all. Longer reads are not kept,
/// because the caller keeps them.
pub(super) struct Blocks<'f> {
    file: &'f File,
    position: u64,
    /// The number of each block that was read, and its bytes.
    blocks: Vec<(u64, Box<[u8]>)>,
}

/// Bytes of a block: a page, because the first write to each further page takes longer than a read
/// of a page.
const BLOCK: usize = 4 << 10;

impl<'f> Blocks<'f> {
    pub(super) fn of(file: &'f File) -> Self {
        Self { file, position: 0, blocks: Vec::new() }
    }

    /// Copies bytes from the position on, and moves it. Returns how many there were.
    fn copy(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let len = if into.len() < BLOCK {
            self.copy_from_block(into)?
        } else {
            FromStart::at(self.file, self.position).read(into)?
        };
        self.position += len as u64;
        Ok(len)
    }

    /// Copies bytes from the block of the position.
    fn copy_from_block(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let (number, within) = (self.position / BLOCK as u64, self.position % BLOCK as u64);
        let at = match self.blocks.iter().position(|(known, _)| *known == number) {
            Some(at) => at,
            None => {
                let mut bytes = Vec::with_capacity(BLOCK);
                let start = FromStart::at(self.file, number * BLOCK as u64);
                start.take(BLOCK as u64).read_to_end(&mut bytes)?;
                self.blocks.push((number, bytes.into()));
                self.blocks.len() - 1
            }
        };
        let bytes = self.blocks[at].1.get(within as usize..).unwrap_or_default();
        let len = bytes.len().min(into.len());
        into[..len].copy_from_slice(&bytes[..len]);
        Ok(len)
    }
}

impl ReadCacheOps for Blocks<'_> {
    fn len(&mut self) -> Result<u64, ()> {
        self.file.metadata().map(|metadata| metadata.len()).map_err(drop)
    }

    fn seek(&mut self, position: u64) -> Result<u64, ()> {
        self.position = position;
        Ok(position)
    }

    fn read(&mut self, into: &mut [u8]) -> Result<usize, ()> {
        self.copy(into).map_err(drop)
    }

    fn read_exact(&mut self, mut into: &mut [u8]) -> Result<(), ()> {
        while !into.is_empty() {
            match self.read(into)? {
                0 => return Err(()),
                read => into = &mut into[read..],
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use object::{ReadCache, ReadRef as _};

    use super::{BLOCK, Blocks};

    #[test]
    fn reads_across_blocks_and_to_the_end_give_the_file_s_bytes() {
        let bytes: Vec<u8> = (0..3 * BLOCK + 5).map(|at| (at / 3) as u8).collect();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&bytes).unwrap();
        let data = &ReadCache::new(Blocks::of(file.as_file()));
        assert_eq!(data.len(), Ok(bytes.len() as u64));
        for (start, len) in
            [(BLOCK - 1, 2), (0, bytes.len()), (3 * BLOCK, 5), (7, BLOCK), (BLOCK, 9)]
        {
            let read = data.read_bytes_at(start as u64, len as u64);
            assert_eq!(read, Ok(&bytes[start..start + len]), "{len} bytes from {start}");
        }
        assert_eq!(data.read_bytes_at(3 * BLOCK as u64, 6), Err(()), "behind the end");
    }

    #[test]
    fn file_that_shrinks_while_it_is_read_is_an_error() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&[1; BLOCK + 1]).unwrap();
        let data = &ReadCache::new(Blocks::of(file.as_file()));
        assert_eq!(data.read_bytes_at(0, 1), Ok(&[1][..]));
        file.as_file().set_len(1).unwrap();
        assert_eq!(data.read_bytes_at(BLOCK as u64, 1), Err(()));
    }
}
