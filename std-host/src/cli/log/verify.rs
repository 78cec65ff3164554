//! `log verify`: checks every byte, every chain and every digest, and that no entry that was
//! acknowledged is gone.

use serde::Serialize;

use super::{
    SourceArgs,
    source::{LogSource, apply},
};
use crate::cli::{error::CliError, output::print};

/// The result of a check that found no damage.
#[derive(Serialize)]
struct Intact {
    intact: bool,
    first_entry: u64,
    last_entry: u64,
    /// True if the changes were applied, and every digest compared.
    digests_checked: bool,
    /// The first entry that a crash left incomplete. It was never acknowledged.
    torn_entry: Option<u64>,
}

pub(super) fn verify(args: &SourceArgs) -> Result<(), CliError> {
    let source = LogSource::open(&args.path, args.schema.as_deref())?;
    let acknowledged = source.place.acknowledged()?;
    if let Some(folder) = source.folder() {
        statevec_host::txlog::verify(source.storage(), &folder)?;
    }
    let (mut walk, mut records) = source.walk_with_records(1)?;
    let first_entry = walk.position().entry + 1;
    walk.for_each(|walked| Ok::<_, CliError>(apply(&source, &mut records, walked)?))?;
    let last_entry = walk.position().entry;
    if let Some(acknowledged) = acknowledged {
        acknowledged.check_is_in(last_entry)?;
    }
    let torn_entry = walk.end().and_then(|end| end.torn.as_ref()).map(|torn| torn.entry);
    let found = Intact {
        intact: true,
        first_entry,
        last_entry,
        digests_checked: records.is_some(),
        torn_entry,
    };
    print(args.json, &found, || found.to_string())
}

impl std::fmt::Display for Intact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { first_entry, last_entry, .. } = self;
        match last_entry.checked_sub(*first_entry) {
            None => f.write_str("the log is intact and has no entries")?,
            Some(_) => write!(f, "the log is intact: entries {first_entry} to {last_entry}")?,
        }
        if !self.digests_checked {
            f.write_str("; without a schema the digests were not compared")?;
        }
        if let Some(entry) = self.torn_entry {
            write!(
                f,
                "; entry {entry} was being written when its process ended, and the next start cuts it off"
            )?;
        }
        f.write_str("\n")
    }
}
