//! What a plugin may do with state that it only reads.

use core::{ffi::c_void, fmt, marker::PhantomData, ptr::NonNull};

use super::{
    contract::{HostCallError, HostCaller},
    read_table::ReadTable,
    scratch::Scratch,
};
use crate::{
    abi::{
        RecordKey, RecordKind, RuntimeErrorBuf, RuntimeErrorKind, RuntimeErrorPhase, SysId,
        runtime_error_kind,
    },
    error_slot::{ErrorSlot, Rejected},
};

/// Read access to the host's records, for the time of the call `'c`, and the place to write why the call fails.
///
/// A failed host call returns [`Rejected`] with the host's own kind and text already written: `?` passes it on.
#[derive(Debug)]
pub struct ReadContext<'c> {
    // The fields of a `ReadTable` and an `ErrorSlot`, taken apart: side by side their two `u32` share a word.
    ctx: *mut c_void,
    entries: NonNull<()>,
    scratch: Scratch<'c>,
    buffer: *mut RuntimeErrorBuf,
    for_each_at: u32,
    phase: RuntimeErrorPhase,
    call: PhantomData<(ReadTable<'c>, ErrorSlot<'c>)>,
}

impl<'c> ReadContext<'c> {
    #[inline]
    pub(crate) const fn new(
        table: ReadTable<'c>,
        scratch: Scratch<'c>,
        error: ErrorSlot<'c>,
    ) -> Self {
        let (ctx, entries, for_each_at) = table.into_raw_parts();
        let (buffer, phase) = error.into_raw_parts();
        Self { ctx, entries, scratch, buffer, for_each_at, phase, call: PhantomData }
    }

    #[inline]
    pub(crate) const fn error(&self) -> ErrorSlot<'c> {
        // SAFETY: `new` took both from a slot of this very call, which is still running (rule 9).
        unsafe { ErrorSlot::from_raw(self.buffer, self.phase) }
    }

    /// The address of the buffer for host errors, which is its instance's, too.
    #[inline]
    pub(crate) const fn scratch_address(&self) -> *mut RuntimeErrorBuf {
        self.scratch.address()
    }

    /// Rejects the command (kind 2001), with a reason for whoever sent it.
    ///
    /// ```
    /// # use statevec_abi::{ReadContext, Rejected};
    /// fn check<'c>(state: &mut ReadContext<'c>, amount: u64) -> Result<(), Rejected<'c>> {
    ///     if amount == 0 {
    ///         return Err(state.reject(format_args!("amount is {amount}; it must be positive")));
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub fn reject(&mut self, reason: fmt::Arguments<'_>) -> Rejected<'c> {
        self.fail(runtime_error_kind::PLUGIN_REJECTED, reason)
    }

    /// Rejects a command that is malformed or unknown (kind 2002).
    pub fn invalid_command(&mut self, reason: fmt::Arguments<'_>) -> Rejected<'c> {
        self.fail(runtime_error_kind::INVALID_COMMAND, reason)
    }

    /// Fails with any kind. The last reason written wins.
    pub fn fail(&mut self, kind: RuntimeErrorKind, reason: fmt::Arguments<'_>) -> Rejected<'c> {
        self.error().fail(kind, reason)
    }

    /// Reads a record by number, and returns what the visitor made of its bytes; `None` when there is no such record.
    ///
    /// # Errors
    ///
    /// The host refused or broke the contract; the reason is written.
    #[inline]
    pub fn read_raw<T>(
        &mut self,
        kind: RecordKind,
        sys_id: SysId,
        visitor: impl FnOnce(&[u8]) -> T,
    ) -> Result<Option<T>, Rejected<'c>> {
        let table = self.table();
        table.read_by_id(self, kind, sys_id, visitor)
    }

    /// Reads a record by its primary key, and returns what the visitor made of its bytes; `None` when there is no such record.
    ///
    /// # Errors
    ///
    /// As [`read_raw`](Self::read_raw).
    #[inline]
    pub fn read_by_pk_raw<T>(
        &mut self,
        kind: RecordKind,
        pk: &[u8],
        visitor: impl FnOnce(&[u8]) -> T,
    ) -> Result<Option<T>, Rejected<'c>> {
        let table = self.table();
        table.read_by_pk(self, kind, pk, visitor)
    }

    /// Calls the visitor with every key of a kind, in ascending `sys_id`, and with a context to read through meanwhile.
    ///
    /// After a visitor's `Err` the rest are skipped and the error is returned.
    ///
    /// # Errors
    ///
    /// The visitor's, or as [`read_raw`](Self::read_raw).
    pub fn for_each_key(
        &mut self,
        kind: RecordKind,
        mut visitor: impl FnMut(&mut ReadContext<'c>, RecordKey) -> Result<(), Rejected<'c>>,
    ) -> Result<(), Rejected<'c>> {
        // The host may hold `scratch` while it walks, so calls from the visitor write elsewhere (rule 3).
        let mut nested = RuntimeErrorBuf::RESET;
        // SAFETY: initialised, and outlives its context, which a visitor can only borrow. A scratch with this lifetime is never given
        // out, owned or by `&mut`, so there is nothing to exchange it for (rule 3).
        let scratch = unsafe { Scratch::from_raw((&mut nested).into()) };
        let mut inner = ReadContext::new(self.table(), scratch, self.error());
        let mut stopped = Ok(());
        let table = self.table();
        let answer = table.for_each_key(&mut self.scratch, kind, |key| {
            if stopped.is_ok() {
                stopped = visitor(&mut inner, key);
            }
        });
        if stopped.is_err() && answer.is_err() {
            // The visitor's reason stands. What the host wrote must not pass for the reason of a later failure.
            self.scratch.reset(self.error().phase());
        }
        stopped?;
        answer.map_err(|error| self.failed(error))
    }

    /// The host's table and the buffer for its errors, for adapters that speak to the host in their own way.
    pub fn parts(&mut self) -> (ReadTable<'_>, Scratch<'_>) {
        (self.table(), self.scratch.reborrow())
    }

    #[inline]
    pub(crate) const fn table(&self) -> ReadTable<'c> {
        // SAFETY: `new` took all three from one table that is lent for this call (rule 10).
        unsafe { ReadTable::from_raw_parts(self.ctx, self.entries, self.for_each_at) }
    }

    fn contract_violation(&mut self, reason: &dyn fmt::Display) -> Rejected<'c> {
        self.fail(runtime_error_kind::ABI_CONTRACT_VIOLATION, format_args!("{reason}"))
    }
}

/// A failed host call becomes the failure of this call: the host's own kind and text, or how it broke the contract, with bytes that are no
/// record, say (kind 1).
impl<'c> HostCaller for ReadContext<'c> {
    type Failure = Rejected<'c>;

    #[inline]
    fn scratch(&mut self) -> Scratch<'_> {
        self.scratch.reborrow()
    }

    #[cold]
    #[inline(never)]
    fn failed(&mut self, error: HostCallError) -> Rejected<'c> {
        let written = match error {
            HostCallError::Reported { call } => return self.reported(call),
            HostCallError::Contract(violation) => self.contract_violation(&violation),
            HostCallError::Refused(error) => self.contract_violation(&error),
        };
        // What the host may have written, too, must not pass for the reason of a later failure.
        self.scratch.reset(self.error().phase());
        written
    }

    #[cold]
    fn reported(&mut self, call: &'static str) -> Rejected<'c> {
        let report = self.scratch.report();
        let written = if report.message().is_empty() {
            self.error().fail(report.kind, format_args!("{call} failed and gave no reason"))
        } else {
            self.error().pass_on(report)
        };
        self.scratch.reset(self.error().phase());
        written
    }
}
