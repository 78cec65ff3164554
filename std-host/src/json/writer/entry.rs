//! Entries of a transaction log as JSON.

use statevec_abi::{
    abi::RecordKey,
    layers::Limits,
    txlog::{
        Entry, EntryChange, EntryFailure, EntryOutcome, Environment, EnvironmentEntry,
        MigrationEntry, TransactionEntry,
    },
};

use super::{
    COMMAND, JsonWriter, RECORD, push_kind_and_message, push_malformed, push_opening, shape,
};
use crate::{
    Store,
    foreign_text::{push_json_display, push_json_string},
    json::{bytes::push_hex, number::push_number},
};

impl JsonWriter {
    /// Appends an entry of a transaction log.
    ///
    /// A command's entry begins as its outcome does, with the entry's number in front. Then follow
    /// `ref_ext_time_us`, `payload`, `changes` and `digest`; an error has no phase, because the log
    /// does not hold one. A change of environment is `{"entry":2,"environment":{…}}`, a migration
    /// `{"entry":3,"migration":{…},"environment":{…},"digest":"…"}`.
    ///
    /// `before` are the records before the entry. With them, each change shows the whole record;
    /// without them, an update shows the bytes that it wrote and their offset.
    pub fn entry(&self, entry: &Entry<'_>, before: Option<&Store>, out: &mut String) {
        match entry {
            Entry::Transaction(entry) => self.transaction(entry, before, out),
            Entry::Environment(EnvironmentEntry { number, environment }) => {
                out.push_str(r#"{"entry":"#);
                push_number(*number, out);
                push_environment(environment, out);
                out.push('}');
            }
            Entry::Migration(entry) => push_migration(entry, out),
            other => {
                out.push_str(r#"{"entry":"#);
                push_number(other.number(), out);
                out.push('}');
            }
        }
    }

    /// Appends the outcome that a log has for a command, as [`outcome`](Self::outcome) writes it
    /// but without a phase.
    pub fn logged_outcome(&self, entry: &TransactionEntry<'_>, out: &mut String) {
        out.push('{');
        self.push_outcome(entry, out);
        out.push('}');
    }

    /// Appends the answer to a command that was submitted before:
    /// `{"ext_seq":1,"command":"Deposit","status":"duplicate","original":{…}}`. The original is the
    /// outcome that the log has, or `null` if the log has no such command any more.
    pub fn logged_duplicate(
        &self,
        ext_seq: u64,
        command_kind: u8,
        original: Option<&TransactionEntry<'_>>,
        out: &mut String,
    ) {
        out.push_str(r#"{"ext_seq":"#);
        push_number(ext_seq, out);
        push_opening(shape(&self.commands, command_kind), COMMAND, command_kind, out);
        out.push_str(r#"duplicate","original":"#);
        match original {
            Some(entry) => self.logged_outcome(entry, out),
            None => out.push_str("null"),
        }
        out.push('}');
    }

    /// Appends the change of a record.
    pub fn change(&self, change: &EntryChange<'_>, before: Option<&Store>, out: &mut String) {
        let key = change.key();
        let old = before.and_then(|store| store.get(key.kind, key.sys_id));
        push_opening(shape(&self.records, key.kind), RECORD, key.kind, out);
        push_number(key.sys_id, out);
        match *change {
            EntryChange::Created { data, .. } => {
                out.push_str(r#","change":"created""#);
                self.push_data("data", key, data, out);
            }
            EntryChange::Updated { offset, bytes, .. } => {
                out.push_str(r#","change":"updated""#);
                match old.and_then(|old| Some((old, patched(old, offset, bytes)?))) {
                    Some((old, new)) => {
                        self.push_data("data", key, &new, out);
                        self.push_data("before", key, old, out);
                    }
                    None => {
                        out.push_str(r#","offset":"#);
                        push_number(offset, out);
                        out.push_str(r#","bytes":{"hex":"#);
                        push_hex(bytes, out);
                        out.push('}');
                    }
                }
            }
            EntryChange::Deleted { .. } => {
                out.push_str(r#","change":"deleted""#);
                if let Some(old) = old {
                    self.push_data("before", key, old, out);
                }
            }
            EntryChange::CreatedAndDeleted { .. } => {
                out.push_str(r#","change":"created_and_deleted""#);
            }
        }
        out.push('}');
    }

    fn transaction(&self, entry: &TransactionEntry<'_>, before: Option<&Store>, out: &mut String) {
        out.push_str(r#"{"entry":"#);
        push_number(entry.number, out);
        out.push(',');
        self.push_outcome(entry, out);
        out.push_str(r#","ref_ext_time_us":"#);
        push_number(entry.ref_ext_time_us, out);
        let start = out.len();
        out.push_str(r#","payload":"#);
        if let Err(error) = self.command_fields(entry.command_kind, entry.payload, out) {
            out.truncate(start);
            push_malformed(entry.payload, &error, out);
        }
        out.push_str(r#","changes":["#);
        for (position, change) in entry.changes.enumerate() {
            if position > 0 {
                out.push(',');
            }
            self.change(&change, before, out);
        }
        out.push_str(r#"],"digest":"#);
        push_json_display(entry.digest, out);
        out.push('}');
    }

    /// The members of an outcome, from `ext_seq` on, without braces.
    fn push_outcome(&self, entry: &TransactionEntry<'_>, out: &mut String) {
        out.push_str(r#""ext_seq":"#);
        push_number(entry.ext_seq, out);
        push_opening(shape(&self.commands, entry.command_kind), COMMAND, entry.command_kind, out);
        match entry.outcome {
            EntryOutcome::Committed { tx_seq } => {
                out.push_str(r#"committed","tx_seq":"#);
                push_number(tx_seq, out);
                out.push_str(r#","events":["#);
                for (position, event) in entry.events.enumerate() {
                    if position > 0 {
                        out.push(',');
                    }
                    self.event(event.kind, event.payload, out);
                }
                out.push(']');
            }
            EntryOutcome::Rejected(failure) => push_failure("rejected", failure, out),
            EntryOutcome::Failed(failure) => push_failure("failed", failure, out),
        }
    }

    fn push_data(&self, member: &str, key: RecordKey, data: &[u8], out: &mut String) {
        let start = out.len();
        out.push_str(",\"");
        out.push_str(member);
        out.push_str("\":");
        if let Err(error) = self.record_fields(key.kind, data, out) {
            out.truncate(start);
            push_malformed(data, &error, out);
        }
    }
}

/// The record after an update; `None` if the range lies outside of it.
fn patched(old: &[u8], offset: u32, bytes: &[u8]) -> Option<Vec<u8>> {
    let start = usize::try_from(offset).ok()?;
    let mut new = old.to_vec();
    new.get_mut(start..start.checked_add(bytes.len())?)?.copy_from_slice(bytes);
    Some(new)
}

fn push_failure(status: &str, failure: EntryFailure<'_>, out: &mut String) {
    out.push_str(status);
    out.push_str(r#"","error":{"#);
    push_kind_and_message(failure.kind, failure.text, out);
    out.push('}');
}

fn push_migration(entry: &MigrationEntry<'_>, out: &mut String) {
    out.push_str(r#"{"entry":"#);
    push_number(entry.number, out);
    out.push_str(r#","migration":{"schema_version":"#);
    push_json_display(entry.schema_version, out);
    out.push_str(r#","fingerprints":{"records":"#);
    push_hex(&entry.fingerprints.records, out);
    out.push_str(r#","commands":"#);
    push_hex(&entry.fingerprints.commands, out);
    out.push_str(r#","events":"#);
    push_hex(&entry.fingerprints.events, out);
    out.push_str(r#","types":"#);
    push_hex(&entry.fingerprints.types, out);
    out.push_str(r#"},"rules":"#);
    push_hex(entry.rules, out);
    out.push('}');
    push_environment(&entry.environment, out);
    out.push_str(r#","digest":"#);
    push_json_display(entry.digest, out);
    out.push('}');
}

/// Appends the member `environment`.
fn push_environment(environment: &Environment<'_>, out: &mut String) {
    out.push_str(r#","environment":{"plugin_sha256":"#);
    push_hex(&environment.plugin_sha256, out);
    out.push_str(r#","config":"#);
    push_json_string(environment.config, out);
    out.push_str(r#","limits":{"records_per_kind":"#);
    push_number(environment.limits.records_per_kind, out);
    out.push_str(r#","transaction_bytes":"#);
    push_number(environment.limits.transaction_bytes, out);
    out.push('}');
    if !environment.plugin_limits.is_none() {
        push_plugin_limits(&environment.plugin_limits, out);
    }
    out.push('}');
}

/// Adds the limits that there are. Kinds are numbers.
fn push_plugin_limits(limits: &Limits, out: &mut String) {
    let Limits { read, create, update, delete, emit, host_calls, bytes, events } = limits;
    out.push_str(r#","plugin_limits":{"#);
    let mut before = "\"";
    let sets = [("read", read), ("create", create), ("update", update), ("delete", delete)];
    for (key, kinds) in sets.into_iter().chain([("emit", emit)]).filter(|(_, set)| !set.is_all()) {
        out.push_str(before);
        out.push_str(key);
        out.push_str("\":[");
        for (position, kind) in kinds.kinds().enumerate() {
            if position > 0 {
                out.push(',');
            }
            push_number(kind, out);
        }
        out.push(']');
        before = ",\"";
    }
    let budgets = [("host_calls", host_calls), ("bytes", bytes), ("events", events)];
    for (key, budget) in budgets.into_iter().filter(|(_, budget)| **budget != u64::MAX) {
        out.push_str(before);
        out.push_str(key);
        out.push_str("\":");
        push_number(*budget, out);
        before = ",\"";
    }
    out.push('}');
}
