//! The layer that shows calls.

use core::fmt;

use super::{AnsweredCall, Layer};
use crate::boundary::{ErrorSlot, TxResult};

/// Shows each host call with its answer to a function.
///
/// A call inside a read visitor is shown before the call around it, because it has its answer
/// first.
///
/// ```
/// use statevec_abi::layers::{AnsweredCall, Trace};
///
/// let trace = Trace::new(|call: &AnsweredCall<'_>| println!("{call}"));
/// # drop(trace);
/// ```
pub struct Trace<F> {
    show: F,
}

impl<F: Fn(&AnsweredCall<'_>)> Trace<F> {
    /// A layer that calls `show`.
    pub const fn new(show: F) -> Self {
        Self { show }
    }
}

impl<F: Fn(&AnsweredCall<'_>)> Layer for Trace<F> {
    fn after<'e>(&self, made: &AnsweredCall<'_>, _: ErrorSlot<'e>) -> TxResult<'e> {
        (self.show)(made);
        Ok(())
    }
}

impl<F> fmt::Debug for Trace<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trace").finish_non_exhaustive()
    }
}
