//! Plugin instances on the heap.

use core::ptr::NonNull;

use alloc::boxed::Box;

use statevec_abi::raw::{Instance, InstanceStorage, StorageFull};

/// Storage of plugin instances on the heap: as many as there is memory for.
#[derive(Debug)]
pub enum Boxed {}

// SAFETY: `store` leaks the box, so its content does not move and no other code reaches it, until
// `remove` makes the box again (rule 7).
unsafe impl<P: Send + 'static> InstanceStorage<P> for Boxed {
    fn store(plugin: P) -> Result<NonNull<Instance<P>>, StorageFull> {
        // Allocates first and then writes, so that the instance is not copied.
        let instance = Box::write(Box::new_uninit(), Instance::new(plugin));
        Ok(NonNull::from_mut(Box::leak(instance)))
    }

    unsafe fn remove(instance: NonNull<Instance<P>>) {
        // SAFETY: `store` leaked a box at this address, and the caller promised that it was not
        // removed since and is not in use (rule 7).
        drop(unsafe { Box::from_raw(instance.as_ptr()) });
    }
}
