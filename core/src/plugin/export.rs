//! How a plugin becomes visible: a descriptor for static linking, a symbol for a library.

use super::{Plugin, thunks::plugin_api};
use crate::{abi::RuntimePluginApiV1, raw::InstanceStorage};

/// A plugin that is linked in: its table, without a symbol, so that any number of them fit into one image.
///
/// Made by [`static_plugin!`](crate::static_plugin), or by [`of`](Self::of) with storage of another kind.
#[derive(Debug, Clone, Copy)]
pub struct StaticPlugin {
    name: fn() -> &'static str,
    api: RuntimePluginApiV1,
}

impl StaticPlugin {
    /// The descriptor of `P`, whose instances live in `S`.
    #[must_use]
    pub const fn of<P: Plugin, S: InstanceStorage<P>>() -> Self {
        Self { name: P::name, api: plugin_api::<P, S>() }
    }

    /// The descriptor of a table made elsewhere.
    ///
    /// # Safety
    ///
    /// Every non-null entry of the table keeps the contract for as long as the program runs.
    #[must_use]
    pub const unsafe fn from_table(name: fn() -> &'static str, api: RuntimePluginApiV1) -> Self {
        Self { name, api }
    }

    /// The plugin's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        (self.name)()
    }

    /// The plugin's table.
    #[must_use]
    pub const fn api(&self) -> &RuntimePluginApiV1 {
        &self.api
    }

    /// The plugin of a name in a list: the whole of a registry.
    #[must_use]
    pub fn find<'r>(registry: &'r [Self], name: &str) -> Option<&'r Self> {
        registry.iter().find(|plugin| plugin.name() == name)
    }
}

/// Makes the [`StaticPlugin`](crate::plugin::StaticPlugin) of a plugin, with a static pool of `slots` instances, at least 1.
///
/// On targets without compare-exchange (Armv6-M) one thread creates the instances, and not in an interrupt: see the safety section of
/// [`Pool`](crate::raw::Pool).
///
/// ```
/// # use statevec_abi::prelude::*;
/// # struct Noop;
/// # impl Plugin for Noop {
/// #     fn name() -> &'static str { "noop" }
/// #     fn schema() -> &'static str { "" }
/// #     fn create<'c>(_: &str, _: ErrorSlot<'c>) -> Result<Self, Rejected<'c>> { Ok(Self) }
/// #     fn run_tx<'tx>(&self, _: &mut Tx<'tx>, _: &RuntimeCommandRef<'_>) -> Result<(), Rejected<'tx>> { Ok(()) }
/// # }
/// const PLUGINS: &[StaticPlugin] = &[static_plugin!(Noop, slots = 1)];
/// assert!(StaticPlugin::find(PLUGINS, "noop").is_some());
/// ```
///
/// A pool without slots could hold no instance, and is refused by the compiler:
///
/// ```compile_fail,E0080
/// # use statevec_abi::prelude::*;
/// # struct Noop;
/// # impl Plugin for Noop {
/// #     fn name() -> &'static str { "noop" }
/// #     fn schema() -> &'static str { "" }
/// #     fn create<'c>(_: &str, _: ErrorSlot<'c>) -> Result<Self, Rejected<'c>> { Ok(Self) }
/// #     fn run_tx<'tx>(&self, _: &mut Tx<'tx>, _: &RuntimeCommandRef<'_>) -> Result<(), Rejected<'tx>> { Ok(()) }
/// # }
/// const PLUGINS: &[StaticPlugin] = &[static_plugin!(Noop, slots = 0)];
/// ```
#[macro_export]
macro_rules! static_plugin {
    ($plugin:ty, slots = $slots:expr) => {{
        // Names of items are not hygienic: `$slots` is evaluated where the struct and the static cannot be seen.
        const __STATEVEC_SLOT_COUNT: usize = $slots;
        {
            struct __StatevecSlots;
            static __STATEVEC_POOL: $crate::raw::Pool<$plugin, __STATEVEC_SLOT_COUNT> =
                $crate::raw::Pool::new();
            impl $crate::raw::Pooled<$plugin, __STATEVEC_SLOT_COUNT> for __StatevecSlots {
                fn pool() -> &'static $crate::raw::Pool<$plugin, __STATEVEC_SLOT_COUNT> {
                    &__STATEVEC_POOL
                }
            }
            $crate::plugin::StaticPlugin::of::<
                $plugin,
                $crate::raw::InPool<__StatevecSlots, __STATEVEC_SLOT_COUNT>,
            >()
        }
    }};
}

/// Exports a plugin as the one symbol of a shared library (ABI.md section 2). `storage` says where its instances live: a type that
/// implements [`InstanceStorage`](crate::raw::InstanceStorage), `statevec_abi_alloc::Boxed` for the heap.
///
/// Write it in a package of its own that is a `cdylib` and enables the feature `std` (panic catching); the plugin's logic stays a plain
/// library, which can then be linked statically as well.
#[macro_export]
macro_rules! export_plugin {
    ($plugin:ty, storage = $storage:ty) => {
        /// The entry of this plugin library, version 1 of the StateVec plugin ABI.
        #[unsafe(no_mangle)]
        pub extern "C" fn statevec_runtime_plugin_entry_v1() -> $crate::abi::RuntimePluginApiV1 {
            const { $crate::plugin::plugin_api::<$plugin, $storage>() }
        }
    };
}
