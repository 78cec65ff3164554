//! The state of a visit, apart from its closure: one set of functions for all closures.

use core::mem::{MaybeUninit, offset_of};

use crate::{
    abi::RuntimeCallStatus,
    boundary::{BytesError, limits, panic::Panic},
    raw::contract::{ContractViolation, HostCallError},
    raw::record_bounds::RecordBounds,
    typed::DecodeError,
};

/// The stage of a visit, and the host's flag that says whether there is a record.
#[repr(C)]
pub(crate) struct VisitorState {
    stage: Stage,
    /// The host writes it, if the call has such a flag. Stage and flag are read one by one: host
    /// and visitor have just written a byte each, and a wider load would wait for both stores to
    /// reach the cache. Padding follows, so that a host that writes a C `int` here overwrites
    /// nothing else.
    found: u8,
    _room: MaybeUninit<[u8; 6]>,
    /// Initialised in stage `Failed`.
    failure: MaybeUninit<VisitFailure>,
}

/// The progress of a visit.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Stage {
    /// The visitor was not called.
    Waiting,
    /// Called once. The result is initialised when the host's call has returned.
    Visited,
    /// Called again, during the first call or after it.
    VisitedAgain,
    /// Closure, result or failure has been taken.
    Empty,
    /// The visit failed.
    Failed,
}

/// The failure of a visit.
enum VisitFailure {
    /// The host lent bytes that are not a slice, or fewer than the visitor needs.
    Unusable { is_null: bool, len: usize },
    /// The closure refused the bytes.
    Refused(DecodeError),
    /// The closure panicked.
    Panicked(Panic),
}

impl VisitorState {
    /// A function, because compilers copy a constant as a whole, uninitialised bytes included.
    #[inline]
    pub(super) const fn new() -> Self {
        Self {
            stage: Stage::Waiting,
            found: 0,
            _room: MaybeUninit::uninit(),
            failure: MaybeUninit::uninit(),
        }
    }

    /// The address of the host's flag in a state at `this`.
    #[inline]
    pub(super) const fn out_found(this: *mut Self) -> *mut u8 {
        this.cast::<u8>().wrapping_add(offset_of!(Self, found))
    }

    /// Returns true if the flag is 1 and the visitor was called once. The result then counts as
    /// taken.
    #[inline]
    pub(super) const fn take_record(&mut self) -> bool {
        let record = self.found == 1 && matches!(self.stage, Stage::Visited);
        if record {
            self.stage = Stage::Empty;
        }
        record
    }

    /// Returns true if the flag is 0 and the visitor was not called.
    #[inline]
    pub(super) const fn has_nothing(&self) -> bool {
        self.found == 0 && matches!(self.stage, Stage::Waiting)
    }

    /// Returns true if the visit can start. It then counts as visited: one store serves start and
    /// end, and a closure that fails overwrites the stage.
    #[inline]
    pub(super) const fn start(&mut self) -> bool {
        let waiting = matches!(self.stage, Stage::Waiting);
        if waiting {
            self.stage = Stage::Visited;
        }
        waiting
    }

    /// Records that the closure was taken out and not called.
    #[inline]
    pub(super) const fn empty(&mut self) {
        self.stage = Stage::Empty;
    }

    /// Returns true if the visitor was not called.
    #[inline]
    pub(crate) const fn is_untouched(&self) -> bool {
        matches!(self.stage, Stage::Waiting)
    }

    /// Returns true if the visitor was called once and returned.
    #[inline]
    pub(crate) const fn is_visited(&self) -> bool {
        matches!(self.stage, Stage::Visited)
    }

    /// Returns true if the visitor was called once and returned. The result then counts as taken.
    #[inline]
    pub(super) const fn take_only(&mut self) -> bool {
        let visited = self.is_visited();
        if visited {
            self.stage = Stage::Empty;
        }
        visited
    }

    /// Returns true if there is a result. It then counts as taken.
    #[inline]
    pub(super) const fn take_any(&mut self) -> bool {
        let made = matches!(self.stage, Stage::Visited | Stage::VisitedAgain);
        if made {
            self.stage = Stage::Empty;
        }
        made
    }

    /// Notes that the host called the visitor again. An earlier failure stays: a panic must be
    /// resumed.
    ///
    /// An `extern "C"` function does not unwind, so the visitor can tail-call it and needs no stack
    /// frame.
    #[cold]
    #[inline(never)]
    pub(super) extern "C" fn again(&mut self) {
        match self.stage {
            Stage::Visited => self.stage = Stage::VisitedAgain,
            Stage::Waiting | Stage::Empty | Stage::VisitedAgain | Stage::Failed => {}
        }
    }

    /// Notes that the host lent bytes which do not fit the visitor.
    #[cold]
    #[inline(never)]
    pub(super) extern "C" fn unusable(&mut self, bytes: *const u8, len: usize) {
        self.fail(VisitFailure::Unusable { is_null: bytes.is_null(), len });
    }

    #[cold]
    #[inline(never)]
    pub(super) fn refused(&mut self, error: DecodeError) {
        self.fail(VisitFailure::Refused(error));
    }

    #[cold]
    #[inline(never)]
    pub(super) fn panicked(&mut self, panic: Panic) {
        self.fail(VisitFailure::Panicked(panic));
    }

    /// A visit starts once, and so fails at most once: no earlier failure is overwritten.
    fn fail(&mut self, failure: VisitFailure) {
        self.failure.write(failure);
        self.stage = Stage::Failed;
    }

    /// The error of an answer that is neither a record nor none: of the visit, else of the status,
    /// else of the flag. A panic of the closure is resumed.
    pub(crate) fn lookup_error(
        &mut self,
        call: &'static str,
        bounds: RecordBounds,
        status: RuntimeCallStatus,
    ) -> HostCallError {
        if let Err(error) = self.check(call, bounds, status) {
            return error;
        }
        let violation = match (self.found, self.stage) {
            (2.., _) => ContractViolation::Flag { call, value: self.found },
            (0, Stage::Visited) => ContractViolation::VisitedNothing { call },
            _ => ContractViolation::NotVisited { call },
        };
        violation.into()
    }

    /// The error of the visit, else of the status. A panic of the closure is resumed.
    pub(crate) fn check(
        &mut self,
        call: &'static str,
        bounds: RecordBounds,
        status: RuntimeCallStatus,
    ) -> Result<(), HostCallError> {
        match self.take_failure() {
            Some(VisitFailure::Panicked(panic)) => panic.resume(),
            Some(VisitFailure::Unusable { is_null, len }) => {
                match BytesError::check(is_null, len, limits::RECORD) {
                    Err(error) => Err(ContractViolation::Bytes { call, error }.into()),
                    Ok(()) => Err(HostCallError::Refused(bounds.short(len))),
                }
            }
            Some(VisitFailure::Refused(error)) => Err(HostCallError::Refused(error)),
            None if self.stage == Stage::VisitedAgain => {
                Err(ContractViolation::VisitedTwice { call }.into())
            }
            None => HostCallError::of_status(call, status),
        }
    }

    fn take_failure(&mut self) -> Option<VisitFailure> {
        if self.stage != Stage::Failed {
            return None;
        }
        self.stage = Stage::Empty;
        // SAFETY: the stage was "failed", which `fail` sets when it has written the failure; it
        // is now "empty" (rule 4).
        Some(unsafe { self.failure.assume_init_read() })
    }
}
