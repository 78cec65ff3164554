//! A command whose payload has been checked.

use core::{marker::PhantomData, ptr, slice};

use super::{bytes::BytesError, limits};
use crate::abi::{RuntimeBytesRef, RuntimeCommandView};

/// A command whose payload has been checked and lives for `'a`.
///
/// It has the layout of a [`RuntimeCommandView`], so neither side copies the fields one by one:
/// narrow stores followed by wide loads stall the processor.
#[repr(transparent)]
#[derive(Debug, Clone, Copy)]
pub struct RuntimeCommandRef<'a> {
    /// Invariant: `payload` was checked, is not null, and is valid for `'a`.
    view: RuntimeCommandView,
    payload: PhantomData<&'a [u8]>,
}

impl<'a> RuntimeCommandRef<'a> {
    /// A command with a borrowed payload.
    #[must_use]
    #[inline]
    pub const fn new(
        command_kind: u8,
        ext_seq: u64,
        ref_ext_time_us: u64,
        payload: &'a [u8],
    ) -> Self {
        let payload = RuntimeBytesRef::from_slice(payload);
        Self {
            view: RuntimeCommandView { command_kind, ext_seq, ref_ext_time_us, payload },
            payload: PhantomData,
        }
    }

    /// Checks a foreign view in place. A null pointer of an empty payload is replaced, so that
    /// [`payload`](Self::payload) checks nothing.
    ///
    /// # Safety
    ///
    /// A non-null payload pointer is valid for reads of its length, and unchanged, for `'a`.
    #[inline]
    pub(crate) unsafe fn check(view: &'a mut RuntimeCommandView) -> Result<&'a Self, BytesError> {
        let limit = limits::COMMAND_PAYLOAD;
        if view.payload.len > limit {
            return Err(BytesError::TooLong { len: view.payload.len, limit });
        }
        if view.payload.ptr.is_null() {
            if view.payload.len != 0 {
                return Err(BytesError::Null);
            }
            view.payload = RuntimeBytesRef::from_slice(&[]);
        }
        // SAFETY: the type is transparent over the view, and its invariant holds: the payload has
        // just been checked, and is not null (rule 1).
        Ok(unsafe { &*ptr::from_ref(view).cast() })
    }

    /// The command's kind.
    #[must_use]
    #[inline]
    pub const fn command_kind(&self) -> u8 {
        self.view.command_kind
    }

    /// Sequence number in the queue that the command came from.
    #[must_use]
    #[inline]
    pub const fn ext_seq(&self) -> u64 {
        self.view.ext_seq
    }

    /// Reference time given by the source, in microseconds.
    #[must_use]
    #[inline]
    pub const fn ref_ext_time_us(&self) -> u64 {
        self.view.ref_ext_time_us
    }

    /// The encoded payload.
    #[must_use]
    #[inline]
    pub const fn payload(&self) -> &'a [u8] {
        // SAFETY: `new` or `check` made the view, so its payload is not null and valid for `'a`
        // (rule 1).
        unsafe { slice::from_raw_parts(self.view.payload.ptr, self.view.payload.len) }
    }

    /// The command as it crosses the boundary.
    #[must_use]
    #[inline]
    pub const fn view(&self) -> RuntimeCommandView {
        self.view
    }
}

// SAFETY: its raw pointer stands for a `&'a [u8]`, which is `Send` and `Sync` (rule 7).
unsafe impl Send for RuntimeCommandRef<'_> {}
// SAFETY: its raw pointer stands for a `&'a [u8]`, which is `Send` and `Sync` (rule 7).
unsafe impl Sync for RuntimeCommandRef<'_> {}
