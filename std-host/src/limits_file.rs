//! The limits of a plugin, as a text in TOML.
//!
//! ```toml
//! # Names of records and events. What is left out is not limited; [] allows nothing.
//! read = ["Account"]
//! create = ["Account"]
//! update = ["Account"]
//! delete = []
//! emit = ["BalanceChanged"]
//!
//! # Budgets of each command.
//! host-calls = 100
//! bytes = 65536
//! events = 10
//! ```

use std::fmt;

use serde::Deserialize;
use statevec_abi::layers::{KindSet, Limits};
use statevec_abi_alloc::schema::SchemaRegistry;

/// The most bytes of a file of limits.
pub const MOST_BYTES: usize = 1 << 20;

/// The limits in a text, for the plugin with this schema.
///
/// # Errors
///
/// The text is not TOML, has an unknown key, or names a record or event that the schema does not
/// have.
///
/// # Example
///
/// ```
/// use statevec_abi_alloc::schema::{SchemaRegistry, Version};
/// use statevec_host::limits_file::parse_limits;
///
/// let schema = SchemaRegistry::with_records(Version::new(1, 0), &[])?;
/// assert_eq!(parse_limits("events = 3", &schema)?.events, 3);
/// let error = parse_limits("delete = [\"Acount\"]", &schema).unwrap_err();
/// assert_eq!(error.to_string(), "delete: the schema has no record Acount; it has none");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn parse_limits(text: &str, schema: &SchemaRegistry) -> Result<Limits, LimitsError> {
    let file: File = toml::from_str(text).map_err(|error| LimitsError::Parse(Box::new(error)))?;
    let records: Vec<_> = schema.record_defs().map(|def| (&*def.name, def.kind)).collect();
    let events: Vec<_> = schema.event_defs().map(|def| (&*def.name, def.kind)).collect();
    let records = |key, names: Option<Vec<String>>| kinds(key, names, "record", &records);
    let budget = |given: Option<u64>| given.unwrap_or(u64::MAX);
    Ok(Limits {
        read: records("read", file.read)?,
        create: records("create", file.create)?,
        update: records("update", file.update)?,
        delete: records("delete", file.delete)?,
        emit: kinds("emit", file.emit, "event", &events)?,
        host_calls: budget(file.host_calls),
        bytes: budget(file.bytes),
        events: budget(file.events),
    })
}

/// The reason why a text has no limits.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LimitsError {
    /// The text is not TOML, or has another key or type of value.
    #[error("it is no file of limits")]
    Parse(#[source] Box<toml::de::Error>),
    /// A name that the schema does not have.
    #[error("{key}: the schema has no {what} {name}; it has {known}")]
    Unknown {
        /// The key in the file.
        key: &'static str,
        /// Record or event.
        what: &'static str,
        /// The name.
        name: String,
        /// The names that the schema has.
        known: String,
    },
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct File {
    read: Option<Vec<String>>,
    create: Option<Vec<String>>,
    update: Option<Vec<String>>,
    delete: Option<Vec<String>>,
    emit: Option<Vec<String>>,
    host_calls: Option<u64>,
    bytes: Option<u64>,
    events: Option<u64>,
}

fn kinds(
    key: &'static str,
    names: Option<Vec<String>>,
    what: &'static str,
    known: &[(&str, u8)],
) -> Result<KindSet, LimitsError> {
    let Some(names) = names else { return Ok(KindSet::ALL) };
    names.into_iter().try_fold(KindSet::NONE, |set, name| {
        match known.iter().find(|(known, _)| *known == name) {
            Some((_, kind)) => Ok(set.with(*kind)),
            None => Err(LimitsError::Unknown { key, what, name, known: list(known) }),
        }
    })
}

fn list(known: &[(&str, u8)]) -> String {
    match known {
        [] => "none".into(),
        _ => known.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", "),
    }
}

/// Limits as a text in TOML, which [`parse_limits`] reads again.
///
/// ```
/// # use statevec_abi::layers::Limits;
/// # use statevec_abi_alloc::schema::{SchemaRegistry, Version};
/// # let schema = SchemaRegistry::with_records(Version::new(1, 0), &[])?;
/// use statevec_host::limits_file::ShowLimits;
///
/// let limits = Limits { events: 3, ..Limits::NONE };
/// assert_eq!(ShowLimits { limits: &limits, schema: &schema }.to_string(), "events = 3\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct ShowLimits<'l> {
    /// The limits.
    pub limits: &'l Limits,
    /// The schema that names the kinds. A kind without a name is left out: the plugin cannot use
    /// it.
    pub schema: &'l SchemaRegistry,
}

impl fmt::Display for ShowLimits<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Limits { read, create, update, delete, emit, host_calls, bytes, events } = self.limits;
        for (key, set) in
            [("read", read), ("create", create), ("update", update), ("delete", delete)]
        {
            let records = self.schema.record_defs().map(|def| (&*def.name, def.kind));
            write_kinds(f, key, set, records)?;
        }
        let defs = self.schema.event_defs().map(|def| (&*def.name, def.kind));
        write_kinds(f, "emit", emit, defs)?;
        for (key, budget) in [("host-calls", host_calls), ("bytes", bytes), ("events", events)] {
            if *budget != u64::MAX {
                writeln!(f, "{key} = {budget}")?;
            }
        }
        Ok(())
    }
}

fn write_kinds<'n>(
    f: &mut fmt::Formatter<'_>,
    key: &str,
    set: &KindSet,
    known: impl Iterator<Item = (&'n str, u8)>,
) -> fmt::Result {
    if set.is_all() {
        return Ok(());
    }
    write!(f, "{key} = [")?;
    let mut before = "";
    for (name, _) in known.filter(|(_, kind)| set.contains(*kind)) {
        write!(f, "{before}{name:?}")?;
        before = ", ";
    }
    f.write_str("]\n")
}
