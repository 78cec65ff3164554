//! Prints entries as JSON lines.

use std::{
    io::{BufWriter, Write},
    sync::Arc,
    thread,
    time::Duration,
};

use statevec_abi::txlog::{Entry, EntryOutcome, TransactionEntry};
use statevec_host::{Store, json::JsonWriter, txlog::Walked};

use super::{
    ListArgs, Only,
    source::{LogSource, apply},
};
use crate::cli::{error::CliError, output::unless_closed, stdio::Stdout};

/// How long `--follow` waits before it looks for new entries again.
const PAUSE: Duration = Duration::from_millis(200);

pub(super) fn list(args: &ListArgs) -> Result<(), CliError> {
    unless_closed(print_entries(args))
}

fn print_entries(args: &ListArgs) -> Result<(), CliError> {
    // clap asks for a path unless there is a subcommand.
    let Some(path) = &args.path else { return Ok(()) };
    let source = LogSource::open(path, args.schema.as_deref())?;
    let folder = source.folder();
    if args.follow && folder.is_none() {
        return Err(CliError::FollowFile { path: path.clone() });
    }
    let from = args.from.unwrap_or(1);
    if let Some(last) = args.to.filter(|last| from > *last) {
        return Err(CliError::FromBehindEnd { from, last });
    }
    let needs_records = !matches!(args.only, Some(Only::Events | Only::Rejected));
    let (mut walk, mut records) = if needs_records {
        source.walk_with_records(from)?
    } else {
        (source.walk_from_start()?, None)
    };
    let stdout = Stdout::take().map_err(|source| CliError::Setup { source })?;
    let mut lines = Lines::new(args.only, BufWriter::new(stdout));
    let mut last = 0;
    loop {
        let to = args.to.unwrap_or(u64::MAX);
        let mut has_frame = true;
        while last < to && has_frame {
            lines.set_writer(source.writer(walk.header())?);
            has_frame = walk.next_frame(|walked| {
                last = walked.entry.number();
                if (from..=to).contains(&last) {
                    lines.entry(walked, records.as_ref().map(|records| records.store()))?;
                }
                Ok::<_, CliError>(apply(&source, &mut records, walked)?)
            })?;
        }
        match (&folder, args.follow) {
            (Some(folder), true) => {
                lines.flush()?;
                thread::sleep(PAUSE);
                walk.refresh(folder)?;
            }
            _ => return lines.flush(),
        }
    }
}

/// Prints entries, or a part of each.
pub(crate) struct Lines<W: Write> {
    writer: Arc<JsonWriter>,
    only: Option<Only>,
    out: W,
    text: String,
}

impl<W: Write> Lines<W> {
    pub(crate) fn new(only: Option<Only>, out: W) -> Self {
        let writer = Arc::new(JsonWriter::without_names());
        Self { writer, only, out, text: String::new() }
    }

    /// The writer for the entries that come next.
    pub(crate) fn set_writer(&mut self, writer: Arc<JsonWriter>) {
        self.writer = writer;
    }

    pub(crate) fn flush(&mut self) -> Result<(), CliError> {
        self.out.flush().map_err(|source| CliError::Output { source })
    }

    pub(crate) fn entry(
        &mut self,
        walked: &Walked<'_>,
        before: Option<&Store>,
    ) -> Result<(), CliError> {
        self.text.clear();
        match (&walked.entry, self.only) {
            (entry, None) => {
                self.writer.entry(entry, before, &mut self.text);
                self.text.push('\n');
            }
            (Entry::Transaction(entry), Some(only)) => self.selected(entry, only, before),
            _ => {}
        }
        let written = self.out.write_all(self.text.as_bytes());
        written.map_err(|source| CliError::Output { source })
    }

    fn selected(&mut self, entry: &TransactionEntry<'_>, only: Only, before: Option<&Store>) {
        let Self { writer, text, .. } = self;
        match only {
            Only::Events => {
                for event in entry.events {
                    open_item(entry, text);
                    let start = text.len();
                    writer.event(event.kind, event.payload, text);
                    // The item's own brace is open already.
                    text.replace_range(start..=start, "");
                    text.push('\n');
                }
            }
            Only::Changes => {
                for change in entry.changes {
                    open_item(entry, text);
                    let start = text.len();
                    writer.change(&change, before, text);
                    text.replace_range(start..=start, "");
                    text.push('\n');
                }
            }
            Only::Rejected if matches!(entry.outcome, EntryOutcome::Committed { .. }) => {}
            Only::Rejected => {
                writer.entry(&Entry::Transaction(*entry), None, text);
                text.push('\n');
            }
        }
    }
}

/// Begins an object with the numbers of an entry.
fn open_item(entry: &TransactionEntry<'_>, text: &mut String) {
    text.push_str(&format!(r#"{{"entry":{},"ext_seq":{},"#, entry.number, entry.ext_seq));
}
