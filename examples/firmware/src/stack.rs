//! Measures the depth of the stack: fills the free part with a pattern, runs, and counts the words
//! that still have it.
//!
//! This and `clock` read registers and raw memory, and are the only places of this package with
//! `unsafe`.

use core::{arch::asm, ptr};

/// The pattern: a value that a program is unlikely to write.
const PAINT: usize = 0x5AFE_C0DE;

/// Bytes that are painted. The machine has far more free RAM.
const WINDOW: usize = 8 << 10;

/// Right under the stack pointer: painting itself may use it.
const MARGIN: usize = 256;

/// Runs `body` and returns how many bytes of stack it used, this function's callees included. Less
/// than [`MARGIN`] counts as that.
#[inline(never)]
pub fn depth_of<R>(body: impl FnOnce() -> R) -> (R, usize) {
    let top = pointer();
    let window = (top - WINDOW..top - MARGIN).step_by(size_of::<usize>());
    for address in window.clone() {
        // SAFETY: aligned RAM below the stack pointer; no interrupt is enabled, so no other code
        // uses it (rule 10).
        unsafe { ptr::with_exposed_provenance_mut::<usize>(address).write_volatile(PAINT) };
    }
    let result = body();
    let mut reached = window.filter(|address| {
        // SAFETY: aligned RAM below the stack pointer, which was painted above or written by `body`
        // since (rule 10).
        let found = unsafe { ptr::with_exposed_provenance::<usize>(*address).read_volatile() };
        found != PAINT
    });
    (result, reached.next().map_or(MARGIN, |lowest| top - lowest))
}

/// The stack pointer, rounded down to a word.
#[inline(always)]
fn pointer() -> usize {
    let pointer: usize;
    #[cfg(target_arch = "arm")]
    // SAFETY: reads a register, and no memory (rule 10).
    unsafe {
        asm!("mov {}, sp", out(reg) pointer, options(nomem, nostack, preserves_flags));
    }
    #[cfg(target_arch = "riscv32")]
    // SAFETY: reads a register, and no memory (rule 10).
    unsafe {
        asm!("mv {}, sp", out(reg) pointer, options(nomem, nostack, preserves_flags));
    }
    pointer & !(size_of::<usize>() - 1)
}
