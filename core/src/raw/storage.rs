//! Memory for plugin instances. The export chooses it, not the plugin.

use core::{cell::UnsafeCell, mem::MaybeUninit, ptr::NonNull, sync::atomic::AtomicBool};

use super::instance::Instance;
use crate::boundary::{ShortText, claim};

/// Memory for instances. `statevec_abi_alloc::Boxed` is the heap; [`InPool`] is a static pool.
///
/// # Safety
///
/// `store` returns a pointer to an instance of the plugin that it was given. The instance does not
/// move, and no other code uses it, until `remove`.
pub unsafe trait InstanceStorage<P>: 'static {
    /// Makes an instance of a plugin in place: copying its error buffer would cost more than the
    /// rest.
    ///
    /// # Errors
    ///
    /// There is no free memory. The plugin is dropped.
    fn store(plugin: P) -> Result<NonNull<Instance<P>>, StorageFull>;

    /// Drops an instance and frees its place.
    ///
    /// # Safety
    ///
    /// `instance` came from `store` of this very type, was not removed since, and is not in use.
    unsafe fn remove(instance: NonNull<Instance<P>>);
}

/// All slots of a pool are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror_no_std::Error)]
#[error(
    "all {slots} instance slots of this plugin are in use; destroy an instance, or export the plugin with more slots"
)]
pub struct StorageFull {
    /// How many there are.
    pub slots: usize,
}

impl core::error::Error for StorageFull {}

impl ShortText for StorageFull {
    fn short_text(&self) -> &'static str {
        "no free slot"
    }
}

/// Storage in a static pool: `Self` names the static. Implemented by
/// [`static_plugin!`](crate::static_plugin).
pub trait Pooled<P, const N: usize>: 'static {
    /// The pool.
    fn pool() -> &'static Pool<P, N>;
}

/// A fixed number of slots for instances, for a `static`.
///
/// On targets without compare-exchange (Armv6-M, `cfg(not(target_has_atomic = "8"))`) the feature
/// `critical-section` guards the claim of a slot. Without the feature [`new`](Self::new) is
/// `unsafe` there, and [`static_plugin!`](crate::static_plugin) does not compile.
pub struct Pool<P, const N: usize> {
    slots: [Slot<P>; N],
}

struct Slot<P> {
    taken: AtomicBool,
    place: UnsafeCell<MaybeUninit<Instance<P>>>,
}

// SAFETY: only the claimant of a slot reaches its place. `claim` gives a slot to one claimant, or
// the caller of `new` promised so. Instances may move between threads, because `P: Send` (rule 7).
unsafe impl<P: Send, const N: usize> Sync for Pool<P, N> {}

impl<P, const N: usize> Pool<P, N> {
    /// An empty pool. A pool of 0 slots does not compile.
    #[cfg(any(target_has_atomic = "8", feature = "critical-section"))]
    #[must_use]
    pub const fn new() -> Self {
        Self::empty()
    }

    /// An empty pool. A pool of 0 slots does not compile.
    ///
    /// # Safety
    ///
    /// No two instances are created in the pool at the same time, as by an interrupt. The feature
    /// `critical-section` makes this function safe.
    #[cfg(not(any(target_has_atomic = "8", feature = "critical-section")))]
    #[must_use]
    pub const unsafe fn new() -> Self {
        Self::empty()
    }

    const fn empty() -> Self {
        const { assert!(N > 0, "a pool of 0 slots has room for no instance: `slots` is at least 1") };
        Self {
            slots: [const {
                Slot {
                    taken: AtomicBool::new(false),
                    place: UnsafeCell::new(MaybeUninit::uninit()),
                }
            }; N],
        }
    }

    fn store(&self, plugin: P) -> Result<NonNull<Instance<P>>, StorageFull> {
        let slot = self.slots.iter().find(|slot| claim::claim(&slot.taken));
        let slot = slot.ok_or(StorageFull { slots: N })?;
        // SAFETY: this call has just claimed the slot, so no other code reaches its place (rule 7).
        let place = unsafe { &mut *slot.place.get() };
        Ok(NonNull::from_mut(place.write(Instance::new(plugin))))
    }

    /// # Safety
    ///
    /// As [`InstanceStorage::remove`].
    unsafe fn remove(&self, instance: NonNull<Instance<P>>) {
        let stored_in = |slot: &&Slot<P>| core::ptr::eq(slot.place.get().cast(), instance.as_ptr());
        let Some(slot) = self.slots.iter().find(stored_in) else {
            return;
        };
        // Frees the slot also when the instance's destructor panics.
        let _free = Free(slot);
        // SAFETY: `store` initialised this slot, and the instance is idle and not used again
        // (rule 7).
        unsafe { instance.drop_in_place() };
    }
}

#[cfg(any(target_has_atomic = "8", feature = "critical-section"))]
impl<P, const N: usize> Default for Pool<P, N> {
    fn default() -> Self {
        Self::new()
    }
}

struct Free<'s, P>(&'s Slot<P>);

impl<P> Drop for Free<'_, P> {
    fn drop(&mut self) {
        claim::release(&self.0.taken);
    }
}

/// Storage in the pool of `S`.
pub struct InPool<S, const N: usize>(core::marker::PhantomData<fn() -> S>);

// SAFETY: a claim gives a slot to one instance, slots of a static do not move, and `remove` frees
// the slot of the instance that it is given (rule 7).
unsafe impl<P: Send + 'static, S: Pooled<P, N>, const N: usize> InstanceStorage<P>
    for InPool<S, N>
{
    fn store(plugin: P) -> Result<NonNull<Instance<P>>, StorageFull> {
        S::pool().store(plugin)
    }

    unsafe fn remove(instance: NonNull<Instance<P>>) {
        // SAFETY: `instance` came from `store` above, so from this pool, and is idle (rule 7).
        unsafe { S::pool().remove(instance) };
    }
}
