//! Fields in the order of the line, and payload bytes in the order of the schema.

use std::ops::Range;

use statevec_abi_alloc::schema::{CommandDefinition, PayloadFieldDefinition};

use super::scanner::Scanner;
use crate::json::error::{CommandError, CommandProblem, KnownNames, cut};

/// Keeps track of the fields that were read.
///
/// Most lines have their fields in the schema's order. Then `next` is all the state, and the bytes
/// are in place as they are appended.
pub(super) struct FieldOrder<'s> {
    command: &'s CommandDefinition,
    /// All fields before this one were read, as long as the order was the schema's.
    next: usize,
    /// Bytes of each field in the payload. Empty until the order differs for the first time.
    spans: Vec<Option<Range<usize>>>,
}

impl<'s> FieldOrder<'s> {
    pub(super) fn new(command: &'s CommandDefinition) -> Self {
        Self { command, next: 0, spans: Vec::new() }
    }

    /// Reads the name of a field that may come now, and gives the field with its position.
    #[inline]
    pub(super) fn read_name(
        &self,
        scanner: &mut Scanner<'_>,
    ) -> Result<(usize, &'s PayloadFieldDefinition), CommandError> {
        match self.command.fields.get(self.next) {
            Some(field) if self.spans.is_empty() && scanner.takes_name(&field.name) => {
                Ok((self.next, field))
            }
            _ => self.read_other_name(scanner),
        }
    }

    fn read_other_name(
        &self,
        scanner: &mut Scanner<'_>,
    ) -> Result<(usize, &'s PayloadFieldDefinition), CommandError> {
        let name = scanner.name()?;
        let found = self.find(&name.text()?);
        found.map_err(|problem| CommandError::at(name.offset, problem))
    }

    fn find(&self, name: &str) -> Result<(usize, &'s PayloadFieldDefinition), CommandProblem> {
        let mut fields = self.command.fields.iter().enumerate();
        let Some((position, field)) = fields.find(|(_, field)| field.name == name) else {
            return Err(CommandProblem::UnknownField {
                command: cut(&self.command.name),
                field: cut(name),
                known: KnownNames::of(self.command.fields.iter().map(|field| &*field.name)),
            });
        };
        let is_repeated = match self.spans.get(position) {
            Some(span) => span.is_some(),
            None => position < self.next,
        };
        if is_repeated {
            let (command, field) = (cut(&self.command.name), cut(name));
            return Err(CommandProblem::DuplicateField { command, field });
        }
        Ok((position, field))
    }

    /// Records that the field's bytes were appended at `span`. `start` is where the payload begins.
    #[inline]
    pub(super) fn placed(&mut self, position: usize, start: usize, span: Range<usize>) {
        if self.spans.is_empty() && position == self.next {
            self.next += 1;
        } else {
            self.placed_out_of_order(position, start, span);
        }
    }

    fn placed_out_of_order(&mut self, position: usize, start: usize, span: Range<usize>) {
        if self.spans.is_empty() {
            // The first field stands for the bytes of all that were in order, which stay together.
            self.spans = vec![Some(span.start..span.start); self.next];
            self.spans.resize(self.command.fields.len(), None);
            if let Some(Some(first)) = self.spans.first_mut() {
                *first = start..span.start;
            }
        }
        if let Some(place) = self.spans.get_mut(position) {
            *place = Some(span);
        }
    }

    /// Brings the bytes from `start` into the schema's order.
    pub(super) fn finish(self, start: usize, out: &mut Vec<u8>) -> Result<(), CommandProblem> {
        if self.spans.is_empty() {
            return self
                .command
                .fields
                .get(self.next)
                .map_or(Ok(()), |field| Err(self.missing(field)));
        }
        let mut ordered = Vec::with_capacity(out.len() - start);
        for (field, span) in self.command.fields.iter().zip(&self.spans) {
            let span = span.clone().ok_or_else(|| self.missing(field))?;
            ordered.extend_from_slice(out.get(span).unwrap_or_default());
        }
        out.truncate(start);
        out.extend_from_slice(&ordered);
        Ok(())
    }

    #[cold]
    fn missing(&self, field: &PayloadFieldDefinition) -> CommandProblem {
        CommandProblem::MissingField {
            command: cut(&self.command.name),
            field: cut(&field.name),
            ty: field.ty,
        }
    }
}
