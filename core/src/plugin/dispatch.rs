//! The functions that [`dispatch!`](crate::dispatch!) calls.

use super::{ReadAccess as _, Tx};
use crate::{
    boundary::{ErrorWritten, TxResult},
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
    tx.invalid_command(format_args!("{error}"))
}

/// Refuses a command without an arm: INVALID_COMMAND, with the kind in the text.
#[cold]
#[inline(never)]
pub fn unknown_command<'c>(tx: &mut Tx<'c>, kind: u8) -> ErrorWritten<'c> {
    tx.invalid_command(format_args!("unknown command kind {kind}"))
}
