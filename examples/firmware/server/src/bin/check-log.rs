#![forbid(unsafe_code)]
//! Compares logs that an image recorded with a run on the server's host: each entry must have the
//! same command, outcome, events, changes and digest, byte for byte.
//!
//! The arguments are a plugin and the files. A file may begin with a later entry; all must end with
//! the last one.

use std::{env, error::Error, fs};

use statevec_abi::txlog::{
    Entry, EntryChange, EntryEvent, LogReader, SegmentHeader, StateDigest, TransactionEntry,
};
use statevec_firmware_server::Session;
use statevec_host::{Engine, Outcome};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let name = arguments.next().ok_or("usage: check-log PLUGIN FILE...")?;
    let session = Session::of(&name)?;
    let expected = entries_of_server(&session)?;
    for file in arguments {
        let count = check(&session, &expected, &fs::read(&file)?)
            .map_err(|error| format!("{file}: {error}"))?;
        println!("{file}: {count} entries are the server's, and have its digests");
    }
    Ok(())
}

/// The entries of the server's run, encoded.
fn entries_of_server(session: &Session) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let mut engine = Engine::create(&session.plugin, "")?;
    let mut entries = Vec::new();
    session.for_each_command(|command| {
        let number = entries.len() as u64 + 1;
        let mut encoded = Vec::new();
        let before = engine.store().digest();
        let mut after = before;
        let outcome = engine.run_recorded(command, |tx_seq, transaction| {
            let changes = transaction.changes()?;
            changes.clone().for_each(|change| after.apply(&change));
            let events = changes.events();
            encode(
                &TransactionEntry::committed(number, command, tx_seq, events, changes, after),
                &mut encoded,
            )
        })?;
        match outcome {
            Outcome::Committed { .. } => {}
            Outcome::Rejected(failure) | Outcome::Failed(failure) => {
                let entry = TransactionEntry::refused(number, command, failure, before);
                encode(&entry, &mut encoded)?;
            }
            Outcome::Duplicate { .. } => return Err("a command comes twice".into()),
        }
        check_digest(number, after, engine.store().digest())?;
        entries.push(encoded);
        Ok(())
    })?;
    Ok(entries)
}

/// The digest that was kept up to date is that of all records.
fn check_digest(number: u64, kept: StateDigest, whole: StateDigest) -> Result<(), Box<dyn Error>> {
    if kept == whole {
        return Ok(());
    }
    Err(format!("entry {number}: the changes give digest {kept}, the records {whole}").into())
}

/// Compares a log with the server's entries, and counts its own.
fn check(session: &Session, expected: &[Vec<u8>], log: &[u8]) -> Result<usize, Box<dyn Error>> {
    let mut reader = LogReader::new(log)?;
    let SegmentHeader { plugin_name, schema_version, fingerprints, .. } = *reader.header();
    let schema = session.plugin.schema();
    if (plugin_name, schema_version, fingerprints)
        != (session.plugin.name(), schema.schema_version(), schema.fingerprints())
    {
        return Err("the log is of another plugin, or its schema differs".into());
    }
    let first = reader.header().first_entry;
    let mut expected = (1..).zip(expected).skip_while(|(number, _)| *number < first);
    let mut count = 0;
    while let Some((_, entries)) = reader.next_frame()? {
        for entry in entries {
            let entry = entry?;
            let mut encoded = Vec::new();
            if let Entry::Transaction(entry) = &entry {
                encode(entry, &mut encoded)?;
            }
            match expected.next() {
                Some((number, expected)) if number == entry.number() && *expected == encoded => {}
                _ => return Err(format!("the server has another entry than {entry:?}").into()),
            }
            count += 1;
        }
    }
    match expected.next() {
        Some((number, _)) => Err(format!("the log ends before entry {number}").into()),
        None => Ok(count),
    }
}

fn encode<'a, E, C>(
    entry: &TransactionEntry<'a, E, C>,
    out: &mut Vec<u8>,
) -> Result<(), Box<dyn Error>>
where
    E: IntoIterator<Item: Into<EntryEvent<'a>>> + Clone,
    C: IntoIterator<Item: Into<EntryChange<'a>>> + Clone,
{
    // A vector is a sink of its own: see the feature of `embedded-io` in the manifest.
    entry.encode(out)?;
    Ok(())
}
