//! Writing records of a type, and emitting events.

use super::Tx;
use crate::{
    abi::{RecordKey, runtime_error_kind::PLUGIN_REJECTED},
    boundary::TxResult,
    typed::{DecodeError, Event, KeyedRecord, Pk, Record},
};

/// Typed writing.
impl<'tx> Tx<'tx> {
    /// Creates a record, and returns its kind and number.
    ///
    /// # Errors
    ///
    /// The host refused (a record with the same key exists: kind 4001) or broke the contract; the
    /// reason is written.
    #[inline]
    pub fn create<R: Record>(&mut self, record: &R) -> TxResult<'tx, RecordKey> {
        let (key, ()) = self.create_with(record, |_| Ok(()))?;
        Ok(key)
    }

    /// Lends the record with this key to `f` for changing, and returns the result of `f`; `None`
    /// when there is no such record. Immutable fields have no setter.
    ///
    /// ```
    /// # use statevec_abi::prelude::*;
    /// # #[derive(Record)]
    /// # #[record(kind = 1, len = 64, pk(account_id))]
    /// # struct Account { #[field(immutable)] account_id: u64, balance: i64 }
    /// fn add<'tx>(tx: &mut Tx<'tx>, amount: i64) -> TxResult<'tx> {
    ///     let added = tx.update(Account::pk(7), |account| {
    ///         let balance = account.balance().checked_add(amount)?;
    ///         account.set_balance(balance);
    ///         Some(())
    ///     })?;
    ///     match added {
    ///         Some(Some(())) => Ok(()),
    ///         Some(None) => Err(tx.reject(format_args!("balance overflow"))),
    ///         None => Err(tx.reject(format_args!("no account 7"))),
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// The host refused or broke the contract, or the record does not decode; the reason is
    /// written.
    #[inline]
    pub fn update<R: KeyedRecord, T>(
        &mut self,
        pk: Pk<R>,
        f: impl FnOnce(&mut R::Update<'_>) -> T,
    ) -> TxResult<'tx, Option<T>> {
        let (mut table, caller) = self.host();
        table.lend_by_pk::<R, _, _, _>(caller, R::KIND, pk.as_bytes(), |data| {
            R::update(data).map(|mut record| f(&mut record))
        })
    }

    /// Creates the record `initial` unless there is one with its key. Either way lends the record
    /// to `f` for changing, and returns the result of `f`.
    ///
    /// ```
    /// # use statevec_abi::prelude::*;
    /// # #[derive(Record)]
    /// # #[record(kind = 1, len = 64, pk(account_id))]
    /// # struct Visits { #[field(immutable)] account_id: u64, count: u32 }
    /// fn visit<'tx>(tx: &mut Tx<'tx>, account_id: u64) -> TxResult<'tx, u32> {
    ///     tx.update_or_create(&Visits { account_id, count: 0 }, |visits| {
    ///         visits.set_count(visits.count().saturating_add(1));
    ///         visits.count()
    ///     })
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`update`](Self::update).
    #[inline]
    pub fn update_or_create<R: KeyedRecord, T>(
        &mut self,
        initial: &R,
        mut f: impl FnMut(&mut R::Update<'_>) -> T,
    ) -> TxResult<'tx, T> {
        if let Some(value) = self.update(initial.key(), &mut f)? {
            return Ok(value);
        }
        let (_, value) =
            self.create_with(initial, |data| R::update(data).map(|mut record| f(&mut record)))?;
        Ok(value)
    }

    /// Deletes the record with this key, and returns whether there was one.
    ///
    /// # Errors
    ///
    /// The host refused or broke the contract; the reason is written.
    #[inline]
    pub fn delete<R: KeyedRecord>(&mut self, pk: Pk<R>) -> TxResult<'tx, bool> {
        self.delete_by_pk_raw(R::KIND, pk.as_bytes())
    }

    /// Emits an event. It exists once the transaction commits.
    ///
    /// # Errors
    ///
    /// The event's variable bytes are longer than it declares (a rejection, kind 2001, because they
    /// come from the command), or the host refused or broke the contract; the reason is written.
    #[inline]
    pub fn emit<E: Event>(&mut self, event: &E) -> TxResult<'tx> {
        match event.with_encoded(|payload| self.emit_raw(E::KIND, payload)) {
            Ok(emitted) => emitted,
            Err(error) => Err(self.error().fail_with(PLUGIN_REJECTED, &error)),
        }
    }

    /// Creates a record, and passes its bytes to `f` while the host lends them.
    #[inline]
    fn create_with<R: Record, T>(
        &mut self,
        record: &R,
        f: impl FnOnce(&mut [u8]) -> Result<T, DecodeError>,
    ) -> TxResult<'tx, (RecordKey, T)> {
        let (mut table, caller) = self.host();
        table.lend_new::<R, _, _, _>(caller, R::KIND, |data| f(record.write_to(data)?))
    }
}
