//! The layer that fails one call.

use core::cell::Cell;

use super::{AnsweredCall, Layer, LayerCall};
use crate::{
    abi::{RuntimeErrorKind, runtime_error_kind::HOST_REJECTED},
    boundary::{ErrorSlot, TxResult},
};

/// Fails one host call of a plugin, for tests of what the plugin does then.
///
/// ```
/// use statevec_abi::{
///     abi::runtime_error_kind::HOST_INTERNAL_ERROR,
///     layers::{FailNth, FailPoint},
/// };
///
/// let layer = FailNth::new();
/// layer.arm(3, FailPoint { kind: HOST_INTERNAL_ERROR, ..FailPoint::default() });
/// // Run a command, and then:
/// assert_eq!(layer.calls(), 0, "the command made no call, so none failed");
/// ```
#[derive(Debug, Default)]
pub struct FailNth {
    /// Host calls since the layer was armed.
    calls: Cell<u64>,
    /// Host calls that were answered since then. A call inside a visitor is answered before the
    /// call around it.
    answered: Cell<u64>,
    armed: Cell<Option<(u64, FailPoint)>>,
}

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailPoint {
    /// The kind of the error. The default is 4001, a rejection.
    pub kind: RuntimeErrorKind,
    /// True if the host makes the call first, so that its effects must be undone. Calls then count
    /// in the order of their answers. The default is false: the call does not reach the host.
    pub after: bool,
}

impl Default for FailPoint {
    fn default() -> Self {
        Self { kind: HOST_REJECTED, after: false }
    }
}

impl FailNth {
    /// A layer that fails no call.
    #[must_use]
    pub const fn new() -> Self {
        Self { calls: Cell::new(0), answered: Cell::new(0), armed: Cell::new(None) }
    }

    /// Lets the `nth` call from now fail, counted from 1.
    pub fn arm(&self, nth: u64, point: FailPoint) {
        self.disarm();
        self.armed.set(Some((nth, point)));
    }

    /// Lets no call fail.
    pub fn disarm(&self) {
        self.calls.set(0);
        self.answered.set(0);
        self.armed.set(None);
    }

    /// Host calls since the layer was armed or disarmed.
    #[must_use]
    pub const fn calls(&self) -> u64 {
        self.calls.get()
    }

    fn fail<'e>(&self, call: &LayerCall<'_>, is_after: bool, error: ErrorSlot<'e>) -> TxResult<'e> {
        let count = if is_after { &self.answered } else { &self.calls };
        let nth = count.get().saturating_add(1);
        count.set(nth);
        match self.armed.get() {
            Some((at, FailPoint { kind, after })) if at == nth && after == is_after => {
                Err(error.fail(kind, format_args!("fault in {}, host call {nth}", call.name())))
            }
            _ => Ok(()),
        }
    }
}

impl Layer for FailNth {
    fn before<'e>(&self, call: &LayerCall<'_>, error: ErrorSlot<'e>) -> TxResult<'e> {
        self.fail(call, false, error)
    }

    fn after<'e>(&self, made: &AnsweredCall<'_>, error: ErrorSlot<'e>) -> TxResult<'e> {
        self.fail(&made.call, true, error)
    }
}
