//! The plugin's schema, the same through every table.

use statevec_abi::{
    abi::RecordKind,
    schema,
    typed::{Command, Event, Record},
};

/// The correct command: it creates the account of the command's number.
pub(crate) const WELL: u8 = 1;
/// The record with a key.
pub(crate) const ACCOUNT: RecordKind = 1;
/// The record without.
pub(crate) const NOTE: RecordKind = 2;
/// The event with the results of host calls.
pub(crate) const REPORT: u8 = 1;
/// Offset of an account's value.
pub(crate) const VALUE_AT: usize = 8;

#[derive(Debug, Record)]
#[record(kind = 1, len = 64, pk(id))]
pub(crate) struct Account {
    #[field(immutable)]
    pub(crate) id: u64,
    pub(crate) value: u64,
}

#[derive(Debug, Record)]
#[record(kind = 2, len = 64)]
pub(crate) struct Note {
    pub(crate) text: u64,
}

#[derive(Debug, Event)]
#[event(kind = 1, max_len = 4096)]
pub(crate) struct Report<'a> {
    pub(crate) text: &'a [u8],
}

/// The correct command.
#[derive(Debug, Command)]
#[command(kind = 1)]
pub(crate) struct Well {}

/// A command with the fault. So has every command that is not declared.
#[derive(Debug, Command)]
#[command(kind = 2)]
pub(crate) struct Wrong {}

schema! {
    pub(crate) const SCHEMA = {
        version: "1.0",
        records: [Account, Note],
        commands: [Well, Wrong],
        events: [Report],
    };
}

const _: () = assert!(
    Account::KIND == ACCOUNT
        && Note::KIND == NOTE
        && <Report<'_> as statevec_abi::typed::Payload>::KIND == REPORT
);

/// An account's key, as it crosses the boundary.
pub(crate) const fn key(id: u64) -> [u8; 8] {
    id.to_be_bytes()
}

/// A report's payload.
pub(crate) fn report(text: &str) -> Vec<u8> {
    let len = u16::try_from(text.len()).unwrap_or(u16::MAX);
    [&len.to_le_bytes(), text.as_bytes()].concat()
}
