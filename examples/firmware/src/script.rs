//! Command scripts, as build.rs makes them.

use core::mem;

use statevec_abi::{
    prelude::*,
    queue::{QueueCodecError, SubmitRequest},
};

/// Commands one after another: ext_seq u64, ref_ext_time_us u64, record length u32, all
/// little-endian, and a submit request.
#[derive(Debug, Clone)]
pub struct Script<'s> {
    rest: &'s [u8],
}

/// The reason that there is no command.
#[derive(Debug)]
pub enum ScriptError {
    /// The script ends inside a command. Nothing follows.
    Truncated,
    /// The record is no submit request.
    Record(QueueCodecError),
}

impl<'s> Script<'s> {
    /// The commands in these bytes.
    #[must_use]
    pub const fn new(bytes: &'s [u8]) -> Self {
        Self { rest: bytes }
    }
}

impl<'s> Iterator for Script<'s> {
    type Item = Result<RuntimeCommandRef<'s>, ScriptError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        // The rest is taken, so that a script that ends too early gives one error.
        let Some((command, rest)) = first(mem::take(&mut self.rest)) else {
            return Some(Err(ScriptError::Truncated));
        };
        self.rest = rest;
        Some(command.map_err(ScriptError::Record))
    }
}

/// A command, or the fault of its record.
type Decoded<'s> = Result<RuntimeCommandRef<'s>, QueueCodecError>;

/// The first command and the script behind it; `None` when the script ends before the command does.
fn first(script: &[u8]) -> Option<(Decoded<'_>, &[u8])> {
    let (ext_seq, rest) = script.split_first_chunk()?;
    let (time_us, rest) = rest.split_first_chunk()?;
    let (len, rest) = rest.split_first_chunk()?;
    let (record, rest) = rest.split_at_checked(u32::from_le_bytes(*len) as usize)?;
    let (ext_seq, time_us) = (u64::from_le_bytes(*ext_seq), u64::from_le_bytes(*time_us));
    let command = SubmitRequest::decode(record).map(|SubmitRequest { command_kind, payload }| {
        RuntimeCommandRef::new(command_kind, ext_seq, time_us, payload)
    });
    Some((command, rest))
}
