//! Remembers idempotency keys, so that a request that is sent again does not run again.
//!
//! Before the commands of a request with a key run, the journal records on stable storage which
//! numbers (`ext_seq`) they get. The log is a prefix of what ran, so after a crash the numbers up
//! to the log's last one are those of commands that ran, and all others were never used. A request
//! that comes again gets its old numbers, which the engine answers from the log.

mod error;
mod journal;
mod record;

use std::{
    collections::{HashMap, VecDeque},
    path::Path,
    sync::Arc,
};

use statevec_host::storage::Storage;

use super::Refusal;
use crate::commands::IdempotencyKey;
pub(crate) use error::KeyError;
use journal::Journal;
pub(super) use record::Numbers;
use record::{KeyRecord, What};

/// The keys that are remembered.
#[derive(Debug)]
pub(crate) struct Keys {
    remembered: HashMap<[u8; 16], Remembered>,
    /// In the order in which they came. The first ones are forgotten first.
    order: VecDeque<[u8; 16]>,
    capacity: usize,
    journal: Journal,
}

/// A request with a key.
#[derive(Debug)]
struct Remembered {
    body: [u8; 16],
    /// The numbers of its commands, in order. There are several ranges if a crash cut the request
    /// in two.
    numbers: Vec<Numbers>,
    /// The place of the command that ended the process.
    ended_process: Option<u64>,
}

/// The numbers of one request's commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) numbers: Vec<Numbers>,
    /// The place of the command that ended the process: it and those behind it do not run.
    pub(super) ended_process: Option<u64>,
}

impl Plan {
    /// The number of the command at a place.
    pub(super) fn number(&self, mut place: u64) -> Option<u64> {
        self.numbers.iter().find_map(|numbers| {
            let count = u64::from(numbers.count);
            if place < count {
                return Some(numbers.first.saturating_add(place));
            }
            place -= count;
            None
        })
    }
}

impl Keys {
    /// Reads the journal in a data directory, whose log ends with the number `last`.
    ///
    /// `interrupted` is the number of a command that ended the process, and must not run again.
    pub(super) fn open(
        storage: Arc<dyn Storage>,
        root: &Path,
        capacity: usize,
        last: Option<u64>,
        interrupted: Option<u64>,
    ) -> Result<Self, KeyError> {
        let (journal, records) = Journal::open(storage, root)?;
        let mut keys =
            Self { remembered: HashMap::new(), order: VecDeque::new(), capacity, journal };
        for record in records {
            keys.remember(&record);
        }
        keys.cut(last.unwrap_or(0), interrupted);
        keys.rewrite()?;
        Ok(keys)
    }

    /// Plans the numbers of requests, from `next` on for those that are new. The new ones are on
    /// stable storage when this returns.
    ///
    /// After an error the journal's content is unknown: the directory has to be opened again.
    pub(super) fn plan(
        &mut self,
        requests: &[(IdempotencyKey, u32)],
        mut next: u64,
    ) -> Result<Vec<Result<Plan, Refusal>>, KeyError> {
        let mut plans = Vec::with_capacity(requests.len());
        let mut new = Vec::new();
        for (key, count) in requests {
            plans.push(self.known_plan(key, *count).map(|mut plan| {
                let planned: u32 = plan.numbers.iter().map(|numbers| numbers.count).sum();
                let missing = count.saturating_sub(planned);
                if missing > 0 && plan.ended_process.is_none() {
                    let numbers = Numbers { first: next, count: missing };
                    next = next.saturating_add(u64::from(missing));
                    let record = KeyRecord { key: *key, numbers, what: What::Numbers };
                    self.remember(&record);
                    new.push(record);
                    plan.numbers.push(numbers);
                }
                plan
            }));
        }
        if !new.is_empty() {
            self.journal.append(&new)?;
            self.forget_first();
            if self.journal.records() > self.capacity.saturating_mul(2).saturating_add(1024) {
                self.rewrite()?;
            }
        }
        Ok(plans)
    }

    fn known_plan(&self, key: &IdempotencyKey, count: u32) -> Result<Plan, Refusal> {
        let Some(known) = self.remembered.get(&key.key) else {
            return Ok(Plan { numbers: Vec::new(), ended_process: None });
        };
        let planned: u32 = known.numbers.iter().map(|numbers| numbers.count).sum();
        // The digest covers the body only: the same bytes can be another number of commands in
        // another format.
        if known.body != key.body || planned > count {
            return Err(Refusal::KeyReused);
        }
        Ok(Plan { numbers: known.numbers.clone(), ended_process: known.ended_process })
    }

    fn remember(&mut self, record: &KeyRecord) {
        let IdempotencyKey { key, body } = record.key;
        let order = &mut self.order;
        let known = self.remembered.entry(key).or_insert_with(|| {
            order.push_back(key);
            Remembered { body, numbers: Vec::new(), ended_process: None }
        });
        match record.what {
            What::Numbers => known.numbers.push(record.numbers),
            What::EndedProcess => known.ended_process = Some(record.numbers.first),
        }
    }

    /// Forgets the numbers above the log's last one: their commands were lost, and other ones will
    /// get these numbers.
    fn cut(&mut self, last: u64, interrupted: Option<u64>) {
        self.remembered.retain(|_, known| {
            let mut place = 0;
            for numbers in &mut known.numbers {
                let end = numbers.first.saturating_add(u64::from(numbers.count));
                if let Some(number) = interrupted
                    && (numbers.first..end).contains(&number)
                {
                    known.ended_process = Some(place + (number - numbers.first));
                }
                place += u64::from(numbers.count);
                let kept = last.saturating_add(1).saturating_sub(numbers.first);
                numbers.count = numbers.count.min(u32::try_from(kept).unwrap_or(u32::MAX));
            }
            known.numbers.retain(|numbers| numbers.count > 0);
            !known.numbers.is_empty() || known.ended_process.is_some()
        });
        let Self { remembered, order, .. } = self;
        order.retain(|key| remembered.contains_key(key));
    }

    fn forget_first(&mut self) {
        while self.order.len() > self.capacity
            && let Some(key) = self.order.pop_front()
        {
            self.remembered.remove(&key);
        }
    }

    fn rewrite(&mut self) -> Result<(), KeyError> {
        self.forget_first();
        let mut records = Vec::new();
        for key in &self.order {
            let Some(known) = self.remembered.get(key) else { continue };
            let key = IdempotencyKey { key: *key, body: known.body };
            for numbers in &known.numbers {
                records.push(KeyRecord { key, numbers: *numbers, what: What::Numbers });
            }
            if let Some(first) = known.ended_process {
                let numbers = Numbers { first, count: 0 };
                records.push(KeyRecord { key, numbers, what: What::EndedProcess });
            }
        }
        Ok(self.journal.rewrite(&records)?)
    }
}

#[cfg(test)]
mod tests;
