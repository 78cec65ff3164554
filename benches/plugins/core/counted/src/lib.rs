//! The benched plugin of the core SDK as a shared library that counts its heap allocations.

use statevec_fixtures::counting::{Counting, allocations};

statevec_abi::export_plugin!(statevec_bench_core::Bench, storage = statevec_abi_alloc::Boxed);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often the calling thread has allocated in this library.
#[unsafe(no_mangle)]
pub extern "C" fn statevec_bench_allocations() -> u64 {
    allocations()
}
