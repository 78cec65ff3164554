//! Where plugin instances live: a choice of the export, not of the plugin.

use core::{cell::UnsafeCell, mem::MaybeUninit, ptr::NonNull, sync::atomic::AtomicBool};

use super::instance::Instance;
use crate::boundary::claim;

/// A place for instances. The `alloc` crate has one on the heap; [`Pooled`] needs none.
///
/// # Safety
///
/// What `store` returns points to an instance of the plugin that it was given, stays where it is
/// and is nobody else's until `remove`.
pub unsafe trait InstanceStorage<P>: 'static {
    /// Makes an instance of a plugin, in the place where it stays: it holds an error buffer, and
    /// copies of that cost more than all the rest.
    ///
    /// # Errors
    ///
    /// There is no room; the plugin is dropped.
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

/// Storage in a static pool: `Self` names the static. Implemented by
/// [`static_plugin!`](crate::static_plugin).
pub trait Pooled<P, const N: usize>: 'static {
    /// The pool.
    fn pool() -> &'static Pool<P, N>;
}

/// A fixed number of places for instances, for a `static`.
///
/// On targets without compare-exchange (Armv6-M, `cfg(not(target_has_atomic = "8"))`) the feature
/// `critical-section` guards the claim of a place. Without the feature [`new`](Self::new) is
/// `unsafe` there, and [`static_plugin!`](crate::static_plugin) does not compile.
pub struct Pool<P, const N: usize> {
    slots: [Slot<P>; N],
}

struct Slot<P> {
    taken: AtomicBool,
    place: UnsafeCell<MaybeUninit<Instance<P>>>,
}

// SAFETY: only the claimant of a place reaches it, and instances may move between threads when `P`
// may; `claim` gives a place to one claimant alone, or `new` was promised so (rule 7).
unsafe impl<P: Send, const N: usize> Sync for Pool<P, N> {}

impl<P, const N: usize> Pool<P, N> {
    /// An empty pool. Without any slot it does not compile.
    #[cfg(any(target_has_atomic = "8", feature = "critical-section"))]
    #[must_use]
    pub const fn new() -> Self {
        Self::empty()
    }

    /// An empty pool. Without any slot it does not compile.
    ///
    /// # Safety
    ///
    /// No two instances are created in the pool at the same time: one of them in an interrupt, say.
    /// The feature `critical-section` makes this function safe.
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
        // SAFETY: just claimed, so nobody else reaches the place (rule 7).
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
        // The place is freed when the instance's destructor panics, too.
        let _free = Free(slot);
        // SAFETY: stored here and not in use, by the caller's promise (rule 7).
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

/// Storage in the pool that `S` names.
pub struct InPool<S, const N: usize>(core::marker::PhantomData<fn() -> S>);

// SAFETY: places are claimed one by one and never move; `remove` frees exactly the one that it was
// given (rule 7).
unsafe impl<P: Send + 'static, S: Pooled<P, N>, const N: usize> InstanceStorage<P>
    for InPool<S, N>
{
    fn store(plugin: P) -> Result<NonNull<Instance<P>>, StorageFull> {
        S::pool().store(plugin)
    }

    unsafe fn remove(instance: NonNull<Instance<P>>) {
        // SAFETY: the caller's promise (rule 7).
        unsafe { S::pool().remove(instance) };
    }
}
