//! Out parameters between guard bytes.

use std::mem::MaybeUninit;

use statevec_abi::abi::{RuntimeErrorBuf, RuntimeErrorKind, RuntimeErrorPhase};

use crate::verdict::{Checked, require};

/// Guard bytes on each side.
const GUARD: [u8; 64] = [0xA5; 64];

/// Each byte of an error buffer before a call.
pub(crate) const POISON: u8 = 0x5A;

/// A value that a host may write to, and guards that it must not touch.
#[repr(C)]
pub(crate) struct Guarded<T> {
    before: [u8; 64],
    value: T,
    after: [u8; 64],
}

impl<T: Copy> Guarded<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self { before: GUARD, value, after: GUARD }
    }

    /// The address for the host. It writes through it, so the guards are read with
    /// [`checked`](Self::checked) only afterwards.
    pub(crate) const fn place(&mut self) -> *mut T {
        &raw mut self.value
    }

    /// The value, if the guards are whole.
    pub(crate) fn checked(&self, name: &str) -> Checked<T> {
        require(self.before == GUARD && self.after == GUARD, format!("wrote beside {name}"))?;
        Ok(self.value)
    }
}

/// An error buffer in which every byte is [`POISON`].
pub(crate) fn poisoned() -> RuntimeErrorBuf {
    RuntimeErrorBuf {
        phase: RuntimeErrorPhase(u32::from_ne_bytes([POISON; 4])),
        kind: RuntimeErrorKind(u16::from_ne_bytes([POISON; 2])),
        message_len: usize::from_ne_bytes([POISON; size_of::<usize>()]),
        message_buf: [POISON; 512],
    }
}

/// Memory for a value that is one byte off its alignment.
pub(crate) struct Misaligned<T>([MaybeUninit<T>; 2]);

impl<T> Misaligned<T> {
    pub(crate) const fn new() -> Self {
        Self([MaybeUninit::zeroed(), MaybeUninit::zeroed()])
    }

    pub(crate) const fn place(&mut self) -> *mut T {
        self.0.as_mut_ptr().cast::<u8>().wrapping_add(1).cast()
    }
}
