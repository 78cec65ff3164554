//! Reads schema text. It comes from another party's plugin, so each value is checked before it is
//! used.

mod document;
mod field_type;

use alloc::format;
use alloc::string::ToString;

use document::{Document, TextFingerprints};

use crate::schema::error::{cut, cut_at};
use crate::schema::{
    Fingerprints, MAX_SCHEMA_LEN, SchemaFingerprint, SchemaIdlError, SchemaRegistry, SchemaSection,
};

impl SchemaRegistry {
    /// Reads the bytes that a plugin's `schema_bytes` returns.
    ///
    /// Unknown keys are skipped, so text written by later versions of the same `idlVersion` stays
    /// readable; `types`, `records`, `commands`, `events`, `pkFields` and `fields` may be absent.
    /// The fingerprints are taken from the text. They cannot be computed again, because they cover
    /// reserved fields and names of Rust types, which the text does not carry. All memory is freed
    /// with the registry.
    ///
    /// # Errors
    /// [`SchemaIdlError`]; for a declaration that breaks a rule it names the declaration, the field
    /// and the rule.
    pub fn from_idl_bytes(bytes: &[u8]) -> Result<Self, SchemaIdlError> {
        check_len(bytes.len())?;
        let text = core::str::from_utf8(bytes).map_err(SchemaIdlError::InvalidUtf8)?;
        Self::from_idl_json(text)
    }

    /// Reads schema text, as [`from_idl_bytes`](Self::from_idl_bytes) does.
    ///
    /// # Errors
    /// As [`from_idl_bytes`](Self::from_idl_bytes).
    pub fn from_idl_json(text: &str) -> Result<Self, SchemaIdlError> {
        check_len(text.len())?;
        let document: Document = serde_json::from_str(text).map_err(|error| json_error(&error))?;
        if document.idl_version != "1.0" {
            let version = cut(&document.idl_version);
            return Err(SchemaIdlError::UnsupportedIdlVersion(version));
        }
        let fingerprints = read_fingerprints(&document.fingerprints)?;
        let definitions = document.into_definitions()?;
        Ok(Self::of_definitions(definitions, Some(fingerprints))?)
    }
}

fn check_len(len: usize) -> Result<(), SchemaIdlError> {
    if len > MAX_SCHEMA_LEN {
        return Err(SchemaIdlError::TooLarge { len });
    }
    Ok(())
}

/// The parser's error as data. Its text is cut, because it may quote the schema text at any length.
fn json_error(error: &serde_json::Error) -> SchemaIdlError {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    let place = format!(" at line {line} column {column}");
    SchemaIdlError::Json {
        line,
        column,
        message: cut_at(256, text.strip_suffix(&place).unwrap_or(&text)),
    }
}

fn read_fingerprints(texts: &TextFingerprints) -> Result<Fingerprints, SchemaIdlError> {
    let read = |section, text: &str| {
        read_fingerprint(text)
            .ok_or_else(|| SchemaIdlError::InvalidFingerprint { section, text: cut(text) })
    };
    Ok(Fingerprints {
        records: read(SchemaSection::Records, &texts.records)?,
        commands: read(SchemaSection::Commands, &texts.commands)?,
        events: read(SchemaSection::Events, &texts.events)?,
        types: read(SchemaSection::Types, &texts.types)?,
    })
}

fn read_fingerprint(text: &str) -> Option<SchemaFingerprint> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let mut fingerprint = SchemaFingerprint::default();
    if pairs.len() != fingerprint.len() || !rest.is_empty() {
        return None;
    }
    for (byte, [high, low]) in fingerprint.iter_mut().zip(pairs) {
        *byte = nibble(*high)? << 4 | nibble(*low)?;
    }
    Some(fingerprint)
}

/// The value of one hexadecimal digit of either case.
fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}
