//! Claiming a flag for one user: with compare-exchange, or without it on targets such as Armv6-M.

use core::sync::atomic::{
    AtomicBool,
    Ordering::{Acquire, Release},
};

/// Sets the flag, and returns whether it was clear. If several callers do so at the same time, one
/// gets `true`.
///
/// On a target without compare-exchange this holds with the feature `critical-section`. Without it
/// the constructors of the types that hold such a flag are `unsafe`: their callers promise that
/// claims do not overlap.
pub(crate) fn claim(flag: &AtomicBool) -> bool {
    #[cfg(target_has_atomic = "8")]
    return !flag.swap(true, Acquire);
    #[cfg(all(not(target_has_atomic = "8"), feature = "critical-section"))]
    return critical_section::with(|_| load_and_set(flag));
    #[cfg(not(any(target_has_atomic = "8", feature = "critical-section")))]
    return load_and_set(flag);
}

/// Clears the flag, for the next [`claim`].
pub(crate) fn release(flag: &AtomicBool) {
    flag.store(false, Release);
}

#[cfg(not(target_has_atomic = "8"))]
fn load_and_set(flag: &AtomicBool) -> bool {
    let was_clear = !flag.load(Acquire);
    flag.store(true, Release);
    was_clear
}
