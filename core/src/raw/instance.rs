//! A plugin instance behind an opaque handle.

use core::{
    cell::UnsafeCell,
    ffi::c_void,
    mem,
    ptr::NonNull,
    sync::atomic::{AtomicU8, Ordering::Relaxed},
};

use super::error_buffer::HostErrorBuffer;
use crate::abi::RuntimeErrorBuf;

/// What a runtime handle points to: the plugin's own instance `P`, whether it is in use, and the
/// buffer for its host calls' errors.
///
/// The buffer lies here, and not on the stack of every call, because clearing 528 bytes costs more
/// than everything else that a call does.
#[repr(C)]
pub struct Instance<P> {
    /// First, so that its address is the instance's: see [`end`](Self::end).
    error_buffer: UnsafeCell<RuntimeErrorBuf>,
    state: AtomicU8,
    plugin: UnsafeCell<P>,
}

/// No call is running.
const IDLE: u8 = 0;
/// A call is running.
const BUSY: u8 = 1;
/// A call panicked; nobody knows what it left behind (rule 2).
const QUARANTINED: u8 = 2;

/// Why a call cannot use an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror_no_std::Error)]
pub(crate) enum InstanceError {
    #[error("runtime handle is null")]
    Null,
    #[error("the plugin instance is in the middle of a call; one call at a time")]
    Busy,
    #[error("the plugin instance panicked in an earlier call; destroy it and create a new one")]
    Quarantined,
}

impl InstanceError {
    /// Whether it is the plugin that is to blame, and not the caller.
    pub(crate) const fn is_quarantine(self) -> bool {
        matches!(self, Self::Quarantined)
    }
}

impl<P> Instance<P> {
    /// An idle instance.
    #[must_use]
    pub const fn new(plugin: P) -> Self {
        Self {
            state: AtomicU8::new(IDLE),
            error_buffer: UnsafeCell::new(RuntimeErrorBuf::RESET),
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
        // SAFETY: the caller's promise; everything that a call changes is behind a cell (rule 7).
        Ok(unsafe { this.as_ref() })
    }

    /// Claims the instance for one call.
    #[inline]
    pub(crate) fn claim(&self) -> Result<Claim<'_, P>, InstanceError> {
        // A load and a store and not an exchange: a handle is used by one thread at a time
        // (rule 7), so what is detected here is a call from inside a call; and small targets have
        // no exchange.
        match self.state.load(Relaxed) {
            IDLE => {
                self.state.store(BUSY, Relaxed);
                Ok(Claim { instance: self })
            }
            BUSY => Err(InstanceError::Busy),
            _ => Err(InstanceError::Quarantined),
        }
    }

    /// Claims the instance for one call, if it is idle: [`claim`](Self::claim) for `run_tx`,
    /// without a guard. The guard would keep the instance's address in a register across the call;
    /// [`end`](Self::end) finds it from the buffer that the transaction holds anyway.
    ///
    /// # Safety
    ///
    /// `this` points to a live instance of this very type.
    #[inline]
    pub(crate) unsafe fn begin(this: *mut Self) -> bool {
        // SAFETY: live, by the caller's promise; the state is atomic, and one thread at a time uses
        // a handle (rules 7 and 10).
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
    /// [`begin`](Self::begin) returned true for `this`, and this is called once for that call,
    /// whose end neither result outlives.
    #[inline]
    pub(crate) unsafe fn lend<'i, 'c>(this: NonNull<Self>) -> (HostErrorBuffer<'c>, &'i P) {
        // The buffer comes first: this keeps the pointer's right to reach the whole instance, which
        // `end` needs.
        let buffer = this.cast::<RuntimeErrorBuf>();
        const { assert!(mem::offset_of!(Self, error_buffer) == 0) };
        // SAFETY: initialised in `new`, behind a cell, and lent once per call, to this call alone
        // (rules 3 and 7).
        let error_buffer = unsafe { HostErrorBuffer::from_raw(buffer) };
        // SAFETY: live, by the caller's promise; computing a field's address reads nothing
        // (rule 10).
        let plugin = unsafe { &raw const (*this.as_ptr()).plugin };
        // SAFETY: behind a cell that only the call in progress reaches, and that lends it shared
        // only (rule 7).
        (error_buffer, unsafe { &*UnsafeCell::raw_get(plugin) })
    }

    /// Ends a call: in good order, or with a panic, which quarantines the instance.
    ///
    /// # Safety
    ///
    /// `error_buffer` is the buffer that [`lend`](Self::lend) gave out for the call.
    #[inline]
    pub(crate) unsafe fn end(error_buffer: *mut RuntimeErrorBuf, panicked: bool) {
        let this = error_buffer.cast::<Self>();
        // SAFETY: the buffer lies where its instance begins, and came with a pointer to all of it;
        // the instance lives (rule 10).
        let state = unsafe { &(*this).state };
        state.store(if panicked { QUARANTINED } else { IDLE }, Relaxed);
    }

    /// Whether a call is running.
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
        // SAFETY: the claim is the only user, and lends it out by its own borrow (rule 7).
        unsafe { &*self.instance.plugin.get() }
    }

    /// The plugin, for its last call.
    pub(crate) fn plugin_mut(&mut self) -> &mut P {
        // SAFETY: the claim is the only user, and lends it out by its own borrow (rule 7).
        unsafe { &mut *self.instance.plugin.get() }
    }

    /// The buffer for host calls' errors, for a time no longer than the claim's.
    ///
    /// # Safety
    ///
    /// Asked for once per claim, and not used after it.
    #[inline]
    pub(crate) unsafe fn error_buffer<'c>(&self) -> HostErrorBuffer<'c> {
        let buffer = NonNull::from_ref(&self.instance.error_buffer).cast();
        // SAFETY: initialised in `new`, behind a cell, and the claim's alone (rules 3 and 7).
        unsafe { HostErrorBuffer::from_raw(buffer) }
    }

    /// Ends the call in good order.
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
