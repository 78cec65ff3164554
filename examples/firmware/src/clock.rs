//! Counts instructions, in an emulator that lets every instruction take the same time (QEMU's
//! `-icount shift=6`: 64 ns each).

#[cfg(target_arch = "arm")]
mod counter {
    use core::ptr;

    /// SysTick, the timer that every Cortex-M4 has: control, reload value, current value.
    const CONTROL: *mut u32 = ptr::with_exposed_provenance_mut(0xE000_E010);
    const RELOAD: *mut u32 = ptr::with_exposed_provenance_mut(0xE000_E014);
    const CURRENT: *mut u32 = ptr::with_exposed_provenance_mut(0xE000_E018);
    const LONGEST: u32 = 0x00FF_FFFF;

    pub(super) fn start() {
        // SAFETY: every Cortex-M4 has this register, and no other code uses it (rule 10).
        unsafe { RELOAD.write_volatile(LONGEST) };
        // SAFETY: every Cortex-M4 has this register, and no other code uses it (rule 10).
        unsafe { CURRENT.write_volatile(0) };
        // SAFETY: every Cortex-M4 has this register, and no other code uses it. The value starts
        // the timer on the processor's clock without an interrupt (rule 10).
        unsafe { CONTROL.write_volatile(0b101) };
    }

    /// Ticks of 40 ns since the start: the machine has 25 MHz.
    pub(super) fn instructions() -> u32 {
        // SAFETY: every Cortex-M4 has this register, and reading it changes nothing (rule 10).
        let ticks = LONGEST - unsafe { CURRENT.read_volatile() };
        ticks * 40 / 64
    }
}

#[cfg(target_arch = "riscv32")]
mod counter {
    use core::arch::asm;

    pub(super) fn start() {}

    pub(super) fn instructions() -> u32 {
        let count: u32;
        // SAFETY: reads a counter, and no memory (rule 10).
        unsafe { asm!("csrr {}, minstret", out(reg) count, options(nomem, nostack)) };
        count
    }
}

/// Runs `body` and returns how many instructions that took, give or take two.
#[inline(never)]
pub fn instructions_of<R>(body: impl FnOnce() -> R) -> (R, u32) {
    counter::start();
    let before = counter::instructions();
    let result = body();
    (result, counter::instructions().wrapping_sub(before))
}
