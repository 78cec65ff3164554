//! The payload object, encoded as it is read.

use statevec_abi::boundary::limits;
use statevec_abi_alloc::schema::{CommandDefinition, PayloadFieldDefinition, SchemaRegistry};

use super::field_order::FieldOrder;
use super::scanner::Scanner;
use super::value::{Refusal, append_value};
use crate::json::error::{CommandError, CommandProblem, cut};

/// Reads the payload whose brace is next, and appends its fields packed in index order (ABI.md
/// section 5). What was appended before an error stays.
pub(super) fn read_payload(
    schema: &SchemaRegistry,
    command: &CommandDefinition,
    scanner: &mut Scanner<'_>,
    out: &mut Vec<u8>,
) -> Result<(), CommandError> {
    let start = out.len();
    let mut order = FieldOrder::new(command);
    scanner.members(|scanner| {
        let (position, field) = order.read_name(scanner)?;
        let from = out.len();
        let offset = scanner.next_offset();
        append_value(schema, field, scanner, out)
            .map_err(|refusal| refused(command, field, offset, refusal))?;
        order.placed(position, start, from..out.len());
        // Checked for each field, so a payload that no plugin takes does not fill the memory.
        if out.len() - start > limits::COMMAND_PAYLOAD {
            let problem = CommandProblem::PayloadTooLong { command: cut(&command.name) };
            return Err(CommandError::at(offset, problem));
        }
        Ok(())
    })?;
    // A missing field has its place before the brace that ends the object.
    let end = scanner.offset() - 1;
    order.finish(start, out).map_err(|problem| CommandError::at(end, problem))
}

#[cold]
fn refused(
    command: &CommandDefinition,
    field: &PayloadFieldDefinition,
    offset: usize,
    refusal: Refusal,
) -> CommandError {
    match refusal {
        Refusal::Text(error) => error,
        Refusal::Value(problem) => {
            let (command, field) = (cut(&command.name), cut(&field.name));
            let problem = CommandProblem::Field { command, field, problem: Box::new(problem) };
            CommandError::at(offset, problem)
        }
    }
}
