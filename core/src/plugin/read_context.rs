//! Read access to the host's records, without a transaction.

use super::call_state::{CallState, HasCallState, Seal};
use crate::{
    abi::{RecordKey, RecordKind, RuntimeErrorBuf},
    boundary::{ErrorSlot, TxResult},
    raw::{HostCaller as _, HostErrorBuffer, ReadTable},
};

/// Read access to the host's records during the call `'c`, and to the call's error buffer.
///
/// Its methods are those of [`ReadAccess`](super::ReadAccess). A plugin gets one when it validates
/// its invariants, and in the visitor of [`for_each`](super::ReadAccess::for_each).
#[derive(Debug)]
pub struct ReadContext<'c> {
    state: CallState<'c>,
}

impl<'c> ReadContext<'c> {
    #[inline]
    pub(crate) const fn new(
        table: ReadTable<'c>,
        error_buffer: HostErrorBuffer<'c>,
        error: ErrorSlot<'c>,
    ) -> Self {
        Self { state: CallState::new(table, error_buffer, error) }
    }

    /// The host's table and the buffer for its errors, for adapters that speak to the host in their
    /// own way.
    pub fn read_table(&mut self) -> (ReadTable<'_>, HostErrorBuffer<'_>) {
        (self.state.table(), self.state.error_buffer())
    }
}

impl<'c> HasCallState<'c> for ReadContext<'c> {
    #[inline]
    fn call_state(&mut self, _seal: Seal) -> &mut CallState<'c> {
        &mut self.state
    }
}

/// Calls the visitor with every key of a kind, and with a context to read through meanwhile.
pub(super) fn for_each_key<'c>(
    state: &mut CallState<'c>,
    kind: RecordKind,
    mut visitor: impl FnMut(&mut ReadContext<'c>, RecordKey) -> TxResult<'c>,
) -> TxResult<'c> {
    // The host may hold the state's buffer while it walks, so calls from the visitor write
    // elsewhere (rule 3).
    let mut nested = RuntimeErrorBuf::cleared();
    // SAFETY: initialised, and outlives the context `inner`. A visitor borrows `inner` and cannot
    // keep its state: no code outside of `plugin` has another state to exchange it for (rule 3).
    let error_buffer = unsafe { HostErrorBuffer::from_raw((&mut nested).into()) };
    let mut inner = ReadContext::new(state.table(), error_buffer, state.error());
    let mut stopped = Ok(());
    let table = state.table();
    let answer = table.for_each_key(&mut state.error_buffer(), kind, |key| {
        if stopped.is_ok() {
            stopped = visitor(&mut inner, key);
        }
    });
    if stopped.is_err() && answer.is_err() {
        // The visitor's reason is already written. A later failure without a text must not repeat
        // the host's.
        let phase = state.error().phase();
        state.error_buffer().reset(phase);
    }
    stopped?;
    answer.map_err(|error| state.failed(error))
}
