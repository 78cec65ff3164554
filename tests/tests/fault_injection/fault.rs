//! Faults of a host call.

use std::cell::{Cell, RefCell};

use statevec_abi::{
    abi::{RecordKey, RuntimeErrorKind},
    boundary::{ErrorSlot, TxResult},
};

/// The fault of the chosen call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It fails, and the store has not seen it.
    FailsBefore(RuntimeErrorKind),
    /// It fails after the store has made the change.
    FailsAfter(RuntimeErrorKind),
    /// It panics, and the store has not seen it.
    PanicsBefore,
    /// It panics after the store has made the change and called the visitor.
    PanicsAfter,
    /// It reports a record, and lends none: the store has not seen it. For calls that lend one.
    FindsUnlent,
    /// It reports no record, or one of another kind, after the store has lent it. For calls in
    /// which the store lends one.
    Denies,
}

/// The call that fails next, and the calls so far.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    next: Cell<Option<(usize, Fault)>>,
    calls: RefCell<Vec<Made>>,
}

/// A host call that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Made {
    pub(crate) call: &'static str,
    /// True if the store lent a record.
    pub(crate) lent: bool,
}

/// The result of a host call, and wrong results in its place.
pub(crate) trait Answer: Sized {
    /// The result of a call that lends a record; `None` if the call never lends one.
    fn unlent() -> Option<Self>;
    /// A result that contradicts the record that was lent; `None` if none was.
    fn denied(&self) -> Option<Self>;
}

impl Plan {
    /// Lets the `nth` call from now, counted from 1, fail; none of them if that is `None`.
    pub(crate) fn set(&self, next: Option<(usize, Fault)>) {
        self.next.set(next);
        self.calls.borrow_mut().clear();
    }

    /// The calls since then.
    pub(crate) fn calls(&self) -> Vec<Made> {
        self.calls.borrow().clone()
    }

    /// Makes a call of the store, or lets it fail.
    pub(crate) fn call<'e, T: Answer>(
        &self,
        call: &'static str,
        error: ErrorSlot<'e>,
        make: impl FnOnce(ErrorSlot<'e>) -> TxResult<'e, T>,
    ) -> TxResult<'e, T> {
        let nth = self.calls.borrow().len() + 1;
        self.calls.borrow_mut().push(Made { call, lent: false });
        let text = text(call, nth);
        let Some((_, fault)) = self.next.get().filter(|(at, _)| *at == nth) else {
            let answer = make(error)?;
            self.calls.borrow_mut()[nth - 1].lent = answer.denied().is_some();
            return Ok(answer);
        };
        match fault {
            Fault::FailsBefore(kind) => Err(error.fail(kind, format_args!("{text}"))),
            Fault::FailsAfter(kind) => {
                // The fault replaces the store's own text.
                let _ = make(error);
                Err(error.fail(kind, format_args!("{text}")))
            }
            Fault::PanicsBefore => panic!("{text}"),
            Fault::PanicsAfter => {
                let _ = make(error);
                panic!("{text}")
            }
            Fault::FindsUnlent => Ok(T::unlent().expect("a call that lends")),
            Fault::Denies => Ok(make(error)?.denied().expect("a record that was lent")),
        }
    }
}

/// True if there is a record.
impl Answer for bool {
    fn unlent() -> Option<Self> {
        Some(true)
    }

    fn denied(&self) -> Option<Self> {
        self.then_some(false)
    }
}

/// The key of a record that was created.
impl Answer for RecordKey {
    fn unlent() -> Option<Self> {
        Some(Self { kind: 1, sys_id: 1 })
    }

    fn denied(&self) -> Option<Self> {
        Some(Self { kind: 2, ..*self })
    }
}

impl Answer for () {
    fn unlent() -> Option<Self> {
        None
    }

    fn denied(&self) -> Option<Self> {
        None
    }
}

/// The text of a call's fault.
pub(crate) fn text(call: &str, nth: usize) -> String {
    format!("fault in {call}, host call {nth}")
}
