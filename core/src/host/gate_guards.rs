//! Guards that set a part of a gate's state and reset it when dropped, also while a panic unwinds.

use core::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::Relaxed};

use crate::{abi::RuntimeErrorPhase, boundary::claim};

/// State of a closed gate. The state of an open one has its lowest bit set, so zeroed memory is a
/// closed gate.
pub(super) const CLOSED: usize = 0;

/// Bit of the state, beside a thread's token: the gate is open.
pub(super) const OPEN: usize = 0b01;

/// Bit of the state, beside a thread's token: a writing call runs, and maybe its visitor.
pub(super) const LENT: usize = 0b10;

/// True while a runtime has the gate.
///
/// A leaked runtime (`mem::forget`) never releases its gate, and its plugin may have kept the
/// gate's address. So dropping such a gate ends the process before the memory gets another use. The
/// type has no parameters, so that a gate may outlive what its host borrows.
pub(super) struct Acquired(AtomicBool);

impl Acquired {
    pub(super) const fn no() -> Self {
        Self(AtomicBool::new(false))
    }

    /// Acquires the gate, if no runtime has it.
    pub(super) fn claim(&self) -> bool {
        claim::claim(&self.0)
    }

    pub(super) fn release(&self) {
        claim::release(&self.0);
    }
}

impl Drop for Acquired {
    #[inline]
    fn drop(&mut self) {
        if *self.0.get_mut() {
            abort();
        }
    }
}

/// Ends the process: a panic does not leave a function of the C ABI.
#[cold]
#[inline(never)]
extern "C" fn abort() {
    panic!("a host gate was dropped while a leaked plugin runtime has it");
}

/// Closes the gate when dropped.
pub(super) struct Close<'g>(pub(super) &'g AtomicUsize);

impl Drop for Close<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.store(CLOSED, Relaxed);
    }
}

// The guards below change a word by a load and a store. One thread at a time runs this code
// (rule 7), so no exchange is needed.

/// Counts one reader until it is dropped.
pub(super) struct Reading<'g>(&'g AtomicUsize);

impl<'g> Reading<'g> {
    #[inline]
    pub(super) fn begin(readers: &'g AtomicUsize) -> Self {
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

/// Sets the phase to the validation of invariants until it is dropped.
pub(super) struct Validating<'g>(&'g AtomicU32);

impl<'g> Validating<'g> {
    pub(super) fn begin(phase: &'g AtomicU32) -> Self {
        phase.store(RuntimeErrorPhase::ValidateBizInvariants.0, Relaxed);
        Self(phase)
    }
}

impl Drop for Validating<'_> {
    fn drop(&mut self) {
        self.0.store(RuntimeErrorPhase::RunTx.0, Relaxed);
    }
}

/// Marks the host as lent until it is dropped.
pub(super) struct Lending<'g>(&'g AtomicUsize);

impl<'g> Lending<'g> {
    #[inline]
    pub(super) fn begin(state: &'g AtomicUsize) -> Self {
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
