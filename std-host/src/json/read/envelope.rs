//! The top level of a line.

use statevec_abi_alloc::schema::{CommandDefinition, SchemaRegistry};

use super::payload::read_payload;
use super::scanner::Scanner;
use super::token::Token;
use super::value::whole;
use crate::json::CommandLine;
use crate::json::error::{CommandError, CommandProblem, KnownNames, cut};

/// Reads a line, and appends the payload's bytes. What was appended before an error stays.
pub(in crate::json) fn read_line(
    schema: &SchemaRegistry,
    line: &[u8],
    out: &mut Vec<u8>,
) -> Result<CommandLine, CommandError> {
    let mut scanner = Scanner::new(line)?;
    let offset = scanner.next_offset();
    match scanner.value()? {
        Token::Object => {}
        other => {
            let found = other.to_string();
            return Err(CommandError::at(offset, CommandProblem::NotAnObject { found }));
        }
    }
    let (mut command, mut payload, mut ext_seq, mut time) = (None, None, None, None);
    scanner.members(|scanner| {
        let offset = scanner.offset();
        let key = Key::read(scanner)?;
        match key {
            Key::Command => put(&mut command, offset, key, read_command(schema, scanner)?),
            Key::Payload => {
                // A payload before its command is skipped, and read when the command is known.
                let waiting = at_object(scanner)?;
                match command {
                    Some(command) => read_payload(schema, command, scanner, out)?,
                    None => scanner.skip_object()?,
                }
                put(&mut payload, offset, key, command.is_none().then_some(waiting))
            }
            Key::ExtSeq => put(&mut ext_seq, offset, key, read_number(key, scanner)?),
            Key::Time => put(&mut time, offset, key, read_number(key, scanner)?),
        }
    })?;
    let end = scanner.offset();
    scanner.end()?;
    let missing = |key: Key, expected| {
        CommandError::at(end - 1, CommandProblem::MissingKey { key: key.name(), expected })
    };
    let command = command.ok_or_else(|| missing(Key::Command, r#""name of the command""#))?;
    if let Some(mut waiting) = payload.ok_or_else(|| missing(Key::Payload, "{…}"))? {
        read_payload(schema, command, &mut waiting, out)?;
    }
    Ok(CommandLine { kind: command.kind, ext_seq, ref_ext_time_us: time.unwrap_or(0) })
}

/// Reads a text that is one object with all fields of `command`, and appends their bytes. What was
/// appended before an error stays.
pub(in crate::json) fn read_fields(
    schema: &SchemaRegistry,
    command: &CommandDefinition,
    text: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), CommandError> {
    let mut scanner = Scanner::new(text)?;
    at_object(&mut scanner)?;
    read_payload(schema, command, &mut scanner, out)?;
    scanner.end()
}

fn put<T>(slot: &mut Option<T>, offset: usize, key: Key, value: T) -> Result<(), CommandError> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => {
            let problem = CommandProblem::DuplicateKey { key: key.name() };
            Err(CommandError::at(offset, problem))
        }
    }
}

fn read_command<'s>(
    schema: &'s SchemaRegistry,
    scanner: &mut Scanner<'_>,
) -> Result<&'s CommandDefinition, CommandError> {
    let offset = scanner.next_offset();
    let value = scanner.value()?;
    let Token::Text(string) = value else {
        return Err(invalid(Key::Command, "the name of a command in a string", offset, value));
    };
    let name = string.text()?;
    schema.try_get_command_by_name(&name).ok_or_else(|| {
        let known = KnownNames::of(schema.command_defs().map(|def| &*def.name));
        CommandError::at(offset, CommandProblem::UnknownCommand { name: cut(&name), known })
    })
}

fn read_number(key: Key, scanner: &mut Scanner<'_>) -> Result<u64, CommandError> {
    let offset = scanner.next_offset();
    if let Some(number) = scanner.plain_whole() {
        return Ok(number);
    }
    let value = scanner.value()?;
    let expected = "a whole number from 0 to 18446744073709551615";
    whole(value).ok_or_else(|| invalid(key, expected, offset, value))
}

/// Checks that the payload is an object, and returns the place of its brace.
fn at_object<'a>(scanner: &mut Scanner<'a>) -> Result<Scanner<'a>, CommandError> {
    let offset = scanner.next_offset();
    match scanner.value()? {
        Token::Object => Ok(*scanner),
        other => Err(invalid(Key::Payload, "an object with the command's fields", offset, other)),
    }
}

#[cold]
fn invalid(key: Key, expected: &'static str, offset: usize, value: Token<'_>) -> CommandError {
    let (key, found) = (key.name(), value.to_string());
    CommandError::at(offset, CommandProblem::InvalidKey { key, expected, found })
}

#[derive(Clone, Copy)]
enum Key {
    Command,
    Payload,
    ExtSeq,
    Time,
}

impl Key {
    /// Reads a key and its colon. The usual form, without escapes and white space, is compared as a
    /// whole.
    #[inline]
    fn read(scanner: &mut Scanner<'_>) -> Result<Self, CommandError> {
        if scanner.takes_text(r#""command":"#) {
            Ok(Self::Command)
        } else if scanner.takes_text(r#""payload":"#) {
            Ok(Self::Payload)
        } else if scanner.takes_text(r#""ext_seq":"#) {
            Ok(Self::ExtSeq)
        } else if scanner.takes_text(r#""ref_ext_time_us":"#) {
            Ok(Self::Time)
        } else {
            Self::read_other_form(scanner)
        }
    }

    fn read_other_form(scanner: &mut Scanner<'_>) -> Result<Self, CommandError> {
        let name = scanner.name()?;
        let text = name.text()?;
        let all = [Self::Command, Self::Payload, Self::ExtSeq, Self::Time];
        all.into_iter().find(|key| key.name() == text).ok_or_else(|| {
            CommandError::at(name.offset, CommandProblem::UnknownKey { key: cut(&text) })
        })
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Payload => "payload",
            Self::ExtSeq => "ext_seq",
            Self::Time => "ref_ext_time_us",
        }
    }
}
