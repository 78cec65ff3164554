//! The block that a host's context points to. It decides whether a plugin's call reaches the host.

use core::{
    cell::UnsafeCell,
    ffi::c_void,
    marker::PhantomPinned,
    pin::Pin,
    ptr,
    sync::atomic::{AtomicPtr, AtomicU32, AtomicUsize, Ordering::Relaxed},
};

use super::Host;
use super::gate_guards::{Acquired, CLOSED, Close, LENT, Lending, OPEN, Reading, Validating};
use crate::abi::{RuntimeErrorBuf, RuntimeErrorPhase};

/// Stands between a plugin and a [`Host`] as long as the plugin's runtime handle lives
/// (rules 3 and 5).
///
/// A plugin's context points to the gate and not to the host. So the gate can refuse a context that
/// the plugin kept after its call, carried to another thread, or uses while a record is lent. Its
/// state lies outside the host, and is read before a reference to the host is made.
///
/// A gate is pinned, because contexts hold its address: `pin!(HostGate::new())` without an
/// allocator, `Arc::pin(HostGate::new())` with one.
///
/// On targets without compare-exchange (Armv6-M, `cfg(not(target_has_atomic = "8"))`) the feature
/// `critical-section` guards the claim of a gate by a runtime. Without the feature
/// [`new`](Self::new) is `unsafe` there.
pub struct HostGate<H> {
    host: AtomicPtr<H>,
    /// The token of the thread that the gate is open for, with the bits [`OPEN`] and [`LENT`]: one
    /// comparison checks all three.
    state: AtomicUsize,
    /// Running read and key visitors, and one more while invariants are validated. Writes are
    /// refused unless it is 0.
    readers: AtomicUsize,
    /// `RunTx`, or `ValidateBizInvariants` while invariants are validated.
    phase: AtomicU32,
    acquired: Acquired,
    /// Error buffer of the runtime that acquired the gate. It lies here because a gate never moves.
    error: UnsafeCell<RuntimeErrorBuf>,
    _pinned: PhantomPinned,
}

// SAFETY: only the runtime that acquired the gate reaches the error buffer. `acquire` lets one
// runtime alone acquire it, or the caller of `new` promised so, and one thread at a time uses a
// runtime. All other fields are atomic (rule 7).
unsafe impl<H> Sync for HostGate<H> {}

/// The bits that a thread's token leaves free.
const STATE_BITS: usize = OPEN | LENT;

/// Reasons to refuse a call before it reaches the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GateError {
    Null,
    Closed,
    Thread,
    ReadOnly,
    Lent,
}

impl GateError {
    /// Returns true if the plugin broke a rule that its author can break by mistake (kind 4001),
    /// and not the binary contract (kind 1).
    pub(crate) const fn is_refusal(self) -> bool {
        matches!(self, Self::ReadOnly | Self::Lent)
    }

    pub(crate) const fn text(self) -> &'static str {
        match self {
            _ if cfg!(feature = "terse") => self.short_text(),
            Self::Null => "host context is null",
            Self::Closed => "host context used after the call that it was lent to has returned",
            Self::Thread => "host context used by another thread than the one that it was lent to",
            Self::ReadOnly => {
                "write refused: inside a read or key visitor, and while invariants are validated, \
                 the state is read-only"
            }
            Self::Lent => {
                "host call refused: inside a create or update visitor no host call is legal"
            }
        }
    }

    const fn short_text(self) -> &'static str {
        match self {
            Self::Null => "null context",
            Self::Closed => "stale context",
            Self::Thread => "wrong thread",
            Self::ReadOnly => "state is read-only",
            Self::Lent => "record is lent",
        }
    }
}

impl<H: Host> HostGate<H> {
    /// A closed gate.
    #[cfg(any(target_has_atomic = "8", feature = "critical-section"))]
    #[must_use]
    pub const fn new() -> Self {
        Self::closed()
    }

    /// A closed gate.
    ///
    /// # Safety
    ///
    /// No two runtimes are created on the gate at the same time, as by an interrupt. The feature
    /// `critical-section` makes this function safe.
    #[cfg(not(any(target_has_atomic = "8", feature = "critical-section")))]
    #[must_use]
    pub const unsafe fn new() -> Self {
        Self::closed()
    }

    const fn closed() -> Self {
        Self {
            host: AtomicPtr::new(ptr::null_mut()),
            state: AtomicUsize::new(CLOSED),
            readers: AtomicUsize::new(0),
            phase: AtomicU32::new(RuntimeErrorPhase::RunTx.0),
            acquired: Acquired::no(),
            error: UnsafeCell::new(RuntimeErrorBuf::cleared()),
            _pinned: PhantomPinned,
        }
    }

    /// Acquires the gate for a runtime, unless another has it: two runtimes on one gate could lend
    /// each other's hosts.
    pub(super) fn acquire(&self) -> bool {
        self.acquired.claim()
    }

    /// Releases the gate, so that another runtime can acquire it.
    pub(super) fn release(&self) {
        self.acquired.release();
    }

    /// The error buffer of the runtime that acquired the gate.
    #[inline]
    pub(super) const fn error(&self) -> *mut RuntimeErrorBuf {
        self.error.get()
    }

    /// Lets calls through to the host while `body` runs. `body` gets the address for the context.
    #[inline]
    pub(super) fn open<R>(
        self: Pin<&Self>,
        host: &mut H,
        body: impl FnOnce(*mut c_void) -> R,
    ) -> R {
        self.with_open(host, body)
    }

    /// Lets reads through to the host while `body` runs. `body` gets the address for the context.
    pub(super) fn open_for_reading<R>(
        self: Pin<&Self>,
        host: &H,
        body: impl FnOnce(*mut c_void) -> R,
    ) -> R {
        let _reading = Reading::begin(&self.readers);
        let _validating = Validating::begin(&self.phase);
        // No write goes through this pointer: while `readers` is above 0, `begin_write` refuses.
        self.with_open(ptr::from_ref(host).cast_mut(), body)
    }

    #[inline]
    fn with_open<R>(self: Pin<&Self>, host: *mut H, body: impl FnOnce(*mut c_void) -> R) -> R {
        let gate = self.get_ref();
        gate.host.store(host, Relaxed);
        gate.state.store(open_for_this_thread::<H>(), Relaxed);
        let _close = Close(&gate.state);
        body(ptr::from_ref(gate).cast_mut().cast())
    }

    /// The gate behind a foreign context; `None` for a null pointer.
    ///
    /// # Safety
    ///
    /// A non-null `ctx` is the address of a live gate of this very type.
    #[inline]
    pub(super) unsafe fn from_context<'g>(ctx: *const c_void) -> Option<&'g Self> {
        // SAFETY: null, or a live gate of this type. A shared reference may stand beside the
        // runtime's, because every field is atomic or a cell (rules 5 and 7).
        unsafe { ctx.cast::<Self>().as_ref() }
    }

    /// The phase in which an error of a reading call is reported.
    #[inline]
    pub(super) fn phase(&self) -> RuntimeErrorPhase {
        RuntimeErrorPhase(self.phase.load(Relaxed))
    }

    /// The host, for a reading call.
    #[inline]
    pub(super) fn begin_read(&self) -> Result<ReadHost<'_, H>, GateError> {
        if self.state.load(Relaxed) != open_for_this_thread::<H>() {
            return Err(self.refusal());
        }
        Ok(ReadHost { host: &self.host, _reading: Reading::begin(&self.readers) })
    }

    /// The host, for a writing call.
    #[inline]
    pub(super) fn begin_write(&self) -> Result<LentHost<'_, H>, GateError> {
        if self.state.load(Relaxed) != open_for_this_thread::<H>()
            || self.readers.load(Relaxed) != 0
        {
            return Err(self.refusal());
        }
        Ok(LentHost { host: &self.host, _lending: Lending::begin(&self.state) })
    }

    #[cold]
    fn refusal(&self) -> GateError {
        match self.state.load(Relaxed) {
            CLOSED => GateError::Closed,
            state if state & !LENT != open_for_this_thread::<H>() => GateError::Thread,
            state if state & LENT != 0 => GateError::Lent,
            _ => GateError::ReadOnly,
        }
    }
}

/// The host during a reading call.
pub(super) struct ReadHost<'g, H> {
    host: &'g AtomicPtr<H>,
    _reading: Reading<'g>,
}

impl<H> ReadHost<'_, H> {
    #[inline]
    pub(super) fn get(&self) -> &H {
        // SAFETY: the gate is open for this thread, so `with_open` is running and its caller holds
        // the host. `LENT` was not set, so no `LentHost` lives (rules 3 and 5).
        unsafe { &*self.host.load(Relaxed) }
    }
}

/// The host during a writing call.
pub(super) struct LentHost<'g, H> {
    host: &'g AtomicPtr<H>,
    _lending: Lending<'g>,
}

impl<H> LentHost<'_, H> {
    #[inline]
    pub(super) fn get(&mut self) -> &mut H {
        // SAFETY: the gate is open for this thread, so `with_open` is running; `readers` is 0, so
        // `open` lent it the host mutably, and no `ReadHost` lives. `LENT` was not set, so no other
        // `LentHost` lives (rules 3 and 5).
        unsafe { &mut *self.host.load(Relaxed) }
    }
}

/// The state of a gate that is open for the current thread, without a writing call.
#[inline]
fn open_for_this_thread<H: Host>() -> usize {
    (H::thread_token() & !STATE_BITS) | OPEN
}

#[cfg(any(target_has_atomic = "8", feature = "critical-section"))]
impl<H: Host> Default for HostGate<H> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use core::mem::MaybeUninit;

    use super::{GateError, HostGate};
    use crate::fixed_store::FixedStore;

    /// A plugin kept a context whose memory was freed and zeroed meanwhile.
    #[test]
    fn zeroed_memory_is_a_closed_gate() {
        let gate = MaybeUninit::<HostGate<FixedStore<'_>>>::zeroed();
        // SAFETY: zero is a valid value of every atomic, of a null pointer in one, and of an error
        // buffer (rule 1).
        let gate = unsafe { gate.assume_init_ref() };
        assert_eq!(gate.begin_read().map(drop), Err(GateError::Closed));
        assert_eq!(gate.begin_write().map(drop), Err(GateError::Closed));
    }
}
