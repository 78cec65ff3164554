//! A schema with every field type in it.

use statevec_abi_alloc::schema::SchemaRegistry;

pub(crate) fn schema() -> SchemaRegistry {
    SchemaRegistry::from_idl_json(include_str!("schema.json")).expect("the test's own schema")
}
