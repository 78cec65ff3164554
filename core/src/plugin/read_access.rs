//! Reading records, in a transaction and without one.

use super::{
    Tx,
    call_state::{HasCallState, Seal},
    read_context::{self, ReadContext},
};
use crate::{
    abi::{RecordKey, RecordKind, RuntimeErrorKind, SysId, runtime_error_kind},
    boundary::{ErrorWritten, Reason, TxResult, fail, text_writer::Decimal},
    raw::{ContractViolation, HostCaller as _},
    typed::{KeyedRecord, Pk, Record},
};

/// Reading records, and failing the call: the methods that [`Tx`] and [`ReadContext`] share. The
/// trait is sealed.
///
/// A helper that takes `&mut impl ReadAccess<'c>` serves commands and invariants alike. A failed
/// host call returns [`ErrorWritten`] with the host's own kind and text already written, so that
/// `?` passes it on. A record that does not decode fails the call as `ABI_CONTRACT_VIOLATION`, with
/// the record, the field and both sizes in the text.
///
/// ```
/// # use statevec_abi::prelude::*;
/// fn check<'c>(state: &mut impl ReadAccess<'c>, amount: u64) -> TxResult<'c> {
///     if amount == 0 {
///         return Err(state.reject(format_args!("amount is {amount}; it must be positive")));
///     }
///     Ok(())
/// }
/// ```
pub trait ReadAccess<'c>: HasCallState<'c> {
    /// Lends the record with this key to `f`, and returns the result of `f`; `None` when there is
    /// no such record.
    ///
    /// ```
    /// # use statevec_abi::prelude::*;
    /// # #[derive(Record)]
    /// # #[record(kind = 1, len = 64, pk(account_id))]
    /// # struct Account { #[field(immutable)] account_id: u64, balance: i64 }
    /// fn balance<'c>(state: &mut impl ReadAccess<'c>) -> TxResult<'c, Option<i64>> {
    ///     state.read(Account::pk(7), |account| account.balance())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// The host refused or broke the contract, or the record does not decode; the reason is
    /// written.
    #[inline]
    fn read<R: KeyedRecord, T>(
        &mut self,
        pk: Pk<R>,
        f: impl FnOnce(R::View<'_>) -> T,
    ) -> TxResult<'c, Option<T>> {
        let state = self.call_state(Seal::OPEN);
        state
            .table()
            .lend_by_pk::<R, _, _, _>(state, R::KIND, pk.as_bytes(), |data| R::view(data).map(f))
    }

    /// As [`read`](Self::read), by the number that the host gave to the record.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    #[inline]
    fn read_by_id<R: Record, T>(
        &mut self,
        sys_id: SysId,
        f: impl FnOnce(R::View<'_>) -> T,
    ) -> TxResult<'c, Option<T>> {
        let state = self.call_state(Seal::OPEN);
        state.table().lend_by_id::<R, _, _, _>(state, R::KIND, sys_id, |data| R::view(data).map(f))
    }

    /// A copy of the record with this key; `None` when there is no such record.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    #[inline]
    fn get<R: KeyedRecord>(&mut self, pk: Pk<R>) -> TxResult<'c, Option<R>> {
        let state = self.call_state(Seal::OPEN);
        state.table().lend_by_pk::<R, _, _, _>(state, R::KIND, pk.as_bytes(), R::decode)
    }

    /// As [`get`](Self::get), by the number that the host gave to the record.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    #[inline]
    fn get_by_id<R: Record>(&mut self, sys_id: SysId) -> TxResult<'c, Option<R>> {
        let state = self.call_state(Seal::OPEN);
        state.table().lend_by_id::<R, _, _, _>(state, R::KIND, sys_id, R::decode)
    }

    /// Calls `f` with a copy of every record of the type, in ascending `sys_id`, and with a context
    /// to read through meanwhile. After an `Err` from `f` the rest are skipped and the error is
    /// returned.
    ///
    /// ```
    /// # use statevec_abi::prelude::*;
    /// # #[derive(Record)]
    /// # #[record(kind = 1, len = 64, pk(account_id))]
    /// # struct Account { #[field(immutable)] account_id: u64, balance: i64 }
    /// fn nobody_owes<'c>(state: &mut impl ReadAccess<'c>) -> TxResult<'c> {
    ///     state.for_each(|state, account: Account| {
    ///         if account.balance < 0 {
    ///             return Err(state.reject(format_args!("account {} owes", account.account_id)));
    ///         }
    ///         Ok(())
    ///     })
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of `f`, and as [`read`](Self::read).
    #[inline]
    fn for_each<R: Record>(
        &mut self,
        mut f: impl FnMut(&mut ReadContext<'c>, R) -> TxResult<'c>,
    ) -> TxResult<'c> {
        self.for_each_key(R::KIND, |state, key| {
            if key.kind != R::KIND {
                return Err(listed_another_kind(state, R::KIND, key.kind));
            }
            match state.get_by_id(key.sys_id)? {
                Some(record) => f(state, record),
                None => Err(listed_but_absent(state, R::DEF.name, key.sys_id)),
            }
        })
    }

    /// Rejects the command (kind 2001), with a reason for its sender: a text, `format_args!(…)`, or
    /// a reference to anything that displays.
    #[inline(always)]
    fn reject(&mut self, reason: impl Reason) -> ErrorWritten<'c> {
        self.fail(runtime_error_kind::PLUGIN_REJECTED, reason)
    }

    /// Rejects a command that is malformed or unknown (kind 2002).
    #[inline(always)]
    fn invalid_command(&mut self, reason: impl Reason) -> ErrorWritten<'c> {
        self.fail(runtime_error_kind::INVALID_COMMAND, reason)
    }

    /// Fails with any kind. The last reason written wins.
    #[inline(always)]
    fn fail(&mut self, kind: RuntimeErrorKind, reason: impl Reason) -> ErrorWritten<'c> {
        self.call_state(Seal::OPEN).error().fail(kind, reason)
    }

    /// Reads a record by number, and returns the visitor's result for its bytes; `None` when there
    /// is no such record.
    ///
    /// # Errors
    ///
    /// The host refused or broke the contract; the reason is written.
    #[inline]
    fn read_raw<T>(
        &mut self,
        kind: RecordKind,
        sys_id: SysId,
        visitor: impl FnOnce(&[u8]) -> T,
    ) -> TxResult<'c, Option<T>> {
        let state = self.call_state(Seal::OPEN);
        state.table().read_by_id(state, kind, sys_id, visitor)
    }

    /// Reads a record by its primary key, and returns the visitor's result for its bytes; `None`
    /// when there is no such record.
    ///
    /// # Errors
    ///
    /// As [`read_raw`](Self::read_raw).
    #[inline]
    fn read_by_pk_raw<T>(
        &mut self,
        kind: RecordKind,
        pk: &[u8],
        visitor: impl FnOnce(&[u8]) -> T,
    ) -> TxResult<'c, Option<T>> {
        let state = self.call_state(Seal::OPEN);
        state.table().read_by_pk(state, kind, pk, visitor)
    }

    /// Calls the visitor with every key of a kind, in ascending `sys_id`, and with a context to
    /// read through meanwhile.
    ///
    /// After a visitor's `Err` the rest are skipped and the error is returned.
    ///
    /// # Errors
    ///
    /// The visitor's, or as [`read_raw`](Self::read_raw).
    fn for_each_key(
        &mut self,
        kind: RecordKind,
        visitor: impl FnMut(&mut ReadContext<'c>, RecordKey) -> TxResult<'c>,
    ) -> TxResult<'c> {
        read_context::for_each_key(self.call_state(Seal::OPEN), kind, visitor)
    }
}

impl<'c> ReadAccess<'c> for ReadContext<'c> {}
impl<'tx> ReadAccess<'tx> for Tx<'tx> {}

#[cold]
fn listed_another_kind<'c>(
    context: &mut ReadContext<'c>,
    expected: RecordKind,
    got: RecordKind,
) -> ErrorWritten<'c> {
    let call = "for_each_record_key_raw";
    let violation = ContractViolation::Kind { call, expected, got };
    context.call_state(Seal::OPEN).failed(violation.into())
}

#[cold]
fn listed_but_absent<'c>(
    context: &mut ReadContext<'c>,
    name: &str,
    sys_id: SysId,
) -> ErrorWritten<'c> {
    fail!(
        context.call_state(Seal::OPEN).error(),
        runtime_error_kind::ABI_CONTRACT_VIOLATION,
        "record is gone",
        "the host listed {name} {} and then had no such record",
        Decimal(sys_id)
    )
}
