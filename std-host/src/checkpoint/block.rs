//! Blocks: the checksummed pieces of a checkpoint file.

use statevec_abi::txlog::Crc32;

/// Bytes before a block's payload.
///
/// ```text
/// 0          4          8          12     13       16
/// | payload  | CRC-32   | sequence | tag  | zeros  | payload
/// | length   |          | number   |      |        |
/// ```
///
/// Integers are little-endian. The checksum covers everything but itself. Blocks count from 0, so
/// that a block that is missing, repeated or from another place is found.
pub(super) const HEADER: usize = 16;

/// The longest payload: one record of the greatest length that a host may lend, and its number.
pub(super) const MAX_PAYLOAD: usize = statevec_abi::boundary::limits::RECORD + ROW_OVERHEAD;
/// Bytes of a records block beside the rows' data: the block's own fields and one record number.
pub(super) const ROW_OVERHEAD: usize = 16;

/// Bytes of the length that ends the payload of the last block, so that it is found from the end of
/// the file.
pub(super) const END_LEN: usize = 4;

/// The kind of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    Head = 1,
    Records = 2,
    End = 3,
}

impl Tag {
    fn of(byte: u8) -> Option<Self> {
        [Self::Head, Self::Records, Self::End].into_iter().find(|tag| *tag as u8 == byte)
    }
}

/// The fields of a block's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BlockHeader {
    pub(super) len: usize,
    crc: u32,
    sequence: u32,
    tag: u8,
}

/// Writes the header of a block in front of its payload. `block` begins with room for the header.
pub(super) fn seal(block: &mut [u8], sequence: u32, tag: Tag) {
    let Some((header, payload)) = block.split_first_chunk_mut::<HEADER>() else { return };
    // The writer keeps payloads far below 4 GiB.
    let len = payload.len() as u32;
    *header = [0; HEADER];
    header[..4].copy_from_slice(&len.to_le_bytes());
    header[8..12].copy_from_slice(&sequence.to_le_bytes());
    header[12] = tag as u8;
    let crc = checksum(header, payload);
    header[4..8].copy_from_slice(&crc.to_le_bytes());
}

impl BlockHeader {
    /// Reads a header; the length is checked before it is used for anything.
    pub(super) fn parse(bytes: &[u8; HEADER]) -> Result<Self, &'static str> {
        let number = |at: usize| {
            bytes[at..].first_chunk().map_or(0, |bytes: &[u8; 4]| u32::from_le_bytes(*bytes))
        };
        let len = number(0) as usize;
        if len > MAX_PAYLOAD {
            return Err("a block's length is out of range");
        }
        if bytes[13..] != [0; 3] {
            return Err("a block's header has bytes that must be zero");
        }
        Ok(Self { len, crc: number(4), sequence: number(8), tag: bytes[12] })
    }

    /// Checks a block against its header and its place in the file.
    pub(super) fn check(
        &self,
        header: &[u8; HEADER],
        payload: &[u8],
        sequence: u32,
    ) -> Result<Tag, &'static str> {
        if checksum(header, payload) != self.crc {
            return Err("a block's checksum is wrong");
        }
        if self.sequence != sequence {
            return Err("a block is missing or out of order");
        }
        Tag::of(self.tag).ok_or("a block's tag is unknown")
    }
}

fn checksum(header: &[u8; HEADER], payload: &[u8]) -> u32 {
    let mut crc = Crc32::new();
    crc.update(&header[..4]);
    crc.update(&header[8..]);
    crc.update(payload);
    crc.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(payload: &[u8]) -> Vec<u8> {
        let mut block = [&[0; HEADER][..], payload].concat();
        seal(&mut block, 7, Tag::Records);
        block
    }

    fn check(block: &[u8], sequence: u32) -> Result<Tag, &'static str> {
        let (header, payload) = block.split_first_chunk().unwrap();
        let parsed = BlockHeader::parse(header)?;
        if parsed.len != payload.len() {
            return Err("length");
        }
        parsed.check(header, payload, sequence)
    }

    #[test]
    fn any_flipped_bit_is_found() {
        let block = sealed(b"payload");
        assert_eq!(check(&block, 7), Ok(Tag::Records));
        for bit in 0..block.len() * 8 {
            let mut flipped = block.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(check(&flipped, 7).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn block_from_another_place_is_found() {
        assert_eq!(check(&sealed(b""), 8), Err("a block is missing or out of order"));
    }

    #[test]
    fn length_beyond_the_limit_is_refused_before_the_payload_is_read() {
        let mut block = sealed(b"");
        block[..4].copy_from_slice(&(MAX_PAYLOAD as u32 + 1).to_le_bytes());
        assert!(check(&block, 7).unwrap_err().contains("out of range"));
    }
}
