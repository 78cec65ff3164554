//! Typed commands on an engine.

use std::ops::RangeBounds;

use statevec_abi::{
    abi::SysId,
    boundary::RuntimeCommandRef,
    typed::{Command, KeyedRecord, Pk, Record},
};

use super::{Committed, TypedError, payload::encode};
use crate::{Engine, Outcome, StoreLayer};

impl<H: StoreLayer> Engine<H> {
    /// Runs a command as the next one: its `ext_seq` is one more than that of the last, from 1, and
    /// its reference time is 0.
    ///
    /// # Errors
    ///
    /// The command was [rejected](TypedError::Rejected) or [failed](TypedError::Failed), and
    /// changed nothing. A command that the schema does not list does not run.
    pub fn run_typed<C: Command>(&mut self, command: &C) -> Result<Committed<'_>, TypedError> {
        // At the end of the numbers the engine answers with a duplicate.
        let ext_seq = self.position().next_ext_seq().unwrap_or(u64::MAX);
        self.run_typed_at(command, ext_seq, 0)
    }

    /// Runs a command with a number and a reference time in microseconds.
    ///
    /// # Errors
    ///
    /// As [`run_typed`](Self::run_typed). A number that is not above the last one is a
    /// [duplicate](TypedError::Duplicate).
    pub fn run_typed_at<C: Command>(
        &mut self,
        command: &C,
        ext_seq: u64,
        ref_ext_time_us: u64,
    ) -> Result<Committed<'_>, TypedError> {
        let mut payload = std::mem::take(&mut self.payload);
        let tx_seq = encode(command, self.store().schema(), &mut payload).and_then(|()| {
            let view = RuntimeCommandRef::new(C::KIND, ext_seq, ref_ext_time_us, &payload);
            match self.run(&view) {
                Outcome::Committed { tx_seq, .. } => Ok(tx_seq),
                Outcome::Rejected(failure) => Err(TypedError::Rejected(failure.into())),
                Outcome::Failed(failure) => Err(TypedError::Failed(failure.into())),
                Outcome::Duplicate { last_ext_seq } => Err(TypedError::Duplicate { last_ext_seq }),
            }
        });
        // The next command uses the memory again.
        self.payload = payload;
        Ok(Committed::of_store(tx_seq?, self.store()))
    }

    /// The record with a key; `None` when there is none.
    ///
    /// # Errors
    ///
    /// The schema does not list the type, or the record's bytes do not fit it.
    pub fn get<R: KeyedRecord>(&self, pk: Pk<R>) -> Result<Option<R>, TypedError> {
        self.store().get_typed(pk)
    }

    /// All records of a type, in ascending order of their numbers.
    ///
    /// # Errors
    ///
    /// The schema does not list the type. An item is an error if its bytes do not fit the type.
    pub fn records<R: Record>(
        &self,
    ) -> Result<impl Iterator<Item = Result<(SysId, R), TypedError>>, TypedError> {
        self.store().records_typed()
    }

    /// The records of a type whose keys lie in a range, in ascending order of the keys. The
    /// iterator can be reversed.
    ///
    /// # Errors
    ///
    /// The schema does not list the type, or does not ask for its records in the order of the keys
    /// (`range_scan`). An item is an error if its bytes do not fit the type.
    pub fn range<R: KeyedRecord>(
        &self,
        keys: impl RangeBounds<Pk<R>>,
    ) -> Result<impl DoubleEndedIterator<Item = Result<(SysId, R), TypedError>>, TypedError> {
        self.store().range_typed(keys)
    }
}
