//! Writers of the log's entries as JSON, each with the schema that its entries have.

use std::sync::{Arc, Mutex, PoisonError};

use super::{DurableError, Schemas};
use crate::{
    json::JsonWriter,
    txlog::{LogError, LogHeader},
};

/// Writers of the log's entries as JSON. A log that was migrated has entries of several schemas.
#[derive(Debug)]
pub struct EntryWriters {
    schemas: Schemas,
    made: Mutex<Vec<Made>>,
}

#[derive(Debug)]
struct Made {
    header: LogHeader,
    writer: Arc<JsonWriter>,
}

impl EntryWriters {
    /// Writers for the entries of a directory.
    #[must_use]
    pub fn new(schemas: Schemas) -> Self {
        Self { schemas, made: Mutex::default() }
    }

    /// The writer for entries with a header. If the directory does not hold their schema any more,
    /// kinds are written as numbers, and bytes in hexadecimal.
    ///
    /// # Errors
    ///
    /// The storage fails.
    pub fn of_header(&self, header: &LogHeader) -> Result<Arc<JsonWriter>, LogError> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = made.iter().find(|made| made.header.is_same_schema(header)) {
            return Ok(Arc::clone(&found.writer));
        }
        let writer = match self.schemas.of_header(header) {
            Ok(schema) => JsonWriter::new(&schema),
            Err(DurableError::Storage(error)) => return Err(error.into()),
            Err(_) => JsonWriter::without_names(),
        };
        let writer = Arc::new(writer);
        made.push(Made { header: header.clone(), writer: Arc::clone(&writer) });
        Ok(writer)
    }
}
