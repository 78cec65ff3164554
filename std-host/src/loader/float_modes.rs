//! Floating-point modes of a thread.
//!
//! A library that was linked with `-ffast-math` sets flush-to-zero in its start-up code. The mode
//! is the thread's, so the host and every other plugin on it would compute with it, too.

/// The modes as they were. Dropping it sets them again.
#[must_use]
pub(super) struct FloatModes {
    saved: arch::Modes,
}

impl FloatModes {
    /// Saves the modes of this thread.
    pub(super) fn save() -> Self {
        Self { saved: arch::read() }
    }
}

impl Drop for FloatModes {
    fn drop(&mut self) {
        arch::write(&self.saved);
    }
}

#[cfg(target_arch = "x86_64")]
mod arch {
    use std::arch::asm;

    /// MXCSR of SSE, and the control word of the x87.
    pub(super) struct Modes {
        mxcsr: u32,
        control: u16,
    }

    pub(super) fn read() -> Modes {
        let mut modes = Modes { mxcsr: 0, control: 0 };
        let (mxcsr, control) = (&raw mut modes.mxcsr, &raw mut modes.control);
        // SAFETY: both instructions only write to these two live variables, of the sizes that they
        // write (rule 10).
        unsafe {
            asm!("stmxcsr [{}]", "fnstcw [{}]", in(reg) mxcsr, in(reg) control, options(nostack, preserves_flags));
        }
        modes
    }

    pub(super) fn write(modes: &Modes) {
        let (mxcsr, control) = (&raw const modes.mxcsr, &raw const modes.control);
        // SAFETY: both instructions load values that `read` took from these registers, so they
        // restore what the compiler relies on (rule 10).
        unsafe {
            asm!("ldmxcsr [{}]", "fldcw [{}]", in(reg) mxcsr, in(reg) control, options(nostack, readonly, preserves_flags));
        }
    }
}

#[cfg(target_arch = "aarch64")]
mod arch {
    use std::arch::asm;

    /// FPCR.
    pub(super) struct Modes(u64);

    pub(super) fn read() -> Modes {
        let fpcr;
        // SAFETY: the instruction only reads the control register (rule 10).
        unsafe { asm!("mrs {}, fpcr", out(reg) fpcr, options(nomem, nostack, preserves_flags)) };
        Modes(fpcr)
    }

    pub(super) fn write(modes: &Modes) {
        // SAFETY: the value is one that `read` took from this register, so this restores what the
        // compiler relies on (rule 10).
        unsafe { asm!("msr fpcr, {}", in(reg) modes.0, options(nomem, nostack, preserves_flags)) };
    }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
mod arch {
    /// Not saved on this architecture.
    pub(super) struct Modes;

    pub(super) fn read() -> Modes {
        Modes
    }

    pub(super) fn write(_: &Modes) {}
}
