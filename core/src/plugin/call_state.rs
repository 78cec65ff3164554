//! The state of one call of a plugin, which [`Tx`](super::Tx) and
//! [`ReadContext`](super::ReadContext) share.

use core::{ffi::c_void, marker::PhantomData, ptr::NonNull};

use crate::{
    abi::{RuntimeErrorBuf, RuntimeErrorPhase, runtime_error_kind::ABI_CONTRACT_VIOLATION},
    boundary::{ErrorSlot, ErrorWritten, fail},
    raw::{HostCallError, HostCaller, HostErrorBuffer, ReadTable},
};

/// The host's table, the buffer for the host's errors, and the slot for this call's own error.
///
/// The fields of a [`ReadTable`] and an [`ErrorSlot`] lie side by side, and their two `u32` are
/// stored as 16 bits each: one store of an immediate value writes both.
#[derive(Debug)]
pub struct CallState<'c> {
    ctx: *mut c_void,
    entries: NonNull<()>,
    error_buffer: HostErrorBuffer<'c>,
    buffer: *mut RuntimeErrorBuf,
    for_each_at: u16,
    phase: u16,
    call: PhantomData<(ReadTable<'c>, ErrorSlot<'c>)>,
}

impl<'c> CallState<'c> {
    #[inline]
    pub(super) const fn new(
        table: ReadTable<'c>,
        error_buffer: HostErrorBuffer<'c>,
        error: ErrorSlot<'c>,
    ) -> Self {
        let (ctx, entries, for_each_at) = table.into_raw_parts();
        let (buffer, phase) = error.into_raw_parts();
        // Both are constants of this crate and small: an offset into a table, and a phase.
        let (for_each_at, phase) = (for_each_at as u16, phase.0 as u16);
        Self { ctx, entries, error_buffer, buffer, for_each_at, phase, call: PhantomData }
    }

    #[inline]
    pub(super) const fn error(&self) -> ErrorSlot<'c> {
        // SAFETY: `new` took buffer and phase from a slot of `'c`, and `'c` has not ended (rule 9).
        unsafe { ErrorSlot::from_raw(self.buffer, self.phase()) }
    }

    #[inline]
    pub(super) const fn table(&self) -> ReadTable<'c> {
        // SAFETY: `new` took all three from one table, which the host lends for `'c` (rule 10).
        unsafe { ReadTable::from_raw_parts(self.ctx, self.entries, self.for_each_at as u32) }
    }

    const fn phase(&self) -> RuntimeErrorPhase {
        RuntimeErrorPhase(self.phase as u32)
    }

    /// The address of the buffer for host errors, where the instance begins, too.
    #[inline]
    pub(super) const fn error_buffer_address(&self) -> *mut RuntimeErrorBuf {
        self.error_buffer.address()
    }
}

/// A failed host call becomes the failure of this call: the host's own kind and text, or how it
/// broke the contract (kind 1).
impl<'c> HostCaller for CallState<'c> {
    type Failure = ErrorWritten<'c>;

    #[inline]
    fn error_buffer(&mut self) -> HostErrorBuffer<'_> {
        self.error_buffer.reborrow()
    }

    #[cold]
    #[inline(never)]
    fn failed(&mut self, error: HostCallError) -> ErrorWritten<'c> {
        let written = match error {
            HostCallError::Reported { call } => return self.reported(call),
            HostCallError::Contract(violation) => {
                self.error().fail_with(ABI_CONTRACT_VIOLATION, &violation)
            }
            HostCallError::Refused(error) => self.error().fail_with(ABI_CONTRACT_VIOLATION, &error),
        };
        // The host may have written a text, too. A later failure without one must not repeat it.
        self.error_buffer.reset(self.phase());
        written
    }

    #[cold]
    fn reported(&mut self, call: &'static str) -> ErrorWritten<'c> {
        let report = self.error_buffer.report();
        let written = if report.message().is_empty() {
            let (error, kind) = (self.error(), report.kind);
            fail!(error, kind, "no reason given", "{call} failed and gave no reason")
        } else {
            self.error().pass_on(report)
        };
        self.error_buffer.reset(self.phase());
        written
    }
}

/// A type that holds a [`CallState`]: a transaction or a read context.
pub trait HasCallState<'c> {
    /// The state. The argument keeps other modules from exchanging one state for another.
    fn call_state(&mut self, seal: Seal) -> &mut CallState<'c>;
}

/// Argument of [`HasCallState::call_state`]. A bound on the trait makes its method callable in any
/// crate, but only `plugin` can make a value of this type.
#[derive(Debug, Clone, Copy)]
pub struct Seal(());

impl Seal {
    pub(super) const OPEN: Self = Self(());
}
