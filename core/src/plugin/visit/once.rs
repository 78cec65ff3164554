//! A closure to be called once, and what became of it.

use core::mem::MaybeUninit;

use super::Trouble;
use crate::panic::catch;

/// A closure before its call, its result after, or the trouble in between.
///
/// An enum in fields: the state is one byte, read and written once on the way there and back, and a result is written where it
/// is read. As an enum all variants share one place, and compilers copy the largest at every step.
pub(crate) struct Once<F, T, E> {
    /// Says which of the fields is initialised. Only this module writes it.
    state: State,
    /// In state `Waiting`.
    visitor: MaybeUninit<F>,
    /// In state `Visited`.
    out: MaybeUninit<T>,
    /// In state `Troubled`.
    trouble: MaybeUninit<Trouble<E>>,
}

/// How far it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Not called.
    Waiting,
    /// Called once, and returned.
    Visited,
    /// Being called, or emptied.
    Empty,
    /// Something went wrong.
    Troubled,
}

impl<F, T, E> Once<F, T, E> {
    #[inline]
    pub(crate) const fn new(visitor: F) -> Self {
        Self {
            state: State::Waiting,
            visitor: MaybeUninit::new(visitor),
            out: MaybeUninit::uninit(),
            trouble: MaybeUninit::uninit(),
        }
    }

    #[inline]
    pub(crate) const fn state(&self) -> State {
        self.state
    }

    /// Gives out the closure, once.
    #[inline]
    pub(super) const fn start(&mut self) -> Option<F> {
        match self.state {
            State::Waiting => {
                self.state = State::Empty;
                // SAFETY: initialised in the state that was, and given out with it (rule 4).
                Some(unsafe { self.visitor.assume_init_read() })
            }
            _ => None,
        }
    }

    /// Keeps what the closure made, unless there has been trouble since it started.
    #[inline]
    pub(super) fn finish(&mut self, out: T) {
        if matches!(self.state, State::Empty) {
            self.out.write(out);
            self.state = State::Visited;
        }
    }

    /// Keeps what went wrong, in place of whatever there was.
    #[cold]
    pub(super) fn fail(&mut self, trouble: Trouble<E>) {
        self.clear();
        self.trouble.write(trouble);
        self.state = State::Troubled;
    }

    /// What the closure made.
    #[inline]
    pub(crate) const fn take_out(&mut self) -> Option<T> {
        match self.state {
            State::Visited => {
                self.state = State::Empty;
                // SAFETY: initialised in the state that was, and given out with it (rule 4).
                Some(unsafe { self.out.assume_init_read() })
            }
            _ => None,
        }
    }

    /// What went wrong.
    #[cold]
    pub(crate) const fn take_trouble(&mut self) -> Option<Trouble<E>> {
        match self.state {
            State::Troubled => {
                self.state = State::Empty;
                // SAFETY: initialised in the state that was, and given out with it (rule 4).
                Some(unsafe { self.trouble.assume_init_read() })
            }
            _ => None,
        }
    }

    /// Drops what there is. A destructor that panics stops here, for there may be a host's frame above.
    #[cold]
    fn clear(&mut self) {
        let _ = catch(|| match self.state {
            State::Waiting => drop(self.start()),
            State::Visited => drop(self.take_out()),
            State::Troubled => drop(self.take_trouble()),
            State::Empty => {}
        });
    }
}

impl<F, T, E> Drop for Once<F, T, E> {
    #[inline]
    fn drop(&mut self) {
        match self.state {
            State::Empty => {}
            State::Waiting => drop(self.start()),
            State::Visited | State::Troubled => self.clear(),
        }
    }
}
