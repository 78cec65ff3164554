//! The last entries, as text.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::text::{EntryText, PIECE};

/// About how many bytes of text are kept.
const KEPT: usize = 4 << 20;

/// The newest entries that a reader asked for, without gaps.
#[derive(Default)]
pub(super) struct Recent(Mutex<State>);

#[derive(Default)]
struct State {
    entries: VecDeque<Arc<EntryText>>,
    bytes: usize,
}

impl Recent {
    /// Entries from a number on. `None` if the first one is not here.
    pub(super) fn get(&self, from: u64, most: usize) -> Option<Vec<Arc<EntryText>>> {
        let state = self.lock();
        let first = state.entries.front()?.number;
        let start = usize::try_from(from.checked_sub(first)?).ok()?;
        let mut bytes = 0;
        let found: Vec<_> = state
            .entries
            .iter()
            .skip(start)
            .take(most)
            .take_while(|entry| {
                let is_first = bytes == 0;
                bytes += entry.bytes();
                is_first || bytes <= PIECE
            })
            .cloned()
            .collect();
        (!found.is_empty()).then_some(found)
    }

    /// Adds entries that were read, if they are newer than those that are here.
    pub(super) fn add(&self, found: &[Arc<EntryText>]) {
        let mut state = self.lock();
        for entry in found {
            let next = state.entries.back().map(|last| last.number + 1);
            match next {
                Some(next) if entry.number < next => continue,
                Some(next) if entry.number > next => *state = State::default(),
                _ => {}
            }
            state.bytes += entry.bytes();
            state.entries.push_back(Arc::clone(entry));
        }
        while state.bytes > KEPT
            && let Some(oldest) = state.entries.pop_front()
        {
            state.bytes -= oldest.bytes();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{EntryText, KEPT, PIECE, Recent};

    fn entries(numbers: std::ops::RangeInclusive<u64>, len: usize) -> Vec<Arc<EntryText>> {
        let entry = |number| EntryText { number, entry: "x".repeat(len), events: Vec::new() };
        numbers.map(|number| Arc::new(entry(number))).collect()
    }

    fn numbers(found: Option<Vec<Arc<EntryText>>>) -> Option<Vec<u64>> {
        found.map(|found| found.iter().map(|entry| entry.number).collect())
    }

    #[test]
    fn entries_before_a_gap_are_forgotten() {
        let recent = Recent::default();
        recent.add(&entries(1..=3, 1));
        recent.add(&entries(2..=4, 1));
        assert_eq!(numbers(recent.get(2, 9)), Some(vec![2, 3, 4]));
        recent.add(&entries(9..=9, 1));
        assert_eq!(numbers(recent.get(4, 9)), None);
        assert_eq!(numbers(recent.get(9, 9)), Some(vec![9]));
        assert_eq!(numbers(recent.get(10, 9)), None);
        recent.add(&entries(1..=2, 1));
        assert_eq!(numbers(recent.get(9, 9)), Some(vec![9]), "older entries replace no newer ones");
    }

    #[test]
    fn memory_and_answers_stay_within_their_bounds() {
        let recent = Recent::default();
        recent.add(&entries(1..=100, KEPT / 10));
        let kept = (1..=100).filter(|from| recent.get(*from, 1).is_some()).count();
        assert!((8..=10).contains(&kept), "{kept}");
        let long = recent.get(100 - 3, 100).unwrap();
        assert_eq!(long.len(), 1, "one entry is longer than {PIECE} bytes");
    }
}
