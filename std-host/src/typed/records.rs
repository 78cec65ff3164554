//! Records of a store as Rust types.

use std::ops::{Bound, RangeBounds};

use statevec_abi::{
    abi::SysId,
    typed::{KeyedRecord, Pk, Record},
};

use super::TypedError;
use crate::{Store, StoredRecord};

impl Store {
    /// The record with a key; `None` when there is none.
    ///
    /// # Errors
    ///
    /// The schema does not list the type, or the record's bytes do not fit it.
    pub fn get_typed<R: KeyedRecord>(&self, pk: Pk<R>) -> Result<Option<R>, TypedError> {
        self.check_listed::<R>()?;
        let record = self.get_by_pk(R::KIND, pk.as_bytes());
        Ok(record.map(|record| R::decode(record.data)).transpose()?)
    }

    /// All records of a type, in ascending order of their numbers.
    ///
    /// # Errors
    ///
    /// The schema does not list the type. An item is an error if its bytes do not fit the type.
    pub fn records_typed<R: Record>(
        &self,
    ) -> Result<impl Iterator<Item = Result<(SysId, R), TypedError>>, TypedError> {
        self.check_listed::<R>()?;
        Ok(self.records(R::KIND).map(decode))
    }

    /// The records of a type whose keys lie in a range, in ascending order of the keys. The
    /// iterator can be reversed.
    ///
    /// # Errors
    ///
    /// The schema does not list the type, or does not ask for its records in the order of the keys
    /// (`range_scan`). An item is an error if its bytes do not fit the type.
    pub fn range_typed<R: KeyedRecord>(
        &self,
        keys: impl RangeBounds<Pk<R>>,
    ) -> Result<impl DoubleEndedIterator<Item = Result<(SysId, R), TypedError>>, TypedError> {
        self.check_listed::<R>()?;
        let records = self.range(R::KIND, bytes(keys.start_bound()), bytes(keys.end_bound()));
        let records = records.ok_or(TypedError::NoRangeScan { name: R::DEF.name })?;
        Ok(records.map(decode))
    }

    fn check_listed<R: Record>(&self) -> Result<(), TypedError> {
        match self.schema().try_get(R::KIND) {
            Some(_) => Ok(()),
            None => Err(TypedError::Unlisted { name: R::DEF.name, list: "records" }),
        }
    }
}

fn decode<R: Record>(record: StoredRecord<'_>) -> Result<(SysId, R), TypedError> {
    Ok((record.sys_id, R::decode(record.data)?))
}

fn bytes<R: KeyedRecord>(bound: Bound<&Pk<R>>) -> Bound<&[u8]> {
    bound.map(Pk::as_bytes)
}
