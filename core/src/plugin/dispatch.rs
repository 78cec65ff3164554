//! The functions that [`dispatch!`](crate::dispatch!) calls.

use super::Tx;
use crate::{
    abi::runtime_error_kind::INVALID_COMMAND,
    boundary::{ErrorWritten, TxResult, fail},
    typed::{Command, DecodeError, DecodePayload},
};

/// Decodes a command's payload.
///
/// # Errors
///
/// The payload does not decode: INVALID_COMMAND, with the command, the field and both lengths in
/// the text.
#[inline]
pub fn decode_command<'a, 'c, C: Command + DecodePayload<'a>>(
    tx: &mut Tx<'c>,
    payload: &'a [u8],
) -> TxResult<'c, C> {
    match C::decode(payload) {
        Ok(command) => Ok(command),
        Err(error) => Err(undecodable(tx, &error)),
    }
}

/// Refuses a command whose payload does not decode. It is one function for all commands, to save
/// flash.
#[cold]
#[inline(never)]
fn undecodable<'c>(tx: &mut Tx<'c>, error: &DecodeError) -> ErrorWritten<'c> {
    tx.error().fail_with(INVALID_COMMAND, error)
}

/// Refuses a command without an arm: INVALID_COMMAND, with the kind in the text.
#[cold]
#[inline(never)]
pub fn unknown_command<'c>(tx: &mut Tx<'c>, kind: u8) -> ErrorWritten<'c> {
    fail!(tx.error(), INVALID_COMMAND, "unknown command", "unknown command kind {kind}")
}
