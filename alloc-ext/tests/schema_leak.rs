//! Parsing leaks nothing, whether it succeeds or fails. A binary of its own, because it counts
//! allocations.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use statevec_abi_alloc::schema::SchemaRegistry;

struct Counting;

thread_local! {
    /// Of this thread only: the test runner allocates too.
    static LIVE_BYTES: Cell<isize> = const { Cell::new(0) };
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call goes to the system's allocator as it came (rule 10).
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE_BYTES.set(LIVE_BYTES.get() + layout.size() as isize);
        // SAFETY: the caller's promise, passed on (rule 10).
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        LIVE_BYTES.set(LIVE_BYTES.get() - layout.size() as isize);
        // SAFETY: the caller's promise, passed on (rule 10).
        unsafe { System.dealloc(memory, layout) }
    }
}

#[test]
fn parsing_frees_all_that_it_allocates() {
    let text = include_str!("schemas/macro_made.json");
    let broken = text.replace("\"kind\": 7", "\"kind\": 0");
    assert_ne!(text, broken);
    let before = LIVE_BYTES.get();
    for _ in 0..100 {
        let registry = SchemaRegistry::from_idl_json(text).unwrap();
        assert!(LIVE_BYTES.get() > before, "the registry owns memory");
        drop(registry);
        drop(SchemaRegistry::from_idl_json(&broken).unwrap_err());
    }
    let leaked = LIVE_BYTES.get() - before;
    assert_eq!(leaked, 0, "bytes still allocated");
}
