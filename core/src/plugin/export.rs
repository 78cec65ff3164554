//! Exporting a plugin: as a descriptor for static linking, or as the symbol of a library.

use super::{Plugin, thunks::plugin_api};
use crate::{
    abi::{RuntimeBytesRef, RuntimePluginApiV1},
    boundary::CATCHES_PANICS,
    raw::InstanceStorage,
};

/// A statically linked plugin: its table without a symbol, so an image can hold any number of
/// plugins.
///
/// Made by [`static_plugin!`](crate::static_plugin), or by [`of`](Self::of) with storage of another
/// kind.
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

    /// [`of`](Self::of) without the schema JSON, which takes as much flash as it is long. The
    /// table's `schema_bytes` returns no bytes. So a host needs the definitions from elsewhere, as
    /// a [`FixedStore`](crate::fixed_store::FixedStore) gets them; a host that reads the JSON
    /// refuses the plugin.
    #[must_use]
    pub const fn without_schema_json<P: Plugin, S: InstanceStorage<P>>() -> Self {
        let api = RuntimePluginApiV1 { schema_bytes: Some(no_bytes), ..plugin_api::<P, S>() };
        Self { name: P::name, api }
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

    /// Finds a plugin by name.
    #[must_use]
    pub fn find<'r>(registry: &'r [Self], name: &str) -> Option<&'r Self> {
        registry.iter().find(|plugin| plugin.name() == name)
    }
}

unsafe extern "C" fn no_bytes() -> RuntimeBytesRef {
    RuntimeBytesRef::empty()
}

/// Makes the [`StaticPlugin`](crate::plugin::StaticPlugin) of a plugin, with a static pool of
/// `slots` instances, at least 1.
///
/// `schema_json = none` leaves the schema JSON out of the image
/// ([`StaticPlugin::without_schema_json`](crate::plugin::StaticPlugin::without_schema_json)).
///
/// On targets without compare-exchange (Armv6-M) this needs the feature `critical-section`: see
/// [`Pool`](crate::raw::Pool).
///
/// ```
/// # use statevec_abi::prelude::*;
/// # struct Noop;
/// # impl Plugin for Noop {
/// #     fn name() -> &'static str { "noop" }
/// #     fn schema() -> &'static str { "" }
/// #     fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> { Ok(Self) }
/// #     fn run_tx<'tx>(&self, _: &mut Tx<'tx>, _: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
/// #         Ok(())
/// #     }
/// # }
/// const PLUGINS: &[StaticPlugin] = &[static_plugin!(Noop, slots = 1)];
/// assert!(StaticPlugin::find(PLUGINS, "noop").is_some());
///
/// const SMALL: StaticPlugin = static_plugin!(Noop, slots = 1, schema_json = none);
/// assert_eq!(SMALL.name(), "noop");
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
/// #     fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> { Ok(Self) }
/// #     fn run_tx<'tx>(&self, _: &mut Tx<'tx>, _: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
/// #         Ok(())
/// #     }
/// # }
/// const PLUGINS: &[StaticPlugin] = &[static_plugin!(Noop, slots = 0)];
/// ```
#[macro_export]
macro_rules! static_plugin {
    ($plugin:ty, slots = $slots:expr $(,)?) => {
        $crate::static_plugin!(@ of, $plugin, $slots)
    };
    ($plugin:ty, slots = $slots:expr, schema_json = none $(,)?) => {
        $crate::static_plugin!(@ without_schema_json, $plugin, $slots)
    };
    (@ $constructor:ident, $plugin:ty, $slots:expr) => {{
        // Names of items are not hygienic: `$slots` is evaluated where the struct and the static
        // cannot be seen.
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
            $crate::plugin::StaticPlugin::$constructor::<
                $plugin,
                $crate::raw::InPool<__StatevecSlots, __STATEVEC_SLOT_COUNT>,
            >()
        }
    }};
    ($plugin:ty $(,)?) => {
        ::core::compile_error!(
            "static_plugin! also needs the number of instances that may exist at once: static_plugin!(P, slots = 1)"
        )
    };
}

/// Exports a plugin as a shared library (ABI.md section 2). `storage` says where its instances
/// live: a type that implements [`InstanceStorage`](crate::raw::InstanceStorage),
/// `statevec_abi_alloc::Boxed` for the heap.
///
/// Write it in a package of its own that is a `cdylib` and enables the feature `std`; the plugin's
/// logic stays a plain library, which can then be linked statically as well.
///
/// A library whose panics are not caught ends its host's process with the first one. So this does
/// not compile without the feature `std`, or with `panic = "abort"`, unless `panics = abort` says
/// that it is wanted:
///
/// ```text
/// statevec_abi::export_plugin!(Bank, storage = Slots, panics = abort);
/// ```
///
/// The library also exports the byte `statevec_runtime_plugin_catches_panics`. Hosts read it to
/// show whether the plugin catches its panics (1) or not (0).
#[macro_export]
macro_rules! export_plugin {
    ($plugin:ty, storage = $storage:ty $(,)?) => {
        const _: () = $crate::plugin::assert_panics_are_caught();
        $crate::export_plugin!($plugin, storage = $storage, panics = abort);
    };
    ($plugin:ty, storage = $storage:ty, panics = abort $(,)?) => {
        /// The entry of this plugin library, version 1 of the StateVec plugin ABI.
        #[unsafe(no_mangle)]
        pub extern "C" fn statevec_runtime_plugin_entry_v1() -> $crate::abi::RuntimePluginApiV1 {
            const { $crate::plugin::plugin_api::<$plugin, $storage>() }
        }

        $crate::export_panic_marker!();
    };
    ($plugin:ty $(,)?) => {
        ::core::compile_error!(
            "export_plugin! also needs the storage of instances: export_plugin!(P, storage = statevec_abi_alloc::Boxed)"
        );
    };
}

/// Exports the byte that says whether the library catches panics. For the export macros.
#[doc(hidden)]
#[macro_export]
macro_rules! export_panic_marker {
    () => {
        /// 1 if this plugin library catches panics, otherwise 0.
        #[unsafe(no_mangle)]
        #[allow(non_upper_case_globals, reason = "the name is the symbol's")]
        pub static statevec_runtime_plugin_catches_panics: u8 =
            $crate::plugin::CATCHES_PANICS as u8;
    };
}

/// Stops the compiler when panics are not caught. For the export macros.
///
/// # Panics
///
/// The crate was built without the feature `std`, or with `panic = "abort"`.
#[doc(hidden)]
#[allow(clippy::assertions_on_constants, reason = "the constant depends on the build")]
pub const fn assert_panics_are_caught() {
    assert!(
        CATCHES_PANICS,
        "the first panic of this plugin would end its host's process: enable the feature `std` of \
         statevec-abi and build with panic = \"unwind\", or write `panics = abort` if that is wanted"
    );
}
