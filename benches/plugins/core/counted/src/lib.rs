//! The benched plugin of the core SDK as a shared library that counts its heap allocations.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

statevec_abi::export_plugin!(statevec_bench_core::Bench, storage = statevec_abi_alloc::Boxed);

/// How often this library has allocated.
#[unsafe(no_mangle)]
pub extern "C" fn statevec_bench_allocations() -> u64 {
    ALLOCATIONS.load(Relaxed)
}

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call goes to the system's allocator as it came (rule 10). What is not written here
// goes through `alloc`.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Relaxed);
        // SAFETY: the caller's promise, passed on (rule 10).
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise, passed on (rule 10).
        unsafe { System.dealloc(memory, layout) }
    }
}
