//! One record of the journal of keys.

use crc32fast::hash as crc32;

use crate::commands::IdempotencyKey;

/// ```text
/// 0   "SVK1"
/// 4   u8   what: 1 numbers, 2 a command that ended the process
/// 8   u32  group: records that were written together
/// 12  u32  count
/// 16  u64  first number; or the place of the command that ended the process
/// 24  16   digest of the key
/// 40  16   digest of the body
/// 60  u32  CRC-32 of the bytes before
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KeyRecord {
    pub(super) key: IdempotencyKey,
    pub(super) numbers: Numbers,
    pub(super) what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Numbers,
    EndedProcess,
}

/// Numbers of commands, one after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) struct Numbers {
    pub(in crate::engine) first: u64,
    pub(in crate::engine) count: u32,
}

const MAGIC: [u8; 4] = *b"SVK1";

impl KeyRecord {
    /// A divisor of a sector's length, so that a record is written as a whole or not at all.
    pub(super) const LEN: usize = 64;

    pub(super) fn encode(&self, group: u32) -> [u8; Self::LEN] {
        let what = match self.what {
            What::Numbers => 1,
            What::EndedProcess => 2,
        };
        let mut bytes = Vec::with_capacity(Self::LEN);
        bytes.extend(MAGIC);
        bytes.extend([what, 0, 0, 0]);
        bytes.extend(group.to_le_bytes());
        bytes.extend(self.numbers.count.to_le_bytes());
        bytes.extend(self.numbers.first.to_le_bytes());
        bytes.extend(self.key.key);
        bytes.extend(self.key.body);
        bytes.extend([0; 4]);
        bytes.extend(crc32(&bytes).to_le_bytes());
        bytes.try_into().unwrap_or_else(|_| unreachable!("the fields have 64 bytes"))
    }

    /// The record with its group; `None` if the bytes are no record.
    pub(super) fn decode(bytes: &[u8; Self::LEN]) -> Option<(Self, u32)> {
        let (body, crc) = bytes.split_last_chunk::<4>()?;
        if u32::from_le_bytes(*crc) != crc32(body) || !body.starts_with(&MAGIC) {
            return None;
        }
        let what = match body.get(4)? {
            1 => What::Numbers,
            2 => What::EndedProcess,
            _ => return None,
        };
        let numbers = Numbers {
            first: u64::from_le_bytes(array(body, 16)?),
            count: u32::from_le_bytes(array(body, 12)?),
        };
        let key = IdempotencyKey { key: array(body, 24)?, body: array(body, 40)? };
        Some((Self { key, numbers, what }, u32::from_le_bytes(array(body, 8)?)))
    }
}

fn array<const N: usize>(bytes: &[u8], offset: usize) -> Option<[u8; N]> {
    bytes.get(offset..)?.first_chunk().copied()
}
