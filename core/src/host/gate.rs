//! The block that a host's context points to: it decides whether a plugin's call may go on to the host.

use core::{
    ffi::c_void,
    marker::PhantomPinned,
    pin::Pin,
    ptr::{self, NonNull},
    sync::atomic::{
        AtomicBool, AtomicPtr, AtomicU32, AtomicUsize,
        Ordering::{Acquire, Relaxed, Release},
    },
};

use super::Host;
use crate::abi::RuntimeErrorPhase;

/// Stands between a plugin and a [`Host`], as long as the plugin's runtime handle lives (rules 3 and 5).
///
/// A context that a plugin kept points here and not to the host, so that it can be refused: after the call that lent it, from another thread,
/// or while a record is lent. The state lies outside the host and is looked at before a reference to the host is made.
///
/// It is pinned, because contexts hold its address: `pin!(HostGate::new())` without an allocator, `Arc::pin(HostGate::new())` with one.
pub struct HostGate<H> {
    host: AtomicPtr<H>,
    /// The thread that it is open for; nobody when it is closed. Thread and state are one number each, so that one comparison finds both in order.
    owner: AtomicUsize,
    /// The thread that may read now; nobody while the host is working on a write, maybe inside a create or update visitor.
    reader: AtomicUsize,
    /// The thread that may write now; nobody, too, while a read or key visitor runs or invariants are validated.
    writer: AtomicUsize,
    phase: AtomicU32,
    /// Whether a runtime has it.
    taken: AtomicBool,
    _pinned: PhantomPinned,
}

/// No thread: the lowest bit of every thread's number is set.
const NOBODY: usize = 0;

/// Why a call may not go on to the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror_no_std::Error)]
pub(crate) enum GateError {
    #[error("host context is null")]
    Null,
    #[error("host context used after the call that it was lent to has returned")]
    Closed,
    #[error("host context used by another thread than the one that it was lent to")]
    Thread,
    #[error(
        "write refused: inside a read or key visitor, and while invariants are validated, the state is read-only"
    )]
    ReadOnly,
    #[error("host call refused: inside a create or update visitor no host call is legal")]
    Lent,
}

impl GateError {
    /// Whether the plugin broke a rule that a plugin author can break by mistake (4001), and not the binary contract (1).
    pub(crate) const fn is_refusal(self) -> bool {
        matches!(self, Self::ReadOnly | Self::Lent)
    }
}

impl<H: Host> HostGate<H> {
    /// A closed gate.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            host: AtomicPtr::new(ptr::null_mut()),
            owner: AtomicUsize::new(NOBODY),
            reader: AtomicUsize::new(NOBODY),
            writer: AtomicUsize::new(NOBODY),
            phase: AtomicU32::new(RuntimeErrorPhase::Load.0),
            taken: AtomicBool::new(false),
            _pinned: PhantomPinned,
        }
    }

    /// Takes the gate for one runtime, unless another has it: two that open it could lend each other's hosts.
    #[cfg(target_has_atomic = "8")]
    pub(super) fn take(&self) -> bool {
        !self.taken.swap(true, Acquire)
    }

    /// Takes the gate for one runtime, unless another has it. Without compare-exchange there is one thread.
    #[cfg(not(target_has_atomic = "8"))]
    pub(super) fn take(&self) -> bool {
        let free = !self.taken.load(Acquire);
        self.taken.store(true, Relaxed);
        free
    }

    /// Leaves the gate to another runtime.
    pub(super) fn leave(&self) {
        self.taken.store(false, Release);
    }

    /// Lets calls through to the host while `body` runs; it gets the address for the context.
    #[inline]
    pub(super) fn open<R>(
        self: Pin<&Self>,
        host: &mut H,
        body: impl FnOnce(*mut c_void) -> R,
    ) -> R {
        self.pass(host, here::<H>(), RuntimeErrorPhase::RunTx, body)
    }

    /// Lets reads through to the host while `body` runs; it gets the address for the context.
    pub(super) fn open_for_reading<R>(
        self: Pin<&Self>,
        host: &H,
        body: impl FnOnce(*mut c_void) -> R,
    ) -> R {
        // Never written through: without a writer only shared references are made of it.
        let host = ptr::from_ref(host).cast_mut();
        self.pass(host, NOBODY, RuntimeErrorPhase::ValidateBizInvariants, body)
    }

    #[inline]
    fn pass<R>(
        self: Pin<&Self>,
        host: *mut H,
        writer: usize,
        phase: RuntimeErrorPhase,
        body: impl FnOnce(*mut c_void) -> R,
    ) -> R {
        let gate = self.get_ref();
        gate.host.store(host, Relaxed);
        gate.phase.store(phase.0, Relaxed);
        gate.owner.store(here::<H>(), Relaxed);
        gate.permit(here::<H>(), writer);
        let _close = Close(gate);
        body(ptr::from_ref(gate).cast_mut().cast())
    }

    /// The gate behind a foreign context.
    ///
    /// # Safety
    ///
    /// A non-null `ctx` is the address of a live gate of this very type.
    #[inline]
    pub(super) unsafe fn from_context<'g>(ctx: *const c_void) -> Result<&'g Self, GateError> {
        let gate = NonNull::new(ctx.cast_mut().cast::<Self>()).ok_or(GateError::Null)?;
        // SAFETY: the caller's promise; a gate consists of atomics (rules 5 and 7).
        Ok(unsafe { gate.as_ref() })
    }

    /// Makes a reading call of the host.
    #[inline]
    pub(super) fn read<R>(&self, call: impl FnOnce(&H) -> R) -> Result<R, GateError> {
        if self.reader.load(Relaxed) != here::<H>() {
            return Err(self.refusal());
        }
        let writer = self.writer.load(Relaxed);
        self.writer.store(NOBODY, Relaxed);
        let _restore = RestoreWriter { gate: self, writer };
        // SAFETY: the gate is open on this thread, so `pass` holds the host alive; no `&mut H` exists, because while one does there
        // is no reader (rules 3 and 5).
        Ok(call(unsafe { &*self.host.load(Relaxed) }))
    }

    /// Makes a writing call of the host.
    #[inline]
    pub(super) fn write<R>(&self, call: impl FnOnce(&mut H) -> R) -> Result<R, GateError> {
        if self.writer.load(Relaxed) != here::<H>() {
            return Err(self.refusal());
        }
        self.permit(NOBODY, NOBODY);
        let _restore = RestoreBoth(self);
        // SAFETY: the gate is open on this thread, so `pass` holds the host alive and mutably borrowed; no other reference to it
        // exists, because while one does there is no writer (rules 3 and 5).
        Ok(call(unsafe { &mut *self.host.load(Relaxed) }))
    }

    /// The part of the plugin's life that the gate is open for; errors of its calls say so.
    pub(super) fn phase(&self) -> RuntimeErrorPhase {
        RuntimeErrorPhase(self.phase.load(Relaxed))
    }

    #[cold]
    fn refusal(&self) -> GateError {
        match self.owner.load(Relaxed) {
            NOBODY => GateError::Closed,
            owner if owner != here::<H>() => GateError::Thread,
            owner if self.reader.load(Relaxed) == owner => GateError::ReadOnly,
            _ => GateError::Lent,
        }
    }

    #[inline]
    fn permit(&self, reader: usize, writer: usize) {
        self.reader.store(reader, Relaxed);
        self.writer.store(writer, Relaxed);
    }
}

/// The number of this thread.
#[inline]
fn here<H: Host>() -> usize {
    H::thread_token() | 1
}

impl<H: Host> Default for HostGate<H> {
    fn default() -> Self {
        Self::new()
    }
}

/// Restores who may write when a reading call ends, in whatever way.
struct RestoreWriter<'g, H: Host> {
    gate: &'g HostGate<H>,
    writer: usize,
}

impl<H: Host> Drop for RestoreWriter<'_, H> {
    #[inline]
    fn drop(&mut self) {
        self.gate.writer.store(self.writer, Relaxed);
    }
}

/// Lets the thread read and write again when a writing call ends, in whatever way: it could before.
struct RestoreBoth<'g, H: Host>(&'g HostGate<H>);

impl<H: Host> Drop for RestoreBoth<'_, H> {
    #[inline]
    fn drop(&mut self) {
        self.0.permit(here::<H>(), here::<H>());
    }
}

/// Closes the gate when a call of the plugin ends, in whatever way.
struct Close<'g, H: Host>(&'g HostGate<H>);

impl<H: Host> Drop for Close<'_, H> {
    #[inline]
    fn drop(&mut self) {
        self.0.owner.store(NOBODY, Relaxed);
        self.0.permit(NOBODY, NOBODY);
    }
}
