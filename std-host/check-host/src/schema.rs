//! The schema: one record, one command, one event. Small, so that a host may hard-code it.

use statevec_abi::prelude::*;

/// The record that the steps work on: 48 bytes of data.
#[derive(Debug, Clone, PartialEq, Eq, Record)]
#[record(kind = 1, len = 64, pk(id))]
pub struct Row {
    /// Its key. Steps use numbers of their own, and remove their rows.
    #[field(immutable)]
    pub id: u64,
    /// A value.
    pub value: u64,
    /// Bytes up to the end of the record.
    pub rest: FixedBytes<30>,
}

/// Run a step.
#[derive(Debug, Clone, PartialEq, Eq, Command)]
#[command(kind = 1)]
pub struct Check {
    /// The step's number.
    pub step: u16,
}

/// The result of a step.
#[derive(Debug, Clone, PartialEq, Eq, Event)]
#[event(kind = 1)]
pub struct Verdict {
    /// The step's number.
    pub step: u16,
    /// 0: the host breaks a promise. 1: it keeps it. 2: it does not detect a fault, which it need
    /// not.
    pub outcome: u8,
    /// The promise, or the reason.
    pub text: FixedBytes<56>,
}

schema! {
    /// The schema.
    pub const SCHEMA = {
        version: "1.0",
        records: [Row],
        commands: [Check],
        events: [Verdict],
        types: [],
    };
}
