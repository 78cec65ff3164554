//! A closure to be called once, and what became of it.

use core::mem::{MaybeUninit, offset_of};

use super::Course;
use crate::abi::RuntimeCallStatus;

/// A closure before its call, or its result after, and how the visit went.
///
/// An enum in fields: the state is one byte, and a result is written where it is read. As an enum both variants share one place, and
/// compilers copy the larger at every step.
#[repr(C)]
pub(crate) struct Once<F, T> {
    /// Says which of the fields is initialised; only this module and [`Course`] write it. In front, where the visitor's address points.
    course: Course,
    /// While the course is waiting.
    visitor: MaybeUninit<F>,
    /// Once the course has been through.
    out: MaybeUninit<T>,
}

/// What a call that looks for a record has found.
pub(crate) enum Found<T> {
    /// The record, and this is what the visitor made of it.
    Record(T),
    /// There is none, and the visitor saw nothing.
    Nothing,
    /// Neither: [`Course::why`].
    Unclear,
}

impl<F, T> Once<F, T> {
    #[inline]
    pub(crate) const fn new(visitor: F) -> Self {
        Self {
            course: Course::new(),
            visitor: MaybeUninit::new(visitor),
            out: MaybeUninit::uninit(),
        }
    }

    #[inline]
    pub(crate) const fn course(&mut self) -> &mut Course {
        &mut self.course
    }

    /// Where the host writes whether there is a record, in a visit at that address.
    #[inline]
    pub(crate) const fn out_found(this: *mut Self) -> *mut u8 {
        const { assert!(offset_of!(Self, course) == 0) };
        Course::out_found(this.cast())
    }

    /// Gives out the closure, once.
    #[inline]
    pub(super) const fn start(&mut self) -> Option<F> {
        if !self.course.start() {
            return None;
        }
        // SAFETY: initialised while the course was waiting, and given out with that state (rule 4).
        Some(unsafe { self.visitor.assume_init_read() })
    }

    /// Keeps what the closure made, unless there has been trouble since it started: then it is dropped, while no reference to the visit
    /// exists, because its destructor may make a host call, and the host call the visitor again.
    ///
    /// # Safety
    ///
    /// `this` is the address of a live visit that nobody holds a reference to.
    #[inline]
    pub(super) unsafe fn finish(this: *mut Self, out: T) {
        // SAFETY: the caller's promise; the reference ends here (rules 4 and 10).
        if unsafe { (*this).course.finish() } {
            // SAFETY: as above (rules 4 and 10).
            unsafe { (*this).out.write(out) };
        }
    }

    /// The answer to a call that visits a record if it exists.
    #[inline]
    pub(crate) const fn found(&mut self, status: RuntimeCallStatus) -> Found<T> {
        if !matches!(status, RuntimeCallStatus::Success) {
            return Found::Unclear;
        }
        if self.course.take_record() {
            // SAFETY: initialised while the course was through, and given out with that state (rule 4).
            return Found::Record(unsafe { self.out.assume_init_read() });
        }
        if self.course.has_nothing() { Found::Nothing } else { Found::Unclear }
    }

    /// What the closure made, if the visitor was called once.
    #[inline]
    pub(crate) const fn take_only(&mut self) -> Option<T> {
        if !self.course.take_only() {
            return None;
        }
        // SAFETY: initialised while the course was through, and given out with that state (rule 4).
        Some(unsafe { self.out.assume_init_read() })
    }

    /// What the closure made, however often the visitor was called.
    #[inline]
    const fn take_any(&mut self) -> Option<T> {
        if !self.course.take_any() {
            return None;
        }
        // SAFETY: as above (rule 4).
        Some(unsafe { self.out.assume_init_read() })
    }
}

impl<F, T> Drop for Once<F, T> {
    #[inline]
    fn drop(&mut self) {
        drop(self.start());
        drop(self.take_any());
    }
}
