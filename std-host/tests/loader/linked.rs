//! Plugins that are linked in are checked like those that are loaded.

use statevec_abi::{
    boundary::{ErrorSlot, RuntimeCommandRef, TxResult},
    plugin::{Plugin, StaticPlugin, Tx},
    static_plugin,
};
use statevec_host::{LoadError, LoadedPlugin};

use crate::chain;

/// A plugin with a name and a schema that cannot be used.
struct Broken<const NAMED: bool>;

impl<const NAMED: bool> Plugin for Broken<NAMED> {
    fn name() -> &'static str {
        if NAMED { "broken" } else { panic!("has no name") }
    }

    fn schema() -> &'static str {
        "nothing"
    }

    fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> {
        Ok(Self)
    }

    fn run_tx<'tx>(&self, _: &mut Tx<'tx>, _: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        Ok(())
    }
}

const UNNAMED: StaticPlugin = static_plugin!(Broken<false>, slots = 1);
const NAMED: StaticPlugin = static_plugin!(Broken<true>, slots = 1);
const WITHOUT_JSON: StaticPlugin = static_plugin!(Broken<true>, slots = 1, schema_json = none);

#[test]
fn plugin_that_panics_for_its_name_has_none() {
    let error = LoadedPlugin::from_static(&UNNAMED).unwrap_err();
    assert_eq!(chain(&error), "linked-in plugin: the plugin's name cannot be used: it is empty");
}

#[test]
fn schema_that_is_no_json() {
    let error = LoadedPlugin::from_static(&NAMED).unwrap_err();
    assert!(matches!(error, LoadError::Schema { .. }));
    assert!(chain(&error).contains("line 1"), "{}", chain(&error));
}

#[test]
fn plugin_that_was_linked_without_its_schema_json() {
    let error = LoadedPlugin::from_static(&WITHOUT_JSON).unwrap_err();
    assert_eq!(
        chain(&error),
        "linked-in plugin: the plugin's schema cannot be read: it is empty: the plugin's schema \
         function panics, or the plugin was linked with `schema_json = none`, which is for \
         firmware; leave that option out"
    );
}
