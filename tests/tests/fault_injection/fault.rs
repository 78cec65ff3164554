//! What goes wrong with a host call.

use std::cell::{Cell, RefCell};

use statevec_abi::{ErrorSlot, Rejected, RuntimeErrorKind};

/// What happens to the call that is to go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It fails, and the store has not seen it.
    FailsBefore(RuntimeErrorKind),
    /// It fails after the store has done what it says.
    FailsAfter(RuntimeErrorKind),
    /// It panics, and the store has not seen it.
    PanicsBefore,
    /// It panics after the store has done what it says, visitor and all.
    PanicsAfter,
}

/// Which call goes wrong, and what has been called so far.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    next: Cell<Option<(usize, Fault)>>,
    calls: RefCell<Vec<&'static str>>,
}

impl Plan {
    /// Lets the `nth` call from now, counted from 1, go wrong; none of them if that is `None`.
    pub(crate) fn set(&self, next: Option<(usize, Fault)>) {
        self.next.set(next);
        self.calls.borrow_mut().clear();
    }

    /// The calls since then.
    pub(crate) fn calls(&self) -> Vec<&'static str> {
        self.calls.borrow().clone()
    }

    /// Makes a call of the store, or lets it go wrong.
    pub(crate) fn call<'e, T>(
        &self,
        name: &'static str,
        error: ErrorSlot<'e>,
        call: impl FnOnce(ErrorSlot<'e>) -> Result<T, Rejected<'e>>,
    ) -> Result<T, Rejected<'e>> {
        self.calls.borrow_mut().push(name);
        let nth = self.calls.borrow().len();
        let fault = self.next.get().filter(|(at, _)| *at == nth).map(|(_, fault)| fault);
        let text = text(name, nth);
        match fault {
            None => call(error),
            Some(Fault::FailsBefore(kind)) => Err(error.fail(kind, format_args!("{text}"))),
            Some(Fault::PanicsBefore) => panic!("{text}"),
            Some(fault) => {
                // What the store says of it is lost with the fault.
                let _ = call(error);
                match fault {
                    Fault::FailsAfter(kind) => Err(error.fail(kind, format_args!("{text}"))),
                    _ => panic!("{text}"),
                }
            }
        }
    }
}

/// What the fault of a call says.
pub(crate) fn text(call: &str, nth: usize) -> String {
    format!("fault in {call}, host call {nth}")
}
