//! A plugin instance behind an opaque handle: in use by one call at a time, quarantined by a panic.

use core::{
    cell::UnsafeCell,
    ffi::c_void,
    mem,
    ptr::NonNull,
    sync::atomic::{AtomicU8, Ordering::Relaxed},
};

use super::error_buffer::HostErrorBuffer;
use crate::abi::RuntimeErrorBuf;

/// The memory behind a runtime handle: the plugin `P`, a state that says whether it is in use, and
/// the error buffer for its host calls.
///
/// The buffer lies here and not on each call's stack, because clearing 528 bytes costs more than
/// the rest of a call.
#[repr(C)]
pub struct Instance<P> {
    /// First, so that [`end`](Self::end) finds the instance at its address.
    error_buffer: UnsafeCell<RuntimeErrorBuf>,
    state: AtomicU8,
    plugin: UnsafeCell<P>,
}

/// No call is running.
const IDLE: u8 = 0;
/// A call is running.
const BUSY: u8 = 1;
/// A call panicked, and may have left the plugin inconsistent (rule 2).
const QUARANTINED: u8 = 2;

/// States of an instance in which a call is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InstanceError {
    Null,
    Busy,
    Quarantined,
}

impl InstanceError {
    /// Returns true if the plugin caused the error, and not its caller.
    pub(crate) const fn is_quarantine(self) -> bool {
        matches!(self, Self::Quarantined)
    }

    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Null if cfg!(feature = "terse") => "null handle",
            Self::Busy if cfg!(feature = "terse") => "busy",
            Self::Quarantined if cfg!(feature = "terse") => "quarantined",
            Self::Null => "runtime handle is null",
            Self::Busy => "the plugin instance is in the middle of a call; one call at a time",
            Self::Quarantined => {
                "the plugin instance panicked in an earlier call; destroy it and create a new one"
            }
        }
    }
}

impl<P> Instance<P> {
    /// An idle instance.
    #[must_use]
    pub const fn new(plugin: P) -> Self {
        Self {
            state: AtomicU8::new(IDLE),
            error_buffer: UnsafeCell::new(RuntimeErrorBuf::cleared()),
            plugin: UnsafeCell::new(plugin),
        }
    }

    /// The instance behind a foreign handle.
    ///
    /// # Safety
    ///
    /// A non-null `runtime` points to a live instance of this very type for `'i`.
    #[inline]
    pub(crate) unsafe fn from_handle<'i>(runtime: *mut c_void) -> Result<&'i Self, InstanceError> {
        let this = NonNull::new(runtime.cast::<Self>()).ok_or(InstanceError::Null)?;
        // SAFETY: not null, so a live instance for `'i`. Calls change it through an atomic and
        // cells only (rules 7 and 10).
        Ok(unsafe { this.as_ref() })
    }

    /// Claims the instance for one call.
    #[inline]
    pub(crate) fn claim(&self) -> Result<Claim<'_, P>, InstanceError> {
        // A load and a store suffice: one thread at a time uses a handle (rule 7), so only a call
        // from inside a call meets `BUSY`. Small targets have no exchange.
        match self.state.load(Relaxed) {
            IDLE => {
                self.state.store(BUSY, Relaxed);
                Ok(Claim { instance: self })
            }
            BUSY => Err(InstanceError::Busy),
            _ => Err(InstanceError::Quarantined),
        }
    }

    /// Claims the instance for one call if it is idle: [`claim`](Self::claim) without a guard, for
    /// `run_tx`. A guard would keep the instance's address in a register across the call.
    /// [`end`](Self::end) takes it from the transaction instead.
    ///
    /// # Safety
    ///
    /// `this` points to a live instance of this very type.
    #[inline]
    pub(crate) unsafe fn begin(this: *mut Self) -> bool {
        // SAFETY: the instance lives, and the state is atomic, so a shared reference to it is sound
        // (rules 7 and 10).
        let state = unsafe { &(*this).state };
        if state.load(Relaxed) != IDLE {
            return false;
        }
        state.store(BUSY, Relaxed);
        true
    }

    /// The error buffer and the plugin of an instance in use by this call.
    ///
    /// # Safety
    ///
    /// [`begin`](Self::begin) returned true for `this`. The function is called once per call, and
    /// the caller drops both results before the call ends.
    #[inline]
    pub(crate) unsafe fn lend<'i, 'c>(this: NonNull<Self>) -> (HostErrorBuffer<'c>, &'i P) {
        // The cast keeps the provenance of the whole instance, which `end` needs.
        let buffer = this.cast::<RuntimeErrorBuf>();
        const { assert!(mem::offset_of!(Self, error_buffer) == 0) };
        // SAFETY: `new` initialised the buffer. It is behind a cell, and only the running call uses
        // it (rules 3 and 7).
        let error_buffer = unsafe { HostErrorBuffer::from_raw(buffer) };
        // SAFETY: the instance lives, so its field's address is in bounds; nothing is read
        // (rule 10).
        let plugin = unsafe { &raw const (*this.as_ptr()).plugin };
        // SAFETY: the running call alone reaches the cell, and takes shared references only
        // (rule 7).
        (error_buffer, unsafe { &*UnsafeCell::raw_get(plugin) })
    }

    /// Ends a call. A panic quarantines the instance.
    ///
    /// # Safety
    ///
    /// `error_buffer` is the buffer that [`lend`](Self::lend) gave out for the call.
    #[inline]
    pub(crate) unsafe fn end(error_buffer: *mut RuntimeErrorBuf, panicked: bool) {
        let this = error_buffer.cast::<Self>();
        // SAFETY: `lend` made the buffer's pointer from the instance's, at offset 0; the instance
        // lives until the call ends (rule 10).
        let state = unsafe { &(*this).state };
        state.store(if panicked { QUARANTINED } else { IDLE }, Relaxed);
    }

    /// Returns true if a call is running.
    pub(crate) fn is_busy(&self) -> bool {
        self.state.load(Relaxed) == BUSY
    }
}

/// An instance in use by one call. Dropped without [`release`](Self::release), as a panic does, it
/// quarantines the instance.
pub(crate) struct Claim<'i, P> {
    instance: &'i Instance<P>,
}

impl<P> Claim<'_, P> {
    /// The plugin.
    #[inline]
    pub(crate) fn plugin(&self) -> &P {
        // SAFETY: a claim is the only user of its instance, and the result borrows the claim
        // (rule 7).
        unsafe { &*self.instance.plugin.get() }
    }

    /// The plugin, for its last call.
    pub(crate) fn plugin_mut(&mut self) -> &mut P {
        // SAFETY: a claim is the only user of its instance, and the result borrows the claim
        // (rule 7).
        unsafe { &mut *self.instance.plugin.get() }
    }

    /// The error buffer for host calls.
    ///
    /// # Safety
    ///
    /// Called once per claim, and the result is not used after the claim.
    #[inline]
    pub(crate) unsafe fn error_buffer<'c>(&self) -> HostErrorBuffer<'c> {
        let buffer = NonNull::from_ref(&self.instance.error_buffer).cast();
        // SAFETY: `new` initialised the buffer. It is behind a cell, and only the claim's call uses
        // it (rules 3 and 7).
        unsafe { HostErrorBuffer::from_raw(buffer) }
    }

    /// Ends the call without quarantine.
    #[inline]
    pub(crate) fn release(self) {
        self.instance.state.store(IDLE, Relaxed);
        mem::forget(self);
    }
}

impl<P> Drop for Claim<'_, P> {
    fn drop(&mut self) {
        self.instance.state.store(QUARANTINED, Relaxed);
    }
}
