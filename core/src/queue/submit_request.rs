//! A queue record with a command on its way to a host.

use super::QueueCodecError;

/// The version of a [`SubmitRequest`], its first byte.
pub const SUBMIT_REQUEST_RECORD_VERSION: u8 = 1;
/// Bytes of a [`SubmitRequest`] before its payload.
pub const SUBMIT_REQUEST_HEADER_LEN: usize = 6;

/// A command on its way to a host.
///
/// ```text
/// 0         1              2                           6
/// | 1       | command kind | payload length, u32 LE    | payload |
/// ```
///
/// ```
/// use statevec_abi::queue::SubmitRequest;
/// let request = SubmitRequest { command_kind: 7, payload: b"abc" };
/// let mut buffer = [0; 16];
/// let len = request.encode(&mut buffer)?;
/// assert_eq!(SubmitRequest::decode(&buffer[..len])?, request);
/// # Ok::<(), statevec_abi::queue::QueueCodecError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubmitRequest<'a> {
    /// The command's kind.
    pub command_kind: u8,
    /// The encoded payload.
    pub payload: &'a [u8],
}

impl<'a> SubmitRequest<'a> {
    /// Decodes a record without copying. No byte may follow it.
    ///
    /// # Errors
    ///
    /// The bytes are shorter or longer than the record, or have another version.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, QueueCodecError> {
        let header = bytes.split_first_chunk::<SUBMIT_REQUEST_HEADER_LEN>();
        let (&[version, command_kind, a, b, c, d], payload) =
            header.ok_or(QueueCodecError::Truncated {
                expected: SUBMIT_REQUEST_HEADER_LEN,
                actual: bytes.len(),
            })?;
        QueueCodecError::check_version(SUBMIT_REQUEST_RECORD_VERSION, version)?;
        // A length that overflows belongs to an incomplete record.
        let len = usize::try_from(u32::from_le_bytes([a, b, c, d])).unwrap_or(usize::MAX);
        let expected = len.saturating_add(SUBMIT_REQUEST_HEADER_LEN);
        QueueCodecError::check_len(expected, bytes.len())?;
        Ok(Self { command_kind, payload })
    }

    /// The length of the record in bytes.
    #[must_use]
    pub const fn encoded_len(&self) -> usize {
        // No overflow: a slice has at most `isize::MAX` bytes.
        self.payload.len() + SUBMIT_REQUEST_HEADER_LEN
    }

    /// Writes the record to the start of `out`, and returns its length in bytes.
    ///
    /// # Errors
    ///
    /// `out` is shorter than [`encoded_len`](Self::encoded_len), or the payload's length does not
    /// fit into a `u32`. `out` is unchanged.
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, QueueCodecError> {
        let (needed, room) = (self.encoded_len(), out.len());
        let len = u32::try_from(self.payload.len())
            .map_err(|_| QueueCodecError::FieldTooLarge { len: self.payload.len() })?;
        let record = out.get_mut(..needed).ok_or(QueueCodecError::NoRoom { needed, room })?;
        let [a, b, c, d] = len.to_le_bytes();
        if let Some((header, payload)) = record.split_first_chunk_mut() {
            *header = [SUBMIT_REQUEST_RECORD_VERSION, self.command_kind, a, b, c, d];
            payload.copy_from_slice(self.payload);
        }
        Ok(needed)
    }
}
