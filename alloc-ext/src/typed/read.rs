//! Typed reading, while invariants are checked.

use statevec_abi::{
    abi::{RecordKey, SysId},
    typed::{KeyedRecord, Pk, Record},
};

use super::visit;
use crate::{errors::RuntimeHostError, traits::BizInvariantReadContext};

/// Typed reading through a [`BizInvariantReadContext`].
///
/// ```
/// use statevec_abi::typed::Record;
/// use statevec_abi_alloc::{BizInvariantReadContext, InvariantReadContextExt};
///
/// #[derive(Record)]
/// #[record(kind = 1, len = 64, pk(account_id))]
/// struct Account { #[field(immutable)] account_id: u64, balance: i64 }
///
/// fn nobody_owes(state: &dyn BizInvariantReadContext) -> Result<(), String> {
///     state.for_each_typed::<Account, String, _>(|_, account| match account.balance() {
///         ..0 => Err(format!("account {} owes", account.account_id())),
///         _ => Ok(()),
///     })
/// }
/// ```
pub trait InvariantReadContextExt: BizInvariantReadContext {
    /// Lends a record to `f` by its number, and returns what `f` made of it; `None` when there is
    /// no such record.
    ///
    /// # Errors
    ///
    /// The host refused or misbehaved, or the record does not decode.
    fn with_read_typed<R, T, F>(&self, sys_id: SysId, f: F) -> Result<Option<T>, RuntimeHostError>
    where
        R: Record,
        F: FnOnce(R::View<'_>) -> T,
    {
        visit::read::<R, T>(f, |visitor| self.with_read_typed_raw(R::KIND, sys_id, visitor))
    }

    /// As [`with_read_typed`](Self::with_read_typed), by primary key.
    ///
    /// # Errors
    ///
    /// As [`with_read_typed`](Self::with_read_typed).
    fn with_read_typed_by_pk<R, T, F>(&self, pk: Pk<R>, f: F) -> Result<Option<T>, RuntimeHostError>
    where
        R: KeyedRecord,
        F: FnOnce(R::View<'_>) -> T,
    {
        visit::read::<R, T>(f, |visitor| {
            self.with_read_typed_by_pk_raw(R::KIND, pk.as_bytes(), visitor)
        })
    }

    /// Lends every record of a type to `f`, in ascending `sys_id`. After an `Err` from `f` the rest
    /// are skipped and the error is returned.
    ///
    /// # Errors
    ///
    /// Those of `f`; the host refused or misbehaved, or a record does not decode.
    fn for_each_typed<R, E, F>(&self, f: F) -> Result<(), E>
    where
        R: Record,
        E: From<RuntimeHostError>,
        F: FnMut(RecordKey, R::View<'_>) -> Result<(), E>,
    {
        visit::each::<R, E>(
            f,
            |visitor| self.for_each_record_key_raw(R::KIND, visitor),
            |sys_id, visitor| self.with_read_typed_raw(R::KIND, sys_id, visitor),
        )
    }
}

impl<C: BizInvariantReadContext + ?Sized> InvariantReadContextExt for C {}
