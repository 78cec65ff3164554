//! The commands that build.rs put into the image.

use statevec_abi::{
    RuntimeCommandRef,
    queue::{QueueCodecError, SubmitRequest},
};

/// The bank's commands.
pub const BANK: Script<'static> =
    Script::new(include_bytes!(concat!(env!("OUT_DIR"), "/bank.script")));
/// The counters' commands.
pub const TALLY: Script<'static> =
    Script::new(include_bytes!(concat!(env!("OUT_DIR"), "/tally.script")));

/// Commands one after another: ext_seq u64, ref_ext_time_us u64, record length u32, all little-endian, and a submit request.
#[derive(Debug, Clone)]
pub struct Script<'s> {
    rest: &'s [u8],
}

impl<'s> Script<'s> {
    /// The commands in these bytes.
    #[must_use]
    pub const fn new(bytes: &'s [u8]) -> Self {
        Self { rest: bytes }
    }
}

impl<'s> Iterator for Script<'s> {
    type Item = Result<RuntimeCommandRef<'s>, QueueCodecError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (ext_seq, rest) = self.rest.split_first_chunk()?;
        let (time_us, rest) = rest.split_first_chunk()?;
        let (len, rest) = rest.split_first_chunk()?;
        let (record, rest) = rest.split_at_checked(u32::from_le_bytes(*len) as usize)?;
        self.rest = rest;
        let (ext_seq, time_us) = (u64::from_le_bytes(*ext_seq), u64::from_le_bytes(*time_us));
        Some(SubmitRequest::decode(record).map(|SubmitRequest { command_kind, payload }| {
            RuntimeCommandRef::new(command_kind, ext_seq, time_us, payload)
        }))
    }
}
