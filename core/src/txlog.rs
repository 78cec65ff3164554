//! The transaction log: commands and their results as bytes, the same on firmware and on servers.
//!
//! `TXLOG.md`, beside this crate's README, specifies the format. A log is one or more segments:
//!
//! - [`SegmentHeader`]: the plugin, its schema and the state that the segment starts from;
//! - frames, each a [`FrameHeader`] and the entries that were written together;
//! - in each frame one or more [`Entry`] values: a command with its outcome, events and changes, a
//!   change of environment, or a migration to another schema.
//!
//! Three CRCs protect these parts: one of the segment header, one of each frame header, one of each
//! frame's payload. A [`Chain`] ties each frame to the frame before it, so that a stale frame in a
//! reused file is not mistaken for the next one.
//!
//! Nothing here allocates or panics. Readers check each length against the bytes that are left
//! before they use it. Writers stream to an [`embedded_io::Write`]:
//!
//! ```
//! use statevec_abi::{
//!     abi::RecordKey,
//!     schema::{Fingerprints, Version},
//!     txlog::{
//!         Alignment, Change, Entry, EntryEvent, EntryOutcome, Environment, LogReader, LogWriter,
//!         SegmentHeader, StateDigest, TransactionEntry,
//!     },
//! };
//! # use statevec_abi::{schema, typed::Record};
//! # #[derive(Record)]
//! # #[record(kind = 1, len = 64, pk(account_id))]
//! # struct Account { #[field(immutable)] account_id: u64, balance: i64 }
//! # schema! { const SCHEMA = { version: "1.0", records: [Account] }; }
//!
//! let header = SegmentHeader::first(
//!     "bank",
//!     Version::new(1, 0),
//!     Fingerprints::of(SCHEMA.def),
//!     Environment::default(),
//!     Alignment::None,
//! );
//! let mut bytes = [0; 512];
//! let mut log = LogWriter::begin(&mut bytes[..], &header)?;
//!
//! let created = Change::Created { key: RecordKey { kind: 1, sys_id: 1 }, data: b"data" };
//! let mut digest = StateDigest::EMPTY;
//! digest.apply(&created);
//! log.write(&TransactionEntry {
//!     number: log.next_entry(),
//!     ext_seq: 1,
//!     ref_ext_time_us: 0,
//!     command_kind: 1,
//!     payload: b"payload",
//!     outcome: EntryOutcome::Committed { tx_seq: 1 },
//!     events: [EntryEvent { kind: 1, payload: b"opened" }],
//!     changes: [created],
//!     digest,
//! })?;
//! let unused = log.into_sink().len();
//!
//! let mut reader = LogReader::new(&bytes[..512 - unused])?;
//! assert_eq!(reader.header().plugin_name, "bank");
//! let (_frame, mut entries) = reader.next_frame()?.expect("one frame");
//! let Some(Ok(Entry::Transaction(read))) = entries.next() else { panic!("one transaction") };
//! assert_eq!((read.number, read.payload, read.digest), (1, &b"payload"[..], digest));
//! assert_eq!(read.events.count(), 1);
//! assert!(reader.next_frame()?.is_none());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod block;
mod chain;
mod change;
mod crc;
mod cursor;
mod digest;
mod entry;
mod error;
mod frame;
mod put;
mod reader;
mod recent;
mod segment;
mod sink;
mod writer;

pub use chain::Chain;
pub use change::Change;
pub use crc::{Crc32, crc32};
pub use digest::StateDigest;
pub use entry::{
    Entries, Entry, EntryChange, EntryChanges, EntryEvent, EntryEvents, EntryFailure, EntryOutcome,
    Environment, EnvironmentEntry, LoggedLimits, MigrationEntry, TransactionEntry,
};
pub use error::{EncodeError, EntryError, EntryFault, FrameError, ReadError, SegmentError};
pub use frame::{Alignment, FrameHeader, SECTOR_LEN};
pub use reader::LogReader;
pub use recent::RecentEntries;
pub use segment::{FORMAT_VERSION, SegmentHeader};
pub use writer::LogWriter;
