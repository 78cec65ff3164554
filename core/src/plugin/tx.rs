//! One transaction, as a plugin sees it.

use core::{fmt, mem::MaybeUninit, slice};

use super::call_state::{CallState, HasCallState, Seal};
use crate::{
    abi::{RecordKey, RecordKind, RuntimeErrorBuf},
    boundary::{ErrorSlot, TxResult, text_writer::TextWriter},
    raw::{HostCaller as _, HostErrorBuffer, HostTable},
};

/// One transaction: writing, and the methods of [`ReadAccess`](super::ReadAccess).
///
/// It lives as long as the call and cannot be kept. While a record is lent for writing, the
/// transaction is borrowed, so a host call from inside the visitor does not compile.
///
/// ```
/// use statevec_abi::prelude::*;
///
/// # #[derive(Record)]
/// # #[record(kind = 1, len = 64, pk(account_id))]
/// # struct Account { #[field(immutable)] account_id: u64, balance: u64 }
/// # #[derive(Event)]
/// # #[event(kind = 1)]
/// # struct Paid { account_id: u64, amount: u64 }
/// fn pay<'tx>(tx: &mut Tx<'tx>, account_id: u64, amount: u64) -> TxResult<'tx> {
///     let paid = tx.update(Account::pk(account_id), |account| {
///         let rest = account.balance().checked_sub(amount)?;
///         account.set_balance(rest);
///         Some(())
///     })?;
///     match paid {
///         Some(Some(())) => tx.emit(&Paid { account_id, amount }),
///         Some(None) => Err(tx.reject(format_args!("account {account_id} has too little"))),
///         None => Err(tx.reject(format_args!("there is no account {account_id}"))),
///     }
/// }
/// ```
#[derive(Debug)]
pub struct Tx<'tx> {
    /// Invariant: made from a [`HostTable`]. Only `new` sets it.
    state: CallState<'tx>,
}

/// The longest text with arguments that [`Tx::log`] passes on, in bytes. Longer texts are cut at a
/// char boundary.
const LOG_CAPACITY: usize = 256;

impl<'tx> Tx<'tx> {
    #[inline]
    pub(crate) const fn new(
        table: HostTable<'tx>,
        error_buffer: HostErrorBuffer<'tx>,
        error: ErrorSlot<'tx>,
    ) -> Self {
        Self { state: CallState::new(table.read(), error_buffer, error) }
    }

    /// Creates a record: `init` fills zeroed bytes of the schema's data size. Returns the new
    /// record's key.
    ///
    /// # Errors
    ///
    /// The host refused (a record with the same primary key exists: kind 4001) or broke the
    /// contract; the reason is written.
    #[inline]
    pub fn create_raw(
        &mut self,
        kind: RecordKind,
        init: impl FnOnce(&mut [u8]),
    ) -> TxResult<'tx, RecordKey> {
        let (key, ()) = self.table().create(&mut self.state, kind, init)?;
        Ok(key)
    }

    /// Updates a record by its primary key in place, and returns the result of `update`; `None`
    /// when there is no such record.
    ///
    /// # Errors
    ///
    /// The host refused (an update that changes the key: kind 4001) or broke the contract; the
    /// reason is written.
    #[inline]
    pub fn update_by_pk_raw<T>(
        &mut self,
        kind: RecordKind,
        pk: &[u8],
        update: impl FnOnce(&mut [u8]) -> T,
    ) -> TxResult<'tx, Option<T>> {
        self.table().update_by_pk(&mut self.state, kind, pk, update)
    }

    /// Deletes a record by its primary key, and returns whether there was one.
    ///
    /// # Errors
    ///
    /// The host refused or broke the contract; the reason is written.
    #[inline]
    pub fn delete_by_pk_raw(&mut self, kind: RecordKind, pk: &[u8]) -> TxResult<'tx, bool> {
        self.table().delete_by_pk(&mut self.state, kind, pk)
    }

    /// Emits an event. It exists once the transaction commits.
    ///
    /// # Errors
    ///
    /// The host refused or broke the contract; the reason is written.
    #[inline]
    pub fn emit_raw(&mut self, kind: u8, payload: &[u8]) -> TxResult<'tx> {
        self.table().emit_event(&mut self.state, kind, payload)
    }

    /// Passes a diagnostic text to the host; at most 256 bytes when it has arguments. It is no part
    /// of the outcome.
    ///
    /// # Errors
    ///
    /// The host refused or broke the contract; the reason is written.
    pub fn log(&mut self, message: fmt::Arguments<'_>) -> TxResult<'tx> {
        let mut formatted = [MaybeUninit::<u8>::uninit(); LOG_CAPACITY];
        let message = match message.as_str() {
            Some(text) => text,
            None => write_text(&mut formatted, message),
        };
        self.table().debug_log(&mut self.state, message)
    }

    /// The host's table and the buffer for its errors, for adapters that speak to the host in their
    /// own way.
    pub fn host_table(&mut self) -> (HostTable<'_>, HostErrorBuffer<'_>) {
        (self.table(), self.state.error_buffer())
    }

    /// The slot for this call's own error.
    #[inline]
    pub(super) const fn error(&self) -> ErrorSlot<'tx> {
        self.state.error()
    }

    /// The address of the buffer for host errors, where the instance begins, too.
    #[inline]
    pub(super) const fn error_buffer_address(&self) -> *mut RuntimeErrorBuf {
        self.state.error_buffer_address()
    }

    /// The host's functions, and the caller that gets their errors.
    #[inline]
    pub(super) const fn host(&mut self) -> (HostTable<'tx>, &mut CallState<'tx>) {
        (self.table(), &mut self.state)
    }

    #[inline]
    const fn table(&self) -> HostTable<'tx> {
        // SAFETY: `new` made the state from a `HostTable`, and no code outside of `plugin` can
        // replace it (rule 10).
        unsafe { HostTable::of_read(self.state.table()) }
    }
}

impl<'tx> HasCallState<'tx> for Tx<'tx> {
    #[inline]
    fn call_state(&mut self, _seal: Seal) -> &mut CallState<'tx> {
        &mut self.state
    }
}

fn write_text<'b>(
    buffer: &'b mut [MaybeUninit<u8>; LOG_CAPACITY],
    text: fmt::Arguments<'_>,
) -> &'b str {
    let start = buffer.as_mut_ptr().cast::<u8>();
    // SAFETY: the buffer has this capacity, and is borrowed mutably until the writer's last use
    // (rule 9).
    let mut writer = unsafe { TextWriter::new(start, LOG_CAPACITY) };
    writer.write(text);
    // SAFETY: the writer initialised the first `len` bytes of the buffer (rule 9).
    let bytes = unsafe { slice::from_raw_parts(start, writer.len()) };
    // SAFETY: the writer copies whole chars of strings, so the bytes are UTF-8 (rule 9).
    unsafe { str::from_utf8_unchecked(bytes) }
}
