//! A command whose payload has been checked.

use core::{marker::PhantomData, ptr, slice};

use super::{bytes::BytesError, limits};
use crate::abi::{RuntimeBytesRef, RuntimeCommandView};

/// A command whose payload is known to be a slice that lives for `'a`.
///
/// The same bytes as a [`RuntimeCommandView`]: a plugin looks at the view where its caller put it,
/// and a host that prepares commands ahead passes them on unchanged. That matters, because narrow
/// stores followed by wide loads stall the processor.
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

    /// Checks a foreign view in place. An empty payload gets a pointer that is not null, so that
    /// [`payload`](Self::payload) need not look again.
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
        // SAFETY: transparent over the view, whose payload has just been checked (rule 1).
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
        // SAFETY: the invariant of the field, made by `new` or `check` (rule 1).
        unsafe { slice::from_raw_parts(self.view.payload.ptr, self.view.payload.len) }
    }

    /// The command as it crosses the boundary.
    #[must_use]
    #[inline]
    pub const fn view(&self) -> RuntimeCommandView {
        self.view
    }
}

// SAFETY: behaves as the `&'a [u8]` that it holds (rule 7).
unsafe impl Send for RuntimeCommandRef<'_> {}
// SAFETY: behaves as the `&'a [u8]` that it holds (rule 7).
unsafe impl Sync for RuntimeCommandRef<'_> {}
