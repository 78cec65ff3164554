//! Encodes commands.

use statevec_abi::typed::Command;
use statevec_abi_alloc::schema::SchemaRegistry;

use super::TypedError;

/// Encodes a command into memory that is used again.
pub(super) fn encode<C: Command>(
    command: &C,
    schema: &SchemaRegistry,
    payload: &mut Vec<u8>,
) -> Result<(), TypedError> {
    if schema.try_get_command(C::KIND).is_none() {
        return Err(TypedError::Unlisted { name: C::DEF.name, list: "commands" });
    }
    payload.resize(command.encoded_len(), 0);
    let len = command.encode(payload)?;
    payload.truncate(len);
    Ok(())
}
