//! One line of input, one command.

use std::borrow::Cow;

use statevec_abi::boundary::limits;
use statevec_abi_alloc::schema::{CommandDefinition, SchemaRegistry};

use super::encode::append_payload;
use super::error::{CommandError, KnownNames, cut};
use super::node::Node;

/// What a line says beside the payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandLine {
    /// The command's kind.
    pub kind: u8,
    /// Sequence number, if the line gives one.
    pub ext_seq: Option<u64>,
    /// Reference time in microseconds; 0 if the line gives none.
    pub ref_ext_time_us: u64,
}

/// Reads `{"command":"…","payload":{…}}`, with optional `"ext_seq"` and `"ref_ext_time_us"`, in any order, and appends the payload's bytes to
/// `payload`. The forms of the values are those of [the module](crate::json#values); every field must be there.
///
/// # Errors
/// What is wrong with the line, and what was expected; `payload` is as before then.
///
/// # Example
/// ```
/// use statevec_host::json;
/// # use std::borrow::Cow;
/// # use statevec_abi_alloc::schema::{CommandDefinition, FieldType, PayloadFieldDefinition, SchemaRegistry, Version};
/// # let amount = PayloadFieldDefinition {
/// #     name: Cow::Borrowed("amount"), field_index: 1, ty: FieldType::U16, rust_type_name: Cow::Borrowed("u16"),
/// #     enum_type_name: None, fixed_size: Some(2),
/// # };
/// # let deposit = CommandDefinition { kind: 7, name: Cow::Borrowed("Deposit"), version: 1, fields: Cow::Owned(vec![amount]) };
/// # let schema = SchemaRegistry::new(Version::new(1, 0), &[], &[deposit], &[], &[])?;
/// let mut payload = Vec::new();
/// let command = json::parse_command(&schema, br#"{"command":"Deposit","payload":{"amount":258}}"#, &mut payload)?;
/// assert_eq!((command.kind, command.ext_seq, payload), (7, None, vec![2, 1]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn parse_command(
    schema: &SchemaRegistry,
    line: &[u8],
    payload: &mut Vec<u8>,
) -> Result<CommandLine, CommandError> {
    let start = payload.len();
    let result = append_command(schema, line, payload);
    if result.is_err() {
        payload.truncate(start);
    }
    result
}

fn append_command(
    schema: &SchemaRegistry,
    line: &[u8],
    payload: &mut Vec<u8>,
) -> Result<CommandLine, CommandError> {
    let start = payload.len();
    let envelope = Envelope::read(serde_json::from_slice(line).map_err(syntax)?)?;
    let def = command_by_name(schema, &envelope.command)?;
    append_payload(schema, def, &envelope.payload, payload)?;
    let len = payload.len() - start;
    if len > limits::COMMAND_PAYLOAD {
        return Err(CommandError::PayloadTooLong { command: cut(&def.name), len });
    }
    Ok(CommandLine {
        kind: def.kind,
        ext_seq: envelope.ext_seq,
        ref_ext_time_us: envelope.ref_ext_time_us.unwrap_or(0),
    })
}

/// The top level of a line, before the schema is asked.
struct Envelope<'a> {
    command: Cow<'a, str>,
    payload: Vec<(Cow<'a, str>, Node<'a>)>,
    ext_seq: Option<u64>,
    ref_ext_time_us: Option<u64>,
}

const COMMAND: &str = "command";
const PAYLOAD: &str = "payload";
const EXT_SEQ: &str = "ext_seq";
const TIME: &str = "ref_ext_time_us";

impl<'a> Envelope<'a> {
    fn read(line: Node<'a>) -> Result<Self, CommandError> {
        let Node::Object(members) = line else {
            return Err(CommandError::NotAnObject { found: line.to_string() });
        };
        let (mut command, mut payload, mut ext_seq, mut time) = (None, None, None, None);
        for (key, value) in members {
            match &*key {
                COMMAND => put(&mut command, COMMAND, text(value)?)?,
                PAYLOAD => put(&mut payload, PAYLOAD, object(value)?)?,
                EXT_SEQ => put(&mut ext_seq, EXT_SEQ, number(EXT_SEQ, &value)?)?,
                TIME => put(&mut time, TIME, number(TIME, &value)?)?,
                _ => return Err(CommandError::UnknownKey { key: cut(&key) }),
            }
        }
        let missing = |key, expected| CommandError::MissingKey { key, expected };
        Ok(Self {
            command: command.ok_or(missing(COMMAND, r#""name of the command""#))?,
            payload: payload.ok_or(missing(PAYLOAD, "{…}"))?,
            ext_seq,
            ref_ext_time_us: time,
        })
    }
}

fn put<T>(slot: &mut Option<T>, key: &'static str, value: T) -> Result<(), CommandError> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(CommandError::DuplicateKey { key }),
    }
}

fn text(value: Node<'_>) -> Result<Cow<'_, str>, CommandError> {
    match value {
        Node::Text(text) => Ok(text),
        other => Err(invalid(COMMAND, "the name of a command in a string", &other)),
    }
}

fn object<'a>(value: Node<'a>) -> Result<Vec<(Cow<'a, str>, Node<'a>)>, CommandError> {
    match value {
        Node::Object(members) => Ok(members),
        other => Err(invalid(PAYLOAD, "an object with the command's fields", &other)),
    }
}

fn number(key: &'static str, value: &Node<'_>) -> Result<u64, CommandError> {
    match value {
        Node::Unsigned(value) => Ok(*value),
        other => Err(invalid(key, "a whole number from 0 to 18446744073709551615", other)),
    }
}

fn invalid(key: &'static str, expected: &'static str, found: &Node<'_>) -> CommandError {
    CommandError::InvalidKey { key, expected, found: found.to_string() }
}

fn command_by_name<'s>(
    schema: &'s SchemaRegistry,
    name: &str,
) -> Result<&'s CommandDefinition, CommandError> {
    schema.try_get_command_by_name(name).ok_or_else(|| CommandError::UnknownCommand {
        name: cut(name),
        known: KnownNames::of(schema.command_defs().map(|def| &*def.name)),
    })
}

/// Takes the place out of the text: the line is the caller's to number, and the column has its own field.
#[expect(clippy::needless_pass_by_value, reason = "the form that `map_err` takes")]
fn syntax(error: serde_json::Error) -> CommandError {
    let column = error.column();
    let place = format!(" at line {} column {column}", error.line());
    let mut message = error.to_string();
    if let Some(text) = message.strip_suffix(&place) {
        message.truncate(text.len());
    }
    CommandError::Syntax { column, message }
}
