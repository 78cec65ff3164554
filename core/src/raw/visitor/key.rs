//! A closure behind a C visitor for record keys, which the host calls once per key.

use core::{ffi::c_void, mem};

use crate::raw::contract::{ContractViolation, HostCallError};
use crate::{
    abi::{RecordKey, RuntimeCallStatus, RuntimeRecordKeyView},
    boundary::panic::{Panic, catch, discard},
};

/// A closure that is called with record keys, one after another.
pub(crate) enum RepeatVisitor<F> {
    /// Not being called.
    Waiting(F),
    /// Being called.
    Running,
    /// Called from inside itself.
    Nested,
    /// The closure panicked. Later calls are ignored.
    Panicked(Panic),
}

/// [`RuntimeRecordKeyVisitor`](crate::abi::RuntimeRecordKeyVisitor) over a closure.
///
/// # Safety
///
/// `ctx` is null or points to a live `RepeatVisitor<F>` to which no reference exists.
pub(crate) unsafe extern "C" fn visit_key<F: FnMut(RecordKey)>(
    ctx: *mut c_void,
    key: RuntimeRecordKeyView,
) {
    let this = ctx.cast::<RepeatVisitor<F>>();
    // SAFETY: null or a live visit; this reference is last used before the closure runs
    // (rules 4 and 10).
    let Some(visit) = (unsafe { this.as_mut() }) else { return };
    let mut visitor = match mem::replace(visit, RepeatVisitor::Running) {
        RepeatVisitor::Waiting(visitor) => visitor,
        RepeatVisitor::Running => {
            *visit = RepeatVisitor::Nested;
            return;
        }
        done @ (RepeatVisitor::Nested | RepeatVisitor::Panicked(_)) => {
            *visit = done;
            return;
        }
    };
    let caught = catch(|| visitor(key.into()));
    // SAFETY: the visit lives during the host's call, and no other reference to it exists here
    // (rules 4 and 10).
    let visit = unsafe { &mut *this };
    match caught {
        Ok(()) if matches!(visit, RepeatVisitor::Running) => {
            *visit = RepeatVisitor::Waiting(visitor);
        }
        Ok(()) => discard(visitor),
        Err(panic) => {
            *visit = RepeatVisitor::Panicked(panic);
            discard(visitor);
        }
    }
}

impl<F> RepeatVisitor<F> {
    pub(crate) fn finish(
        self,
        call: &'static str,
        status: RuntimeCallStatus,
    ) -> Result<(), HostCallError> {
        match self {
            Self::Waiting(_) | Self::Running => HostCallError::of_status(call, status),
            Self::Nested => Err(ContractViolation::VisitedTwice { call }.into()),
            Self::Panicked(panic) => panic.resume(),
        }
    }
}
