//! Instances in a static pool of slots.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use statevec_abi::{
    abi::{RuntimeErrorBuf, runtime_error_kind::CONFIG_ERROR},
    boundary::{ErrorSlot, RuntimeCommandRef, TxResult},
    fixed_store::FixedStore,
    host::{HostGate, PluginApi, PluginRuntime},
    plugin::{Plugin, StaticPlugin, Tx},
    static_plugin,
};

/// Counts its living instances. `T` tells the plugins of the tests apart, which run at the same
/// time.
struct Counted<const T: usize> {
    panics_in_drop: bool,
}

static LIVING: [AtomicUsize; 5] = [const { AtomicUsize::new(0) }; 5];

impl<const T: usize> Plugin for Counted<T> {
    fn name() -> &'static str {
        ["first", "second", "third", "fourth", "fifth"][T]
    }

    fn schema() -> &'static str {
        "{}"
    }

    fn create<'c>(config: &str, error: ErrorSlot<'c>) -> TxResult<'c, Self> {
        if config == "refuse" {
            return Err(error.config_error(format_args!("as told")));
        }
        LIVING[T].fetch_add(1, Relaxed);
        Ok(Self { panics_in_drop: config == "panic in drop" })
    }

    fn run_tx<'tx>(&self, _tx: &mut Tx<'tx>, _command: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        Ok(())
    }
}

impl<const T: usize> Drop for Counted<T> {
    fn drop(&mut self) {
        LIVING[T].fetch_sub(1, Relaxed);
        assert!(!self.panics_in_drop, "as told");
    }
}

const PLUGINS: &[StaticPlugin] = &[
    static_plugin!(Counted<0>, slots = 2),
    static_plugin!(Counted<1>, slots = 1),
    static_plugin!(Counted<2>, slots = 3),
    static_plugin!(Counted<3>, slots = 1),
];

type Store = FixedStore<'static>;
type Runtime = PluginRuntime<Store, Box<HostGate<Store>>>;

/// An instance, or the text of the error.
fn create(plugin: &StaticPlugin, config: &str) -> Result<Runtime, String> {
    let api = PluginApi::of_static(plugin).unwrap();
    let mut error = RuntimeErrorBuf::RESET;
    PluginRuntime::create(api, config, Box::pin(HostGate::new()), &mut error).map_err(|failure| {
        assert_eq!(failure.kind, CONFIG_ERROR);
        failure.message.to_string()
    })
}

fn find(name: &str) -> &'static StaticPlugin {
    StaticPlugin::find(PLUGINS, name).unwrap()
}

#[test]
fn name_that_no_plugin_has() {
    assert_eq!(find("second").name(), "second");
    for name in ["", "Second", "sixth", "second "] {
        assert!(StaticPlugin::find(PLUGINS, name).is_none(), "{name}");
    }
    assert!(StaticPlugin::find(&[], "first").is_none());
}

#[test]
fn full_pool_refuses_another_instance_and_changes_nothing() {
    let plugin = find("first");
    let instances = [create(plugin, "").unwrap(), create(plugin, "").unwrap()];
    let full = "all 2 instance slots of this plugin are in use; destroy an instance, or export the plugin with more slots";
    for _ in 0..3 {
        assert_eq!(create(plugin, "").unwrap_err(), full);
        assert_eq!(LIVING[0].load(Relaxed), 2, "the instance without a slot is dropped");
    }
    let [one, two] = instances;
    drop(one);
    let three = create(plugin, "").unwrap();
    assert_eq!(create(plugin, "").unwrap_err(), full);
    drop((two, three));
    assert_eq!(LIVING[0].load(Relaxed), 0);
}

#[test]
fn refused_configuration_takes_no_slot() {
    let plugin = find("second");
    for _ in 0..3 {
        assert_eq!(create(plugin, "refuse").unwrap_err(), "as told");
    }
    drop(create(plugin, "").unwrap());
    assert_eq!(LIVING[1].load(Relaxed), 0);
}

#[test]
fn two_exports_of_one_plugin_have_pools_of_their_own() {
    const ONE: StaticPlugin = static_plugin!(Counted<4>, slots = 1);
    const OTHER: StaticPlugin = static_plugin!(Counted<4>, slots = 1);
    let _one = create(&ONE, "").unwrap();
    let _other = create(&OTHER, "").unwrap();
    create(&ONE, "").unwrap_err();
    create(&OTHER, "").unwrap_err();
}

/// The argument of the macro uses names that the macro declares, too.
#[test]
fn slots_that_are_called_as_in_the_macro() {
    const POOL: usize = 2;
    struct Slots;
    impl Slots {
        const COUNT: usize = POOL - 1;
    }
    const BY_STRUCT: StaticPlugin = static_plugin!(Counted<4>, slots = Slots::COUNT);
    const BY_CONST: StaticPlugin = static_plugin!(Counted<4>, slots = POOL);
    let one = create(&BY_STRUCT, "").unwrap();
    assert!(create(&BY_STRUCT, "").unwrap_err().starts_with("all 1 instance slots"));
    let two = [(); 2].map(|()| create(&BY_CONST, "").unwrap());
    assert!(create(&BY_CONST, "").unwrap_err().starts_with("all 2 instance slots"));
    drop((one, two));
}

#[test]
fn threads_that_create_at_the_same_time_never_share_a_slot() {
    let plugin = find("third");
    let most = AtomicUsize::new(0);
    let texts = std::thread::scope(|scope| {
        let work = || {
            let mut texts = BTreeSet::new();
            for _ in 0..2000 {
                match create(plugin, "") {
                    Ok(instance) => {
                        most.fetch_max(LIVING[2].load(Relaxed), Relaxed);
                        drop(instance);
                    }
                    Err(text) => drop(texts.insert(text)),
                }
            }
            texts
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<BTreeSet<_>>()
    });
    assert!(texts.iter().all(|text| text.starts_with("all 3 instance slots")), "{texts:?}");
    assert_eq!(LIVING[2].load(Relaxed), 0);
    // Each thread holds one at a time, and one more lives while it is refused.
    assert!(most.load(Relaxed) <= 4);
    let all = [(); 3].map(|()| create(plugin, "").unwrap());
    create(plugin, "").unwrap_err();
    drop(all);
}

#[cfg(feature = "std")]
#[test]
fn destructor_that_panics_frees_its_slot() {
    let plugin = find("fourth");
    for _ in 0..3 {
        drop(create(plugin, "panic in drop").unwrap());
        assert_eq!(LIVING[3].load(Relaxed), 0);
    }
    // Without a slot the instance is dropped inside `create`, and the panic is that call's.
    let _one = create(plugin, "").unwrap();
    let api = PluginApi::of_static(plugin).unwrap();
    let mut error = RuntimeErrorBuf::RESET;
    let gate = Box::pin(HostGate::<Store>::new());
    let failure = PluginRuntime::create(api, "panic in drop", gate, &mut error).unwrap_err();
    assert_eq!(failure.kind, statevec_abi::abi::runtime_error_kind::PLUGIN_INTERNAL_ERROR);
    assert_eq!(failure.message.to_string(), "plugin panicked: as told");
}
