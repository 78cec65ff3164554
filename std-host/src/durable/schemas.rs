//! The schemas of a directory, by their identity.

use std::{path::Path, sync::Arc};

use statevec_abi::schema::Fingerprints;
use statevec_abi_alloc::schema::SchemaRegistry;

use super::{DataDirectory, DurableError};
use crate::txlog::LogHeader;

/// Finds the schemas that wrote to a directory.
#[derive(Debug, Clone)]
pub struct Schemas {
    directory: DataDirectory,
    /// A schema that is at hand, and need not be read.
    known: Option<Arc<SchemaRegistry>>,
}

impl Schemas {
    /// The schemas of a directory. `known` is one that is at hand, and need not be read.
    #[must_use]
    pub fn new(directory: &DataDirectory, known: Option<&Arc<SchemaRegistry>>) -> Self {
        Self { directory: directory.clone(), known: known.cloned() }
    }

    /// The schema of the entries behind a header.
    ///
    /// # Errors
    ///
    /// The storage fails, or the directory does not hold the schema any more.
    pub fn of_header(&self, header: &LogHeader) -> Result<Arc<SchemaRegistry>, DurableError> {
        if let Some(known) = &self.known
            && (known.schema_version(), known.fingerprints())
                == (header.schema_version, header.fingerprints)
        {
            return Ok(Arc::clone(known));
        }
        let path = self.directory.schema_file(header);
        let json = self.directory.schema_json(header)?;
        json.and_then(|json| SchemaRegistry::from_idl_json(&json).ok())
            .map(Arc::new)
            .ok_or(DurableError::SchemaUnknown { path })
    }

    /// A schema with these fingerprints, whatever its version: the layouts of records are the same.
    ///
    /// # Errors
    ///
    /// As [`of_header`](Self::of_header).
    pub fn of_fingerprints(
        &self,
        fingerprints: &Fingerprints,
    ) -> Result<Arc<SchemaRegistry>, DurableError> {
        if let Some(known) = &self.known
            && known.fingerprints() == *fingerprints
        {
            return Ok(Arc::clone(known));
        }
        let folder = self.directory.schemas();
        for path in self.directory.schema_files()? {
            if let Some(schema) = self.read(&path)?
                && schema.fingerprints() == *fingerprints
            {
                return Ok(Arc::new(schema));
            }
        }
        Err(DurableError::SchemaUnknown { path: folder })
    }

    fn read(&self, path: &Path) -> Result<Option<SchemaRegistry>, DurableError> {
        let Some(json) = self.directory.read_text(path)? else { return Ok(None) };
        Ok(SchemaRegistry::from_idl_json(&json).ok())
    }
}
