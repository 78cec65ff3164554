//! The published contexts over a foreign host: what a boxed plugin calls on one side, the C table on the other.

mod host;
mod read;

pub use host::RuntimeHostContextV1Adapter;
pub use read::RuntimeReadContextV1Adapter;

use core::cell::Cell;

use alloc::string::ToString;

use statevec_abi::{
    RecordKind, RuntimeErrorBuf, RuntimeErrorPhase, SysId,
    plugin::{HostCallError, ReadTable, Scratch},
};

use crate::{error_text::runtime_error_message, errors::RuntimeHostError};

/// The error buffer for an adapter's calls. A call from inside a visitor finds it taken, and uses one on the stack instead, so that
/// no two calls share a buffer (rule 3).
struct Buffer<'c> {
    phase: RuntimeErrorPhase,
    free: Cell<Option<Scratch<'c>>>,
}

impl<'c> Buffer<'c> {
    fn new(phase: RuntimeErrorPhase, scratch: Option<Scratch<'c>>) -> Self {
        Self { phase, free: Cell::new(scratch) }
    }

    /// Makes a host call, and turns its failure into text.
    fn call<T>(
        &self,
        call: impl FnOnce(&mut Scratch<'_>) -> Result<T, HostCallError>,
    ) -> Result<T, RuntimeHostError> {
        match self.free.take() {
            Some(mut scratch) => {
                let answer = call(&mut scratch).map_err(|error| self.describe(error, &mut scratch));
                self.free.set(Some(scratch));
                answer
            }
            None => {
                let mut buffer = RuntimeErrorBuf::RESET;
                buffer.phase = self.phase;
                let mut scratch = Scratch::new(&mut buffer);
                call(&mut scratch).map_err(|error| self.describe(error, &mut scratch))
            }
        }
    }

    /// Reads a record by number for a boxed plugin; whether there is one.
    fn read_by_id(
        &self,
        table: ReadTable<'_>,
        kind: RecordKind,
        sys_id: SysId,
        f: &mut dyn FnMut(&[u8]),
    ) -> Result<bool, RuntimeHostError> {
        let found = self.call(|scratch| table.read_by_id(scratch, kind, sys_id, f))?;
        Ok(found.is_some())
    }

    /// Reads a record by primary key for a boxed plugin; whether there is one.
    fn read_by_pk(
        &self,
        table: ReadTable<'_>,
        kind: RecordKind,
        pk: &[u8],
        f: &mut dyn FnMut(&[u8]),
    ) -> Result<bool, RuntimeHostError> {
        let found = self.call(|scratch| table.read_by_pk(scratch, kind, pk, f))?;
        Ok(found.is_some())
    }

    /// The whole of the host's report, as the published adapters give it; or how the host broke the contract.
    #[cold]
    fn describe(&self, error: HostCallError, scratch: &mut Scratch<'_>) -> RuntimeHostError {
        let message = match error {
            HostCallError::Reported { .. } => runtime_error_message(scratch.report()),
            HostCallError::Contract(violation) => violation.to_string(),
            HostCallError::Refused(error) => error.to_string(),
        };
        // What the host wrote must not pass for the reason of a later failure.
        scratch.reset(self.phase);
        RuntimeHostError::new(message)
    }
}
