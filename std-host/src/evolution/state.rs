//! Migrates all records of a store.

use std::sync::Arc;

use statevec_abi::abi::RecordKey;
use statevec_abi_alloc::schema::{RecordDefinition, SchemaRegistry};

use super::{MigrationError, MigrationRules, rules::Misfit};
use crate::{Store, store::Restorer};

impl MigrationRules {
    /// Converts all records of a store. They keep their numbers, and each kind its next number.
    ///
    /// # Errors
    ///
    /// The first value that does not fit, two records with one key, or rules for other schemas.
    pub fn apply(
        &self,
        old: &Store,
        schema: &Arc<SchemaRegistry>,
    ) -> Result<Restorer, MigrationError> {
        let mut new = Restorer::new(Store::with_limits(Arc::clone(schema), old.limits())?);
        let mut data = Vec::new();
        for rules in &self.records {
            let before = old.schema().try_get(rules.old_kind);
            let after = schema.try_get(rules.new_kind);
            let (Some(before), Some(after)) = (before, after) else {
                return Err(MigrationError::OtherSchema);
            };
            if (before.data_size, after.data_size) != (rules.old_size, rules.new_size) {
                return Err(MigrationError::OtherSchema);
            }
            new.reserve(rules.new_kind, old.len(rules.old_kind))?;
            for record in old.records(rules.old_kind) {
                rules
                    .convert(record.data, &mut data)
                    .map_err(|misfit| value_error(before, record.sys_id, misfit))?;
                let key = RecordKey { kind: rules.new_kind, sys_id: record.sys_id };
                new.record(key, &data)?;
            }
            if let Some(next) = old.next_sys_id(rules.old_kind) {
                new.next_sys_id(rules.new_kind, next)?;
            }
        }
        Ok(new)
    }
}

fn value_error(def: &RecordDefinition, sys_id: u64, misfit: Misfit) -> MigrationError {
    let Misfit { offset, reason } = misfit;
    let field = def
        .fields
        .iter()
        .find(|field| (field.offset..field.offset.saturating_add(field.len)).contains(&offset));
    let field =
        field.map_or_else(|| format!("byte {offset}"), |field| format!("field {}", field.name));
    MigrationError::Value { record: def.name.to_string(), sys_id, field, reason }
}
