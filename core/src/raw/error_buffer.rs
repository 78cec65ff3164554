//! The error buffer that host calls write into.

use core::{fmt, marker::PhantomData, ptr::NonNull};

use crate::abi::{RuntimeErrorBuf, RuntimeErrorPhase};

/// The error buffer of host calls. It is a pointer and not a reference, because the host holds the
/// buffer while it runs (rule 3).
///
/// It is always initialised, because a host may set a length without writing a text.
pub struct HostErrorBuffer<'c> {
    buffer: NonNull<RuntimeErrorBuf>,
    borrow: PhantomData<&'c mut RuntimeErrorBuf>,
}

impl<'c> HostErrorBuffer<'c> {
    /// Lends a buffer to host calls.
    #[must_use]
    pub const fn new(buffer: &'c mut RuntimeErrorBuf) -> Self {
        Self { buffer: NonNull::from_mut(buffer), borrow: PhantomData }
    }

    /// # Safety
    ///
    /// `buffer` is initialised, and no other code uses it for `'c`.
    #[inline]
    pub(crate) const unsafe fn from_raw(buffer: NonNull<RuntimeErrorBuf>) -> Self {
        Self { buffer, borrow: PhantomData }
    }

    /// The report that the host wrote.
    #[must_use]
    pub fn report(&self) -> &RuntimeErrorBuf {
        // SAFETY: initialised, and used by this value alone for `'c`. A host call borrows `self`
        // mutably, so none runs now (rule 3).
        unsafe { self.buffer.as_ref() }
    }

    /// Removes the host's report, so that a later failure without a text does not repeat it.
    pub fn reset(&mut self, phase: RuntimeErrorPhase) {
        // SAFETY: initialised, and used by this value alone for `'c`. A host call borrows `self`
        // mutably, so none runs now (rule 3).
        let buffer = unsafe { self.buffer.as_mut() };
        (buffer.phase, buffer.kind, buffer.message_len) = (phase, RuntimeErrorBuf::RESET.kind, 0);
    }

    /// The same buffer for a shorter time.
    #[inline]
    pub const fn reborrow(&mut self) -> HostErrorBuffer<'_> {
        HostErrorBuffer { buffer: self.buffer, borrow: PhantomData }
    }

    /// The buffer's address.
    #[inline]
    pub(crate) const fn address(&self) -> *mut RuntimeErrorBuf {
        self.buffer.as_ptr()
    }

    #[inline]
    pub(crate) const fn as_ptr(&mut self) -> *mut RuntimeErrorBuf {
        self.buffer.as_ptr()
    }
}

impl fmt::Debug for HostErrorBuffer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HostErrorBuffer").field(self.report()).finish()
    }
}
