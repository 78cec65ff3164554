//! The header of a segment: the plugin, the schema and the state that its entries start from.

use embedded_io::Write;

use super::{
    Alignment, EncodeError, EntryError, EntryFault, Environment, SECTOR_LEN, SegmentError,
    StateDigest, block::Block, crc32, cursor::Cursor, put::put_sized, sink::Checksum,
};
use crate::{
    abi::RUNTIME_PLUGIN_ABI_VERSION_V1,
    boundary::limits,
    schema::{Fingerprints, Version},
};

/// The version of the format that is written and read here.
pub const FORMAT_VERSION: u16 = 1;

/// Bytes before the plugin's name.
const FIXED_LEN: usize = 132;
/// Bytes of a header with empty texts: the two lengths, the environment's fixed fields and the CRC.
const LEAST_LEN: usize = FIXED_LEN + 4 + 44 + 4 + 4;

/// The header of a segment. `TXLOG.md` shows its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentHeader<'a> {
    /// The offsets at which frames begin in this segment.
    pub alignment: Alignment,
    /// Number of the first entry.
    pub first_entry: u64,
    /// Commands that were committed before the first entry.
    pub tx_seq: u64,
    /// The ext_seq of the last command before the first entry; `None` if there is no such command.
    pub last_ext_seq: Option<u64>,
    /// Digest of the state before the first entry.
    pub digest: StateDigest,
    /// CRC of the last frame header (or, if it has no frames, segment header) of the segment before
    /// this one; 0 in the first segment, and where earlier entries are not kept.
    pub previous: u32,
    /// The plugin's ABI version.
    pub abi_version: u32,
    /// The version of the plugin's schema.
    pub schema_version: Version,
    /// The fingerprints of the plugin's schema.
    pub fingerprints: Fingerprints,
    /// The plugin's name.
    pub plugin_name: &'a str,
    /// The environment of the entries up to the next
    /// [`EnvironmentEntry`](super::EnvironmentEntry) or
    /// [`MigrationEntry`](super::MigrationEntry).
    pub environment: Environment<'a>,
}

impl<'a> SegmentHeader<'a> {
    /// The first bytes of every header.
    pub const MAGIC: [u8; 8] = *b"SVTXLOG\0";
    /// Bytes from which [`len_of`](Self::len_of) tells a header's length.
    pub const PREFIX_LEN: usize = 16;
    /// The most bytes that a header has.
    pub const MAX_LEN: usize =
        LEAST_LEN + limits::PLUGIN_NAME + limits::CONFIG + Environment::MOST_LIMITS;

    /// The header of a new log: entry 1 comes next, on an empty state.
    #[must_use]
    pub const fn first(
        plugin_name: &'a str,
        schema_version: Version,
        fingerprints: Fingerprints,
        environment: Environment<'a>,
        alignment: Alignment,
    ) -> Self {
        Self {
            alignment,
            first_entry: 1,
            tx_seq: 0,
            last_ext_seq: None,
            digest: StateDigest::EMPTY,
            previous: 0,
            abi_version: RUNTIME_PLUGIN_ABI_VERSION_V1,
            schema_version,
            fingerprints,
            plugin_name,
            environment,
        }
    }

    /// Bytes of the header without padding.
    #[must_use]
    pub const fn encoded_len(&self) -> usize {
        LEAST_LEN + self.plugin_name.len() + self.environment.variable_len()
    }

    /// CRC of the header, which the first frame names.
    #[must_use]
    pub fn crc(&self) -> u32 {
        let mut sum = Checksum::default();
        // Fails for a text that is too long, which `encode` reports.
        let _summed = self.encode_checked(&mut sum);
        sum.crc.finish()
    }

    /// Writes the header, and zeros up to where the first frame begins.
    ///
    /// # Errors
    ///
    /// The sink fails, the first entry is 0, or the name or the configuration is longer than a
    /// plugin's may be.
    pub fn encode<W: Write>(&self, sink: &mut W) -> Result<(), EncodeError<W::Error>> {
        if self.first_entry == 0 {
            return Err(EncodeError::WrongNumber { expected: 1, found: 0 });
        }
        let (name, config) = (self.plugin_name.len(), self.environment.config.len());
        EncodeError::check_len("plugin name", name, limits::PLUGIN_NAME as u32)?;
        EncodeError::check_len("configuration", config, limits::CONFIG as u32)?;
        self.encode_checked(sink)?;
        sink.write_all(&self.crc().to_le_bytes()).map_err(EncodeError::Sink)?;
        write_padding(sink, self.alignment, self.encoded_len()).map_err(EncodeError::Sink)
    }

    /// Length of the header that begins with these [`PREFIX_LEN`](Self::PREFIX_LEN) bytes, without
    /// padding.
    ///
    /// # Errors
    ///
    /// The bytes do not begin a header of this version, or state an impossible length.
    pub fn len_of(prefix: &[u8]) -> Result<usize, SegmentError> {
        let mut fields = Cursor::new(prefix, 0);
        let needed = Self::PREFIX_LEN;
        let truncated = |_| SegmentError::Truncated { needed, left: prefix.len() };
        if fields.array("magic").map_err(truncated)? != Self::MAGIC {
            return Err(SegmentError::NoMagic);
        }
        let found = fields.u16("format version").map_err(truncated)?;
        if found != FORMAT_VERSION {
            return Err(SegmentError::Version { found, known: FORMAT_VERSION });
        }
        fields.u16("alignment").map_err(truncated)?;
        let len = usize::try_from(fields.u32("header length").map_err(truncated)?);
        match len.unwrap_or(usize::MAX) {
            len @ LEAST_LEN..=Self::MAX_LEN => Ok(len),
            len => Err(SegmentError::Length { len }),
        }
    }

    /// Reads the header at the start of `bytes`, and the padding behind it.
    ///
    /// It takes [`encoded_len`](Self::encoded_len) bytes, and the padding of its alignment.
    ///
    /// # Errors
    ///
    /// The bytes do not begin with a complete header of this version, or it is damaged.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, SegmentError> {
        let needed = Self::len_of(bytes)?;
        let truncated = |needed| SegmentError::Truncated { needed, left: bytes.len() };
        let header = bytes.get(..needed).ok_or(truncated(needed))?;
        let (checked, stated) = header.split_last_chunk().ok_or(truncated(needed))?;
        let (stated, computed) = (u32::from_le_bytes(*stated), crc32(checked));
        if stated != computed {
            return Err(SegmentError::Crc { stated, computed });
        }
        let header = Self::decode_checked(checked).map_err(SegmentError::Field)?;
        let end = needed + header.alignment.padding(needed);
        let padding = bytes.get(needed..end).ok_or(truncated(end))?;
        if padding.iter().any(|byte| *byte != 0) {
            return Err(SegmentError::Padding);
        }
        Ok(header)
    }

    /// Writes the bytes that the CRC covers.
    fn encode_checked<W: Write>(&self, sink: &mut W) -> Result<(), EncodeError<W::Error>> {
        let alignment = match self.alignment {
            Alignment::Sector => SECTOR_LEN as u16,
            Alignment::None => 1,
        };
        // `encode` has checked the lengths of the texts.
        let len = self.encoded_len() as u32;
        let fixed = Block::<FIXED_LEN>::new()
            .put(Self::MAGIC)
            .put(FORMAT_VERSION.to_le_bytes())
            .put(alignment.to_le_bytes())
            .put(len.to_le_bytes())
            .put(self.first_entry.to_le_bytes())
            .put(self.tx_seq.to_le_bytes())
            .put(self.last_ext_seq.unwrap_or(0).to_le_bytes())
            .put(self.digest.to_u128().to_le_bytes())
            .put(self.previous.to_le_bytes())
            .put(self.abi_version.to_le_bytes())
            .put(self.schema_version.to_bytes())
            .put([u8::from(self.last_ext_seq.is_some()), 0])
            .put(self.fingerprints.records)
            .put(self.fingerprints.commands)
            .put(self.fingerprints.events)
            .put(self.fingerprints.types);
        sink.write_all(&fixed.bytes()).map_err(EncodeError::Sink)?;
        put_sized(sink, "plugin name", self.plugin_name.as_bytes())?;
        self.environment.encode(sink)
    }

    fn decode_checked(bytes: &'a [u8]) -> Result<Self, EntryError> {
        let mut fields = Cursor::new(bytes, 0);
        // `len_of` has looked at magic and version.
        fields.array::<10>("magic and version")?;
        let at_alignment = fields;
        let alignment = match usize::from(fields.u16("alignment")?) {
            SECTOR_LEN => Alignment::Sector,
            1 => Alignment::None,
            _ => return Err(at_alignment.unknown("alignment")),
        };
        fields.u32("header length")?;
        let at_first_entry = fields;
        let first_entry = fields.u64("first entry")?;
        if first_entry == 0 {
            return Err(at_first_entry.unknown("first entry"));
        }
        let tx_seq = fields.u64("tx_seq")?;
        let ext_seq = fields.u64("ext_seq")?;
        let digest = u128::from_le_bytes(fields.array("state digest")?);
        let previous = fields.u32("previous CRC")?;
        let abi_version = fields.u32("ABI version")?;
        let schema_version = Version::from_bytes(fields.array("schema version")?);
        let at_mark = fields;
        let last_ext_seq = match fields.array("mark of ext_seq")? {
            [0, 0] => None,
            [1, 0] => Some(ext_seq),
            _ => return Err(at_mark.unknown("mark of ext_seq")),
        };
        let fingerprints = fields.fingerprints()?;
        let header = Self {
            alignment,
            first_entry,
            tx_seq,
            last_ext_seq,
            digest: StateDigest::from_u128(digest),
            previous,
            abi_version,
            schema_version,
            fingerprints,
            plugin_name: fields.text("plugin name")?,
            environment: Environment::decode(&mut fields)?,
        };
        match fields.rest().len() {
            0 => Ok(header),
            left => Err(fields.error(EntryFault::TrailingBytes { left })),
        }
    }
}

/// Writes the zeros behind `len` bytes.
pub(super) fn write_padding<W: Write>(
    sink: &mut W,
    alignment: Alignment,
    len: usize,
) -> Result<(), W::Error> {
    const ZEROS: [u8; 64] = [0; 64];
    let mut left = alignment.padding(len);
    while left > 0 {
        let zeros = ZEROS.get(..left).unwrap_or(&ZEROS);
        sink.write_all(zeros)?;
        left -= zeros.len();
    }
    Ok(())
}
