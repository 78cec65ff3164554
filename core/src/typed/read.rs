//! Reading records of a type.

use super::{KeyedRecord, Pk, Record};
use crate::{
    ReadContext, RecordKind, Rejected, SysId,
    plugin::{ContractViolation, HostCaller as _, Lends, Lent},
    runtime_error_kind,
    text_writer::Decimal,
};

/// A record's view needs its layout's bytes; the host may lend more.
impl<R: Record> Lends for R {
    const LENT: Lent = Lent::record(R::DEF.name, R::DATA_SIZE);
}

/// Typed reading. A record that does not decode fails the call as ABI_CONTRACT_VIOLATION, with the record, the field
/// and both sizes in the text.
impl<'c> ReadContext<'c> {
    /// Lends the record with this key to `f`, and returns what `f` made of it; `None` when there is no such record.
    ///
    /// ```
    /// # use statevec_abi::{ReadContext, Record, Rejected};
    /// # #[derive(Record)]
    /// # #[record(kind = 1, len = 64, pk(account_id))]
    /// # struct Account { #[field(immutable)] account_id: u64, balance: i64 }
    /// fn balance<'c>(state: &mut ReadContext<'c>) -> Result<Option<i64>, Rejected<'c>> {
    ///     state.read(Account::pk(7), |account| account.balance())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// The host refused or broke the contract, or the record does not decode; the reason is written.
    #[inline]
    pub fn read<R: KeyedRecord, T>(
        &mut self,
        pk: Pk<R>,
        f: impl FnOnce(R::View<'_>) -> T,
    ) -> Result<Option<T>, Rejected<'c>> {
        let table = self.table();
        table.lend_by_pk::<R, _, _, _>(self, R::KIND, pk.as_bytes(), |data| R::view(data).map(f))
    }

    /// As [`read`](Self::read), by the number that the host gave to the record.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    #[inline]
    pub fn read_by_id<R: Record, T>(
        &mut self,
        sys_id: SysId,
        f: impl FnOnce(R::View<'_>) -> T,
    ) -> Result<Option<T>, Rejected<'c>> {
        let table = self.table();
        table.lend_by_id::<R, _, _, _>(self, R::KIND, sys_id, |data| R::view(data).map(f))
    }

    /// A copy of the record with this key; `None` when there is no such record.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    #[inline]
    pub fn get<R: KeyedRecord>(&mut self, pk: Pk<R>) -> Result<Option<R>, Rejected<'c>> {
        let table = self.table();
        table.lend_by_pk::<R, _, _, _>(self, R::KIND, pk.as_bytes(), R::decode)
    }

    /// As [`get`](Self::get), by the number that the host gave to the record.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    #[inline]
    pub fn get_by_id<R: Record>(&mut self, sys_id: SysId) -> Result<Option<R>, Rejected<'c>> {
        let table = self.table();
        table.lend_by_id::<R, _, _, _>(self, R::KIND, sys_id, R::decode)
    }

    /// Calls `f` with a copy of every record of the type, in ascending `sys_id`, and with a context to read through
    /// meanwhile. After an `Err` from `f` the rest are skipped and the error is returned.
    ///
    /// ```
    /// # use statevec_abi::{ReadContext, Record, Rejected};
    /// # #[derive(Record)]
    /// # #[record(kind = 1, len = 64, pk(account_id))]
    /// # struct Account { #[field(immutable)] account_id: u64, balance: i64 }
    /// fn nobody_owes<'c>(state: &mut ReadContext<'c>) -> Result<(), Rejected<'c>> {
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
    pub fn for_each<R: Record>(
        &mut self,
        mut f: impl FnMut(&mut ReadContext<'c>, R) -> Result<(), Rejected<'c>>,
    ) -> Result<(), Rejected<'c>> {
        self.for_each_key(R::KIND, |state, key| {
            if key.kind != R::KIND {
                return Err(state.listed_another_kind(R::KIND, key.kind));
            }
            match state.get_by_id(key.sys_id)? {
                Some(record) => f(state, record),
                None => Err(state.listed_but_absent(R::DEF.name, key.sys_id)),
            }
        })
    }

    #[cold]
    fn listed_another_kind(&mut self, expected: RecordKind, got: RecordKind) -> Rejected<'c> {
        let call = "for_each_record_key_raw";
        let violation = ContractViolation::Kind { call, expected, got };
        self.failed(violation.into())
    }

    #[cold]
    fn listed_but_absent(&mut self, name: &str, sys_id: SysId) -> Rejected<'c> {
        self.fail(
            runtime_error_kind::ABI_CONTRACT_VIOLATION,
            format_args!("the host listed {name} {} and then had no such record", Decimal(sys_id)),
        )
    }
}
