//! The block that a host's context points to: it decides whether a plugin's call may go on to the host.

use core::{
    cell::UnsafeCell,
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
use crate::abi::{RuntimeErrorBuf, RuntimeErrorPhase};

/// Stands between a plugin and a [`Host`], as long as the plugin's runtime handle lives (rules 3 and 5).
///
/// A context that a plugin kept points here and not to the host, so that it can be refused: after the call that lent it, from another thread,
/// or while a record is lent. The state lies outside the host and is looked at before a reference to the host is made.
///
/// It is pinned, because contexts hold its address: `pin!(HostGate::new())` without an allocator, `Arc::pin(HostGate::new())` with one.
///
/// # Safety
///
/// Where the target has no compare-exchange (Armv6-M, `cfg(not(target_has_atomic = "8"))`), a gate is acquired by a load and a store. Whoever builds an
/// image for such a target promises that no two runtimes are created on one gate at the same time, one of them in an interrupt, say. On all
/// other targets nothing is asked.
pub struct HostGate<H> {
    host: AtomicPtr<H>,
    /// The thread that it is open for, and whether the host is lent, in one number, so that one comparison finds both in order.
    state: AtomicUsize,
    /// How many read and key visitors run, one inside the other, and one more while invariants are validated: with any, nobody writes.
    readers: AtomicUsize,
    /// The phase of the calls that it lets through: `RunTx`, but while invariants are validated.
    phase: AtomicU32,
    /// Whether a runtime has it.
    acquired: Acquired,
    /// For the errors of that runtime's calls. Here, because here it never moves; nobody else touches it.
    error: UnsafeCell<RuntimeErrorBuf>,
    _pinned: PhantomPinned,
}

// SAFETY: the error buffer is the runtime's that has acquired the gate, which only one can (see `acquire`), and that one is used by one thread at a time;
// the rest is atomic (rule 7).
unsafe impl<H> Sync for HostGate<H> {}

/// Closed. An open gate's number has its lowest bit set, so memory that was zeroed is closed, too.
const CLOSED: usize = 0;

/// In addition to a thread's number: the gate is open.
const OPEN: usize = 0b01;

/// In addition to a thread's number: the host is working on a write, maybe inside a create or update visitor, and nobody may call.
const LENT: usize = 0b10;

/// What thread numbers keep free.
const FREE: usize = 0b11;

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
            state: AtomicUsize::new(CLOSED),
            readers: AtomicUsize::new(0),
            phase: AtomicU32::new(RuntimeErrorPhase::RunTx.0),
            acquired: Acquired(AtomicBool::new(false)),
            error: UnsafeCell::new(RuntimeErrorBuf::RESET),
            _pinned: PhantomPinned,
        }
    }

    /// Takes the gate for one runtime, unless another has it: two that open it could lend each other's hosts.
    #[cfg(target_has_atomic = "8")]
    pub(super) fn acquire(&self) -> bool {
        !self.acquired.0.swap(true, Acquire)
    }

    /// Takes the gate for one runtime, unless another has it. Without compare-exchange nobody else does so meanwhile, as the docs of
    /// [`HostGate`] ask of the image.
    #[cfg(not(target_has_atomic = "8"))]
    pub(super) fn acquire(&self) -> bool {
        let free = !self.acquired.0.load(Acquire);
        self.acquired.0.store(true, Relaxed);
        free
    }

    /// The buffer for errors; the runtime's that has acquired the gate.
    #[inline]
    pub(super) const fn error(&self) -> *mut RuntimeErrorBuf {
        self.error.get()
    }

    /// Leaves the gate to another runtime.
    pub(super) fn release(&self) {
        self.acquired.0.store(false, Release);
    }

    /// Lets calls through to the host while `body` runs; it gets the address for the context.
    #[inline]
    pub(super) fn open<R>(
        self: Pin<&Self>,
        host: &mut H,
        body: impl FnOnce(*mut c_void) -> R,
    ) -> R {
        self.with_open(host, body)
    }

    /// Lets reads through to the host while `body` runs; it gets the address for the context.
    pub(super) fn open_for_reading<R>(
        self: Pin<&Self>,
        host: &H,
        body: impl FnOnce(*mut c_void) -> R,
    ) -> R {
        let _reading = Reading::begin(&self.readers);
        let _validating = Validating::begin(&self.phase);
        // Never written through: while somebody reads, only shared references are made of it.
        self.with_open(ptr::from_ref(host).cast_mut(), body)
    }

    #[inline]
    fn with_open<R>(self: Pin<&Self>, host: *mut H, body: impl FnOnce(*mut c_void) -> R) -> R {
        let gate = self.get_ref();
        gate.host.store(host, Relaxed);
        gate.state.store(current_thread::<H>(), Relaxed);
        let _close = Close(&gate.state);
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
        // SAFETY: the caller's promise; everything in a gate is atomic or behind a cell (rules 5 and 7).
        Ok(unsafe { gate.as_ref() })
    }

    /// The phase that an error of a reading call is reported in.
    #[inline]
    pub(super) fn phase(&self) -> RuntimeErrorPhase {
        RuntimeErrorPhase(self.phase.load(Relaxed))
    }

    /// Makes a reading call of the host.
    #[inline]
    pub(super) fn read<R>(&self, call: impl FnOnce(&H) -> R) -> Result<R, GateError> {
        if self.state.load(Relaxed) != current_thread::<H>() {
            return Err(self.refusal());
        }
        let _reading = Reading::begin(&self.readers);
        // SAFETY: the gate is open on this thread, so `with_open` holds the host alive; no `&mut H` exists, because while one does the host is
        // lent (rules 3 and 5).
        Ok(call(unsafe { &*self.host.load(Relaxed) }))
    }

    /// Makes a writing call of the host.
    #[inline]
    pub(super) fn write<R>(&self, call: impl FnOnce(&mut H) -> R) -> Result<R, GateError> {
        if self.state.load(Relaxed) != current_thread::<H>() || self.readers.load(Relaxed) != 0 {
            return Err(self.refusal());
        }
        let _lent = Lending::begin(&self.state);
        // SAFETY: the gate is open on this thread, so `with_open` holds the host alive and mutably borrowed; no other reference to it
        // exists, because while one does somebody reads or the host is lent (rules 3 and 5).
        Ok(call(unsafe { &mut *self.host.load(Relaxed) }))
    }

    #[cold]
    fn refusal(&self) -> GateError {
        match self.state.load(Relaxed) {
            CLOSED => GateError::Closed,
            state if state & !LENT != current_thread::<H>() => GateError::Thread,
            state if state & LENT != 0 => GateError::Lent,
            _ => GateError::ReadOnly,
        }
    }
}

/// The number of this thread, as the state of a gate that is open for it.
#[inline]
fn current_thread<H: Host>() -> usize {
    (H::thread_token() & !FREE) | OPEN
}

/// Whether a runtime has the gate.
///
/// A runtime that was leaked, with `mem::forget` say, never releases its gate. A plugin may have
/// kept the gate's address, so the process ends before the memory is used for something else.
/// This is a type without parameters, so that a gate may outlive what its host borrows.
struct Acquired(AtomicBool);

impl Drop for Acquired {
    fn drop(&mut self) {
        if *self.0.get_mut() {
            abort();
        }
    }
}

/// Ends the process: a panic does not leave a function of the C ABI.
#[cold]
extern "C" fn abort() {
    panic!("a host gate was dropped while a leaked plugin runtime has it");
}

impl<H: Host> Default for HostGate<H> {
    fn default() -> Self {
        Self::new()
    }
}

/// Closes the gate when a call of the plugin ends, in whatever way.
struct Close<'g>(&'g AtomicUsize);

impl Drop for Close<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.store(CLOSED, Relaxed);
    }
}

// What follows changes one word by a load and a store, which is one instruction and no exchange: one thread at a time gets here (rule 7).

/// One more that reads, until the call ends, in whatever way.
struct Reading<'g>(&'g AtomicUsize);

impl<'g> Reading<'g> {
    #[inline]
    fn begin(readers: &'g AtomicUsize) -> Self {
        readers.store(readers.load(Relaxed).wrapping_add(1), Relaxed);
        Self(readers)
    }
}

impl Drop for Reading<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.store(self.0.load(Relaxed).wrapping_sub(1), Relaxed);
    }
}

/// Invariants are validated, until the call ends, in whatever way.
struct Validating<'g>(&'g AtomicU32);

impl<'g> Validating<'g> {
    fn begin(phase: &'g AtomicU32) -> Self {
        phase.store(RuntimeErrorPhase::ValidateBizInvariants.0, Relaxed);
        Self(phase)
    }
}

impl Drop for Validating<'_> {
    fn drop(&mut self) {
        self.0.store(RuntimeErrorPhase::RunTx.0, Relaxed);
    }
}

/// The host is lent, until the call ends, in whatever way.
struct Lending<'g>(&'g AtomicUsize);

impl<'g> Lending<'g> {
    #[inline]
    fn begin(state: &'g AtomicUsize) -> Self {
        state.store(state.load(Relaxed) | LENT, Relaxed);
        Self(state)
    }
}

impl Drop for Lending<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.store(self.0.load(Relaxed) & !LENT, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use core::mem::MaybeUninit;

    use super::{GateError, HostGate};
    use crate::fixed_store::FixedStore;

    /// Memory that was given back and zeroed, under a context that a plugin kept.
    #[test]
    fn zeroed_memory_is_a_closed_gate() {
        let gate = MaybeUninit::<HostGate<FixedStore<'_>>>::zeroed();
        // SAFETY: zero is a valid value of every atomic, of a null pointer in one, and of an error
        // buffer (rule 1).
        let gate = unsafe { gate.assume_init_ref() };
        assert_eq!(gate.read(|_| ()), Err(GateError::Closed));
        assert_eq!(gate.write(|_| ()), Err(GateError::Closed));
    }
}
