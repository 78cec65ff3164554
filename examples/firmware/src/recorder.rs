//! Records the commands of a plugin: every entry in a log, and the last ones in memory.

use core::ffi::CStr;

use embedded_io::{ErrorKind, ErrorType, Write};
use semihosting::{fs::File, io};
use statevec_abi::{
    boundary::RuntimeCommandRef,
    schema::{Fingerprints, SchemaDef},
    txlog::{
        Alignment, EncodeError, EntryChange, EntryEvent, Environment, LogWriter, RecentEntries,
        SegmentHeader, StateDigest, TransactionEntry,
    },
};

use crate::guest::Guest;

/// Bytes of memory for the last entries.
const RECENT_BYTES: usize = 2048;

/// A log of all commands of a plugin, and the last entries in memory.
pub struct Recorder<'a, W> {
    log: LogWriter<W>,
    recent: RecentEntries<'a, RECENT_BYTES>,
    /// Digest of the state.
    digest: StateDigest,
}

impl<'a, W: Write> Recorder<'a, W> {
    /// Begins a log of a plugin on an empty store.
    ///
    /// # Errors
    ///
    /// The sink fails.
    pub fn begin(
        sink: W,
        plugin_name: &'a str,
        schema: &SchemaDef<'_>,
    ) -> Result<Self, EncodeError<W::Error>> {
        let header = SegmentHeader::first(
            plugin_name,
            schema.version,
            Fingerprints::of(schema),
            Environment::default(),
            Alignment::None,
        );
        let log = LogWriter::begin(sink, &header)?;
        Ok(Self { log, recent: RecentEntries::new(header), digest: StateDigest::EMPTY })
    }

    /// Runs one command, and records it before it takes effect: an entry that was not recorded
    /// changes nothing.
    ///
    /// # Errors
    ///
    /// The sink fails. The command has changed nothing.
    pub fn run(
        &mut self,
        guest: &mut Guest<'_, '_>,
        command: &RuntimeCommandRef<'_>,
    ) -> Result<(), EncodeError<W::Error>> {
        let Self { log, recent, digest } = self;
        let (number, mut after) = (log.next_entry(), *digest);
        guest.run_recorded(command, |result| match result {
            Ok((tx_seq, transaction)) => {
                transaction.changes().for_each(|change| after.apply(&change));
                let (events, changes) = (transaction.events(), transaction.changes());
                let entry =
                    TransactionEntry::committed(number, command, tx_seq, events, changes, after);
                log.write(&entry)?;
                keep(recent, &entry);
                Ok(())
            }
            Err(failure) => {
                let entry = TransactionEntry::refused(number, command, failure, after);
                log.write(&entry)?;
                keep(recent, &entry);
                Ok(())
            }
        })?;
        *digest = after;
        Ok(())
    }

    /// Digest of the state behind the last entry.
    pub fn digest(&self) -> StateDigest {
        self.digest
    }

    /// Writes the last entries as a log of their own.
    ///
    /// # Errors
    ///
    /// The sink fails.
    pub fn write_recent<S: Write>(&self, sink: S) -> Result<(), EncodeError<S::Error>> {
        self.recent.write(sink)
    }
}

/// Keeps an entry in memory. One that is too long leaves a gap, which the numbers show.
fn keep<'e, E, C>(recent: &mut RecentEntries<'_, RECENT_BYTES>, entry: &TransactionEntry<'e, E, C>)
where
    E: IntoIterator<Item: Into<EntryEvent<'e>>> + Clone,
    C: IntoIterator<Item: Into<EntryChange<'e>>> + Clone,
{
    let _too_long = recent.push(entry);
}

/// A file of the machine that the debugger or emulator runs on.
#[derive(Debug)]
pub struct HostFile(File);

impl HostFile {
    /// Makes the file, or empties it.
    ///
    /// # Errors
    ///
    /// No debugger is attached, or it cannot write the file.
    pub fn create(name: &CStr) -> io::Result<Self> {
        File::create(name).map(Self)
    }
}

impl ErrorType for HostFile {
    type Error = ErrorKind;
}

impl Write for HostFile {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        match io::Write::write(&mut self.0, bytes) {
            Ok(0) if !bytes.is_empty() => Err(ErrorKind::WriteZero),
            Ok(len) => Ok(len),
            Err(_) => Err(ErrorKind::Other),
        }
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}
