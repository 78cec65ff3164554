//! Frames that are being written, and the order in which their results count.

use std::collections::VecDeque;

use super::{LogError, LogPosition};

/// Frames that are being written, in the order of the log. They end in any order.
#[derive(Debug, Default)]
pub(super) struct InFlight {
    /// Number of the oldest frame.
    first: u64,
    /// `None` until a frame's result is known.
    results: VecDeque<Option<Result<LogPosition, LogError>>>,
}

impl InFlight {
    pub(super) fn is_empty(&self) -> bool {
        self.results.is_empty()
    }

    /// Adds the next frame of the log; returns its number.
    pub(super) fn begin(&mut self) -> u64 {
        self.results.push_back(None);
        self.first + self.results.len() as u64 - 1
    }

    /// Keeps the result of a frame.
    pub(super) fn end(&mut self, number: u64, result: Result<LogPosition, LogError>) {
        let place = self.results.get_mut((number - self.first) as usize);
        debug_assert!(place.is_some(), "frame {number} ended twice");
        if let Some(place) = place {
            *place = Some(result);
        }
    }

    /// Takes the result of the oldest frame, if it is known. Later ones wait for it: an entry is
    /// durable only with all entries before it.
    pub(super) fn take_oldest(&mut self) -> Option<Result<LogPosition, LogError>> {
        let result = self.results.front_mut()?.take()?;
        self.results.pop_front();
        self.first += 1;
        Some(result)
    }
}
