//! Reads a command from one line of input.

use statevec_abi_alloc::schema::SchemaRegistry;

use super::command_line::CommandLine;
use super::error::CommandError;
use super::read::read_line;

/// Reads `{"command":"…","payload":{…}}`, with optional `"ext_seq"` and `"ref_ext_time_us"`, in any
/// order, and appends the payload's bytes to `payload`. The forms of the values are those of
/// [the module](crate::json#values); every field must be there.
///
/// The schema drives the reader: values go from the line into `payload` without a tree between
/// them. Memory is bounded by the line and the payload, and the first name or value that is not of
/// the schema ends the reading. [`longest_line`](super::longest_line) gives the length of line that
/// is worth reading.
///
/// # Errors
/// The first part of the line that is wrong, its column, and what was expected. `payload` is then
/// as before.
///
/// # Example
/// ```
/// use statevec_host::json;
/// # use std::borrow::Cow;
/// # use statevec_abi_alloc::schema::{
/// #     CommandDefinition, FieldType, PayloadFieldDefinition, SchemaRegistry, Version,
/// # };
/// # let amount = PayloadFieldDefinition {
/// #     name: Cow::Borrowed("amount"), field_index: 1, ty: FieldType::U16,
/// #     rust_type_name: Cow::Borrowed("u16"), enum_type_name: None, fixed_size: Some(2),
/// # };
/// # let deposit = CommandDefinition {
/// #     kind: 7, name: Cow::Borrowed("Deposit"), version: 1, fields: Cow::Owned(vec![amount]),
/// # };
/// # let schema = SchemaRegistry::new(Version::new(1, 0), &[], &[deposit], &[], &[])?;
/// let line = br#"{"command":"Deposit","payload":{"amount":258}}"#;
/// let mut payload = Vec::new();
/// let command = json::parse_command(&schema, line, &mut payload)?;
/// assert_eq!((command.kind, command.ext_seq, payload), (7, None, vec![2, 1]));
///
/// let line = br#"{"command":"Deposit","payload":{"amount":1e3}}"#;
/// let error = json::parse_command(&schema, line, &mut Vec::new()).unwrap_err();
/// assert_eq!(error.column(), 42);
/// assert_eq!(
///     error.to_string(),
///     "field \"amount\" of command \"Deposit\": \
///      expected a whole number from 0 to 65535, found 1e3"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn parse_command(
    schema: &SchemaRegistry,
    line: &[u8],
    payload: &mut Vec<u8>,
) -> Result<CommandLine, CommandError> {
    let start = payload.len();
    let command = read_line(schema, line, payload);
    if command.is_err() {
        payload.truncate(start);
    }
    command
}
