//! Floating-point modes that a plugin's start-up code changes.

#![cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]

use std::hint::black_box;

use tempfile::TempDir;

use crate::{
    library::{Library, named},
    open,
};

/// Sets flush-to-zero, as the start-up code of `-ffast-math` does.
const FLUSH_TO_ZERO: &str = if cfg!(target_arch = "x86_64") {
    "__attribute__((constructor)) static void fast(void) { \
       unsigned mode; __asm__ volatile(\"stmxcsr %0\" : \"=m\"(mode)); \
       mode |= 0x8040; __asm__ volatile(\"ldmxcsr %0\" : : \"m\"(mode)); }"
} else {
    "__attribute__((constructor)) static void fast(void) { \
       unsigned long mode; __asm__ volatile(\"mrs %0, fpcr\" : \"=r\"(mode)); \
       mode |= 1ul << 24; __asm__ volatile(\"msr fpcr, %0\" : : \"r\"(mode)); }"
};

fn smallest_number_is_halved() -> bool {
    black_box(f64::MIN_POSITIVE) / black_box(2.0) != 0.0
}

#[test]
fn a8_start_up_code_of_fast_math_changes_the_host_s_numbers() {
    let folder = TempDir::new().unwrap();
    let path =
        Library { rest: FLUSH_TO_ZERO.into(), ..named("fast") }.build(folder.path(), "plugin.so");
    assert!(smallest_number_is_halved());
    assert_eq!(open(&path).unwrap().name(), "fast");
    assert!(smallest_number_is_halved());

    // This shows that the library does change the mode.
    let copy = folder.path().join("copy.so");
    std::fs::copy(&path, &copy).unwrap();
    std::thread::spawn(move || {
        // SAFETY: the library changes the modes of this thread only, which ends (rule 6).
        let library = unsafe { libloading::Library::new(copy) }.unwrap();
        assert!(!smallest_number_is_halved());
        std::mem::forget(library);
    })
    .join()
    .unwrap();
}
