//! The first block of a checkpoint: the plugin and the place in the log that it belongs to.

use statevec_abi::{schema::Fingerprints, txlog::StateDigest};

use crate::txlog::{LogHeader, LogPosition};

/// The version of the checkpoint format that is written and read.
pub(super) const FORMAT_VERSION: u16 = 1;

/// The place in the log that a checkpoint stands for, and the plugin that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointHead {
    /// Name of the plugin.
    pub plugin: String,
    /// Fingerprints of the plugin's schema.
    pub fingerprints: Fingerprints,
    /// The last entry whose changes are in the checkpoint, and the log's state behind it.
    pub position: LogPosition,
}

const FIXED: usize = 2 + 3 * 8 + 1 + 16 + 4 * 16;

impl CheckpointHead {
    /// The head for a place in a log with this header.
    #[must_use]
    pub fn new(header: &LogHeader, position: LogPosition) -> Self {
        let LogHeader { plugin, fingerprints, .. } = header;
        Self { plugin: plugin.clone(), fingerprints: *fingerprints, position }
    }

    pub(super) fn empty() -> Self {
        let none = [0; 16];
        let fingerprints =
            Fingerprints { records: none, commands: none, events: none, types: none };
        Self { plugin: String::new(), fingerprints, position: LogPosition::default() }
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
        let LogPosition { entry, tx_seq, ext_seq, digest } = self.position;
        for number in [entry, tx_seq, ext_seq.unwrap_or(0)] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.push(ext_seq.is_some().into());
        out.extend_from_slice(&digest.to_u128().to_le_bytes());
        let Fingerprints { records, commands, events, types } = &self.fingerprints;
        for fingerprint in [records, commands, events, types] {
            out.extend_from_slice(fingerprint);
        }
        out.extend_from_slice(self.plugin.as_bytes());
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, HeadError> {
        let version = bytes.first_chunk().ok_or(HeadError::Bad("the head is cut off"))?;
        let version = u16::from_le_bytes(*version);
        if version != FORMAT_VERSION {
            return Err(HeadError::Version(version));
        }
        let plugin = bytes.get(FIXED..).ok_or(HeadError::Bad("the head is cut off"))?;
        let plugin =
            str::from_utf8(plugin).map_err(|_| HeadError::Bad("the plugin's name is not UTF-8"))?;
        let number = |at: usize| u64::from_le_bytes(chunk(bytes, at));
        Ok(Self {
            plugin: plugin.into(),
            position: LogPosition {
                entry: number(2),
                tx_seq: number(10),
                ext_seq: (bytes.get(26) == Some(&1)).then(|| number(18)),
                digest: StateDigest::from_u128(u128::from_le_bytes(chunk(bytes, 27))),
            },
            fingerprints: Fingerprints {
                records: chunk(bytes, 43),
                commands: chunk(bytes, 59),
                events: chunk(bytes, 75),
                types: chunk(bytes, 91),
            },
        })
    }
}

/// An error of reading a head.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum HeadError {
    Version(u16),
    Bad(&'static str),
}

/// Bytes at a place that the caller has checked to exist.
fn chunk<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes.get(at..).and_then(|bytes| bytes.first_chunk()).copied().unwrap_or([0; N])
}
