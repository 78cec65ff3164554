//! Typed reading and writing in a transaction.

use alloc::string::ToString;

use statevec_abi::{
    abi::{RecordKey, RecordKind, SysId},
    typed::{Event, KeyedRecord, Pk, Record},
};

use super::visit;
use crate::{errors::RuntimeHostError, traits::RuntimeHostContext};

/// Typed reading and writing through a [`RuntimeHostContext`].
///
/// A failed write may have changed something already: pass its error on, so that the host undoes
/// it.
///
/// ```
/// use statevec_abi::typed::{Event, Record};
/// use statevec_abi_alloc::{RuntimeHostContext, RuntimeHostContextExt, RuntimePluginError};
///
/// #[derive(Record)]
/// #[record(kind = 1, len = 64, pk(account_id))]
/// struct Account { #[field(immutable)] account_id: u64, balance: i64 }
///
/// #[derive(Event)]
/// #[event(kind = 1)]
/// struct BalanceChanged { account_id: u64, balance: i64 }
///
/// fn add(
///     tx: &mut dyn RuntimeHostContext,
///     account_id: u64,
///     amount: i64,
/// ) -> Result<(), RuntimePluginError> {
///     let added = tx.update_typed_by_pk(Account::pk(account_id), |account| {
///         let balance = account.balance().checked_add(amount)?;
///         account.set_balance(balance); // there is no set_account_id: the field is immutable
///         Some(balance)
///     })?;
///     match added {
///         Some(Some(balance)) => {
///             Ok(tx.emit_typed_event(&BalanceChanged { account_id, balance })?)
///         }
///         Some(None) => Err(RuntimePluginError::new("the balance would overflow")),
///         None => Err(RuntimePluginError::new(format!("there is no account {account_id}"))),
///     }
/// }
/// ```
pub trait RuntimeHostContextExt: RuntimeHostContext {
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

    /// As [`with_read_typed`](Self::with_read_typed), by primary key. To change the record,
    /// [`update`](Self::update_typed_by_pk) it at once: that looks it up once.
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

    /// Creates a record, and returns its kind and number.
    ///
    /// # Errors
    ///
    /// The host refused (a record with the same key exists, say) or misbehaved.
    fn create_typed<R: Record>(&mut self, record: &R) -> Result<RecordKey, RuntimeHostError> {
        let (key, ()) =
            visit::create(record, |_| Ok(()), |visitor| self.create_typed_raw(R::KIND, visitor))?;
        Ok(key)
    }

    /// Lends a record to `f` for changing, and returns what `f` made of it; `None` when there is no
    /// such record. Immutable fields have no setter.
    ///
    /// # Errors
    ///
    /// The host refused or misbehaved, or the record does not decode.
    fn update_typed_by_pk<R, T, F>(
        &mut self,
        pk: Pk<R>,
        f: F,
    ) -> Result<Option<T>, RuntimeHostError>
    where
        R: KeyedRecord,
        F: FnOnce(&mut R::Update<'_>) -> T,
    {
        visit::update::<R, T>(f, |visitor| {
            self.update_typed_by_pk_raw(R::KIND, pk.as_bytes(), visitor)
        })
    }

    /// Creates the record `initial` unless there is one with its key; either way lends it to `f`
    /// for changing, and returns what `f` made of it.
    ///
    /// # Errors
    ///
    /// As [`update_typed_by_pk`](Self::update_typed_by_pk).
    fn update_or_create_typed_by_pk<R, T, F>(
        &mut self,
        initial: &R,
        mut f: F,
    ) -> Result<T, RuntimeHostError>
    where
        R: KeyedRecord,
        F: FnMut(&mut R::Update<'_>) -> T,
    {
        if let Some(value) = self.update_typed_by_pk(initial.key(), &mut f)? {
            return Ok(value);
        }
        let (_, value) = visit::create(
            initial,
            |data| R::update(data).map(|mut record| f(&mut record)),
            |visitor| self.create_typed_raw(R::KIND, visitor),
        )?;
        Ok(value)
    }

    /// Deletes a record, and returns whether there was one.
    ///
    /// # Errors
    ///
    /// The host refused.
    fn delete_by_pk<R: KeyedRecord>(&mut self, pk: Pk<R>) -> Result<bool, RuntimeHostError> {
        self.delete_by_pk_raw(R::KIND, pk.as_bytes())
    }

    /// Emits an event. It exists once the transaction commits.
    ///
    /// # Errors
    ///
    /// The event's variable bytes exceed what it declares, or the host refused.
    fn emit_typed_event<E: Event>(&mut self, event: &E) -> Result<(), RuntimeHostError> {
        event
            .with_encoded(|payload| self.emit_typed_event_raw(E::KIND, payload))
            .unwrap_or_else(|error| Err(RuntimeHostError::new(error.to_string())))
    }

    /// Calls `f` with every key of a kind, in ascending `sys_id`.
    ///
    /// # Errors
    ///
    /// The host refused.
    fn for_each_record_key(
        &self,
        kind: RecordKind,
        f: &mut dyn FnMut(RecordKey),
    ) -> Result<(), RuntimeHostError> {
        self.for_each_record_key_raw(kind, f)
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

impl<C: RuntimeHostContext + ?Sized> RuntimeHostContextExt for C {}
