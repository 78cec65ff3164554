//! `schema_bytes`, and the descriptor of a plugin that is linked in.

use std::sync::{
    OnceLock,
    atomic::{AtomicU32, Ordering},
};

use statevec_abi::{
    abi::RuntimeBytesRef, boundary::runtime_bytes_slice, host::PluginApi, plugin::StaticPlugin,
};
use statevec_abi_alloc::{
    RuntimePlugin, RuntimePluginFactory, RuntimePluginLoadError, SchemaRegistry,
    runtime_plugin_schema_bytes_v1, static_runtime_plugin,
};

use crate::plugin::factory;

const PLUGINS: &[StaticPlugin] =
    &[static_runtime_plugin!(factory()), static_runtime_plugin!(Box::new(Unlucky))];

fn text(bytes: RuntimeBytesRef) -> String {
    // SAFETY: the text belongs to the plugin, which is linked in and so lives as long as the
    // program (rule 6).
    let bytes = unsafe { runtime_bytes_slice(bytes) }.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A factory that panics when it makes its first schema.
struct Unlucky;

static ASKED: AtomicU32 = AtomicU32::new(0);

impl RuntimePluginFactory for Unlucky {
    fn plugin_name(&self) -> &'static str {
        "unlucky"
    }

    fn schema_registry(&self) -> SchemaRegistry {
        if ASKED.fetch_add(1, Ordering::Relaxed) == 0 {
            panic!("not yet");
        }
        factory().schema_registry()
    }

    fn create(&self, _config: &str) -> Result<Box<dyn RuntimePlugin>, RuntimePluginLoadError> {
        factory().create("")
    }
}

#[test]
fn the_schema_is_written_once_and_stays_where_it_is() {
    static CACHE: OnceLock<String> = OnceLock::new();
    let first = runtime_plugin_schema_bytes_v1(factory, &CACHE);
    let second = runtime_plugin_schema_bytes_v1(factory, &CACHE);
    assert_eq!((first.ptr, first.len), (second.ptr, second.len));
    assert_eq!(text(first), factory().schema_registry().to_idl_json());
}

#[test]
fn a_schema_that_panics_is_empty_until_it_does_not() {
    static CACHE: OnceLock<String> = OnceLock::new();
    let make = || -> Box<dyn RuntimePluginFactory> { Box::new(Unlucky) };
    assert_eq!(runtime_plugin_schema_bytes_v1(make, &CACHE).len, 0);
    assert_eq!(ASKED.load(Ordering::Relaxed), 1);
    assert_ne!(runtime_plugin_schema_bytes_v1(make, &CACHE).len, 0);
}

#[test]
fn plugins_linked_into_one_program_keep_apart() {
    let names: Vec<_> = PLUGINS.iter().map(StaticPlugin::name).collect();
    assert_eq!(names, ["probe", "unlucky"]);
    let probe = PluginApi::of_static(StaticPlugin::find(PLUGINS, "probe").unwrap()).unwrap();
    assert_eq!(probe.plugin_name().unwrap(), b"probe");
    let schema = str::from_utf8(probe.schema_bytes().unwrap()).unwrap();
    let schema = SchemaRegistry::from_idl_json(schema).unwrap();
    assert_eq!(schema.identity(), factory().schema_registry().identity());
}
