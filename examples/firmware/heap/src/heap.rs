//! The heap of the image, and how much of it is in use.

use core::{
    alloc::{GlobalAlloc, Layout},
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use embedded_alloc::LlffHeap;

/// Size of the heap, in bytes.
const SIZE: usize = 16 << 10;

#[global_allocator]
static HEAP: MeteredHeap = MeteredHeap { heap: LlffHeap::empty(), most: AtomicUsize::new(0) };

/// A heap that remembers the most bytes that were ever in use.
struct MeteredHeap {
    heap: LlffHeap,
    most: AtomicUsize,
}

// SAFETY: every call goes to the heap, which keeps the allocator's contract (rule 10).
unsafe impl GlobalAlloc for MeteredHeap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's layout is passed on as it is (rule 10).
        let block = unsafe { self.heap.alloc(layout) };
        // One thread and no interrupt handler that allocates: nothing comes between load and store.
        self.most.store(self.most.load(Relaxed).max(self.heap.used()), Relaxed);
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: `alloc` above took the block from this heap with this layout, as the allocator's
        // caller promised (rule 10).
        unsafe { self.heap.dealloc(block, layout) };
    }
}

/// Gives the heap its memory. Call it once, before the first allocation.
pub(crate) fn init() {
    static MEMORY: static_cell::ConstStaticCell<[usize; SIZE / size_of::<usize>()]> =
        static_cell::ConstStaticCell::new([0; SIZE / size_of::<usize>()]);
    // The cell gives the memory out once, so a second call panics here.
    let memory = MEMORY.take();
    // SAFETY: the memory is exclusive and static, and the heap is initialised once (rule 10).
    unsafe { HEAP.heap.init(memory.as_mut_ptr().addr(), SIZE) };
}

/// Bytes in use.
pub(crate) fn used() -> usize {
    HEAP.heap.used()
}

/// The most bytes that were in use at the same time, since the start.
pub(crate) fn high_water_mark() -> usize {
    HEAP.most.load(Relaxed)
}
