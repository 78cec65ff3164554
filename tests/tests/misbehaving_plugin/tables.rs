//! Tables of another version, and tables with holes.

use statevec_abi::{abi::RuntimeBytesRef, host::TableError};
use statevec_host::LoadError;

use crate::library::refusal;

macro_rules! null_entries {
    ($($name:ident: $entry:literal;)*) => {$(
        #[test]
        fn $name() {
            assert_refused("null", $entry, TableError::NullEntry { entry: $entry });
        }
    )*};
}

null_entries! {
    plugin_name_is_null: "plugin_name";
    schema_bytes_is_null: "schema_bytes";
    create_runtime_is_null: "create_runtime";
    destroy_runtime_is_null: "destroy_runtime";
    run_tx_is_null: "run_tx";
    validate_biz_invariants_is_null: "validate_biz_invariants";
    on_unload_is_null: "on_unload";
}

#[test]
fn abi_version_0() {
    assert_refused("abi_version", "0", TableError::AbiVersion { found: 0 });
}

#[test]
fn abi_version_2() {
    assert_refused("abi_version", "2", TableError::AbiVersion { found: 2 });
}

#[test]
fn abi_version_of_all_ones() {
    assert_refused("abi_version", "4294967295", TableError::AbiVersion { found: u32::MAX });
}

#[track_caller]
fn assert_refused(what: &str, value: &str, expected: TableError) {
    let (error, text) = refusal("raw", what, RuntimeBytesRef::from_slice(value.as_bytes()));
    match error {
        LoadError::Table { source, .. } => assert_eq!(source, expected),
        other => panic!("{other:?}"),
    }
    assert_eq!(text, format!("LIBRARY: the plugin's table cannot be used: {expected}"));
}
