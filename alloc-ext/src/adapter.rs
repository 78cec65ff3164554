//! Adapters from the published contexts, which a boxed plugin calls, to the C table of a foreign
//! host.

mod host;
mod read;

pub use host::RuntimeHostContextV1Adapter;
pub use read::RuntimeReadContextV1Adapter;

use core::{cell::Cell, mem::MaybeUninit};

use alloc::{boxed::Box, string::ToString};

use statevec_abi::{
    abi::{RecordKind, RuntimeErrorBuf, RuntimeErrorPhase, SysId},
    raw::{HostCallError, HostCaller, HostErrorBuffer, ReadTable},
};

use crate::{error_text::runtime_error_message, errors::RuntimeHostError};

/// The error buffer for an adapter's calls. A call takes it out. A call from inside a visitor then
/// uses one on the stack instead, so that no two calls share a buffer (rule 3).
struct Buffer<'c> {
    phase: RuntimeErrorPhase,
    free: Cell<Option<HostErrorBuffer<'c>>>,
}

impl<'c> Buffer<'c> {
    fn new(phase: RuntimeErrorPhase, error_buffer: Option<HostErrorBuffer<'c>>) -> Self {
        Self { phase, free: Cell::new(error_buffer) }
    }

    /// Makes a host call with a buffer for its error. Always inlined, because each closure passes
    /// its captures through memory otherwise. The error is boxed until then, so that the answer of
    /// a call that succeeds fits into registers.
    #[inline(always)]
    fn call<T>(
        &self,
        call: impl FnOnce(&mut Caller<'_>) -> Result<T, Box<RuntimeHostError>>,
    ) -> Result<T, RuntimeHostError> {
        // Uninitialised, because most calls do not need it.
        let mut room = MaybeUninit::uninit();
        let mut free = self.free.take();
        let error_buffer = match &mut free {
            Some(error_buffer) => error_buffer.reborrow(),
            None => self.clear(&mut room),
        };
        let answer = call(&mut Caller { error_buffer, phase: self.phase });
        self.free.set(free);
        answer.map_err(|error| *error)
    }

    #[cold]
    #[inline(never)]
    fn clear<'b>(&self, room: &'b mut MaybeUninit<RuntimeErrorBuf>) -> HostErrorBuffer<'b> {
        let buffer = room.write(RuntimeErrorBuf::cleared());
        buffer.phase = self.phase;
        HostErrorBuffer::new(buffer)
    }

    /// Reads a record by number for a boxed plugin, and returns whether there is one.
    #[inline(always)]
    fn read_by_id(
        &self,
        table: ReadTable<'_>,
        kind: RecordKind,
        sys_id: SysId,
        f: &mut dyn FnMut(&[u8]),
    ) -> Result<bool, RuntimeHostError> {
        let found = self.call(|caller| table.read_by_id(caller, kind, sys_id, f))?;
        Ok(found.is_some())
    }

    /// Reads a record by primary key for a boxed plugin, and returns whether there is one.
    #[inline(always)]
    fn read_by_pk(
        &self,
        table: ReadTable<'_>,
        kind: RecordKind,
        pk: &[u8],
        f: &mut dyn FnMut(&[u8]),
    ) -> Result<bool, RuntimeHostError> {
        let found = self.call(|caller| table.read_by_pk(caller, kind, pk, f))?;
        Ok(found.is_some())
    }
}

/// The buffer of one call. It turns errors into text.
struct Caller<'b> {
    error_buffer: HostErrorBuffer<'b>,
    phase: RuntimeErrorPhase,
}

impl HostCaller for Caller<'_> {
    type Failure = Box<RuntimeHostError>;

    #[inline]
    fn error_buffer(&mut self) -> HostErrorBuffer<'_> {
        self.error_buffer.reborrow()
    }

    /// Makes the error's text: the whole of the host's report, as in the published adapters, or the
    /// host's breach of the contract.
    #[cold]
    #[inline(never)]
    fn failed(&mut self, error: HostCallError) -> Box<RuntimeHostError> {
        let message = match error {
            HostCallError::Reported { .. } => runtime_error_message(self.error_buffer.report()),
            HostCallError::Contract(violation) => violation.to_string(),
            HostCallError::Refused(error) => error.to_string(),
        };
        // Clears the host's text, so that it is not taken for the reason of a later failure.
        self.error_buffer.reset(self.phase);
        Box::new(RuntimeHostError::new(message))
    }
}
