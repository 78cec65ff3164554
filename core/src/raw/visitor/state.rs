//! How a visit goes: everything about it that does not depend on the closure.

use core::mem::{MaybeUninit, offset_of};

use crate::{
    abi::RuntimeCallStatus,
    boundary::{BytesError, limits, panic::Panic},
    raw::contract::{ContractViolation, HostCallError},
    raw::record_bounds::RecordBounds,
    typed::DecodeError,
};

/// The state of one visit, and the host's word on whether there was a record.
#[repr(C)]
pub(crate) struct VisitorState {
    stage: Stage,
    /// Written by the host where a call has such a flag. Beside the state, so that one comparison
    /// finds both in order; and behind it, with room of its own, so that a host that takes a flag
    /// for a C `int` writes over nothing.
    found: u8,
    _room: MaybeUninit<[u8; 6]>,
    /// In state `Troubled`.
    trouble: MaybeUninit<Trouble>,
}

/// How far it is.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Stage {
    /// The visitor was not called.
    Waiting,
    /// Called once. The result is there when the call has returned; while it runs, nothing but the
    /// visitor looks at the state.
    Visited,
    /// Called again, meanwhile or after that.
    VisitedAgain,
    /// Closure, result or trouble has been taken out.
    Empty,
    /// Something went wrong.
    Troubled,
}

/// What can go wrong with a visit.
enum Trouble {
    /// The host lent bytes that are no slice.
    Bytes(BytesError),
    /// The host lent fewer bytes than the visitor needs.
    Short { found: usize },
    /// The closure refused the bytes.
    Refused(DecodeError),
    /// The closure panicked.
    Panicked(Panic),
}

impl VisitorState {
    /// A function and not a constant, which compilers would copy as a whole, with zeros for what is
    /// not there.
    #[inline]
    pub(super) const fn new() -> Self {
        Self {
            stage: Stage::Waiting,
            found: 0,
            _room: MaybeUninit::uninit(),
            trouble: MaybeUninit::uninit(),
        }
    }

    const RECORD: u16 = Self::word(1, Stage::Visited);
    const NOTHING: u16 = Self::word(0, Stage::Waiting);

    /// Where the host writes whether there is a record, in a state at that address.
    #[inline]
    pub(super) const fn out_found(this: *mut Self) -> *mut u8 {
        this.cast::<u8>().wrapping_add(offset_of!(Self, found))
    }

    /// Whether the host says that there is a record, and the visitor saw it; then its result is
    /// taken.
    #[inline]
    pub(super) const fn take_record(&mut self) -> bool {
        let record = Self::word(self.found, self.stage) == Self::RECORD;
        if record {
            self.stage = Stage::Empty;
        }
        record
    }

    /// Whether the host says that there is none, and the visitor saw nothing.
    #[inline]
    pub(super) const fn has_nothing(&self) -> bool {
        Self::word(self.found, self.stage) == Self::NOTHING
    }

    #[inline]
    const fn word(found: u8, stage: Stage) -> u16 {
        u16::from_ne_bytes([stage as u8, found])
    }

    /// Whether it can start; then it counts as visited. One store serves start and end: a closure
    /// that fails overwrites the state.
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

    /// Whether the visitor was not called.
    #[inline]
    pub(crate) const fn is_untouched(&self) -> bool {
        matches!(self.stage, Stage::Waiting)
    }

    /// Whether the visitor was called once and returned.
    #[inline]
    pub(crate) const fn is_through(&self) -> bool {
        matches!(self.stage, Stage::Visited)
    }

    /// Whether the visitor was called once and returned; then its result is taken.
    #[inline]
    pub(super) const fn take_only(&mut self) -> bool {
        let through = self.is_through();
        if through {
            self.stage = Stage::Empty;
        }
        through
    }

    /// Whether there is a result; then it is taken.
    #[inline]
    pub(super) const fn take_any(&mut self) -> bool {
        let made = matches!(self.stage, Stage::Visited | Stage::VisitedAgain);
        if made {
            self.stage = Stage::Empty;
        }
        made
    }

    /// The host called the visitor when it had been called. What went wrong before says more: a
    /// panic, above all, must go on.
    ///
    /// `extern "C"`, because that does not unwind: the visitor can end in it, and needs no stack of
    /// its own.
    #[cold]
    #[inline(never)]
    pub(super) extern "C" fn again(&mut self) {
        match self.stage {
            Stage::Visited => self.stage = Stage::VisitedAgain,
            Stage::Waiting | Stage::Empty | Stage::VisitedAgain | Stage::Troubled => {}
        }
    }

    /// The host lent bytes that the visitor cannot be given.
    #[cold]
    #[inline(never)]
    pub(super) extern "C" fn unusable(&mut self, bytes: *const u8, len: usize) {
        self.fail(match BytesError::check(bytes.is_null(), len, limits::RECORD) {
            Err(error) => Trouble::Bytes(error),
            Ok(()) => Trouble::Short { found: len },
        });
    }

    #[cold]
    #[inline(never)]
    pub(super) fn refused(&mut self, error: DecodeError) {
        self.fail(Trouble::Refused(error));
    }

    #[cold]
    #[inline(never)]
    pub(super) fn panicked(&mut self, panic: Panic) {
        self.fail(Trouble::Panicked(panic));
    }

    /// A visit starts once and so fails at most once: no earlier trouble is overwritten.
    fn fail(&mut self, trouble: Trouble) {
        self.trouble.write(trouble);
        self.stage = Stage::Troubled;
    }

    /// Why the answer is neither a record nor none. Goes on with the visitor's panic; otherwise
    /// says what was wrong with the visit, or else with the status, or else with the flag.
    pub(crate) fn why(
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

    /// Goes on with the visitor's panic; otherwise says what was wrong with the visit, or else with
    /// the status.
    pub(crate) fn check(
        &mut self,
        call: &'static str,
        bounds: RecordBounds,
        status: RuntimeCallStatus,
    ) -> Result<(), HostCallError> {
        match self.take_trouble() {
            Some(Trouble::Panicked(panic)) => panic.resume(),
            Some(Trouble::Bytes(error)) => Err(ContractViolation::Bytes { call, error }.into()),
            Some(Trouble::Short { found }) => Err(HostCallError::Refused(bounds.short(found))),
            Some(Trouble::Refused(error)) => Err(HostCallError::Refused(error)),
            None if self.stage == Stage::VisitedAgain => {
                Err(ContractViolation::VisitedTwice { call }.into())
            }
            None => HostCallError::of_status(call, status),
        }
    }

    fn take_trouble(&mut self) -> Option<Trouble> {
        if self.stage != Stage::Troubled {
            return None;
        }
        self.stage = Stage::Empty;
        // SAFETY: the state was "troubled", which is set when the trouble is written, and has just
        // left it (rule 4).
        Some(unsafe { self.trouble.assume_init_read() })
    }
}
