//! A plugin's table.

use std::{cell::Cell, error::Error, ptr};

use arbitrary::Arbitrary;
use statevec_abi::{
    abi::{RUNTIME_PLUGIN_ABI_VERSION_V1, RuntimeBytesRef, RuntimePluginApiV1},
    boundary::{BytesError, ErrorSlot, RuntimeCommandRef, TxResult, limits, runtime_bytes_slice},
    host::{PluginApi, TableError},
    plugin::{Plugin, StaticPlugin, Tx},
    static_plugin,
};
use statevec_host::{LoadError, LoadedPlugin};

/// A table of arbitrary words.
#[derive(Debug, Arbitrary)]
pub(super) struct Words {
    version: Version,
    entries: [Word; 7],
}

#[derive(Debug, Clone, Copy, Arbitrary)]
enum Version {
    One,
    Any(u32),
}

#[derive(Debug, Clone, Copy, Arbitrary)]
enum Word {
    Null,
    Any(u64),
}

/// The entries after the version.
const ENTRIES: [&str; 7] = [
    "plugin_name",
    "schema_bytes",
    "create_runtime",
    "destroy_runtime",
    "run_tx",
    "validate_biz_invariants",
    "on_unload",
];

pub(super) fn check_words(words: &Words) {
    let version = match words.version {
        Version::One => 1,
        Version::Any(version) => version,
    };
    let entries = words.entries.map(|word| match word {
        Word::Null => 0,
        Word::Any(word) => word,
    });
    let mut table = [u64::from(version); 8];
    table[1..].copy_from_slice(&entries);
    // SAFETY: both types have the same size, and every bit pattern is a value of integers and
    // optional functions; none is called (rule 1).
    let table = unsafe { std::mem::transmute::<[u64; 8], RuntimePluginApiV1>(table) };

    let null = entries.iter().position(|word| *word == 0);
    let expected = match (version, null) {
        (RUNTIME_PLUGIN_ABI_VERSION_V1, None) => None,
        (RUNTIME_PLUGIN_ABI_VERSION_V1, Some(null)) => {
            Some(TableError::NullEntry { entry: ENTRIES[null] })
        }
        (found, _) => Some(TableError::AbiVersion { found }),
    };
    // SAFETY: the result is dropped unused, so no function of the table is called (rule 10).
    let checked = unsafe { PluginApi::check(&table) };
    assert_eq!(checked.err(), expected);
    if let Some(expected) = expected {
        // SAFETY: the check above refused this table, so the loader calls no function of it (rule
        // 1).
        let plugin = unsafe { StaticPlugin::from_table(Silent::name, table) };
        match LoadedPlugin::from_static(&plugin) {
            Err(LoadError::Table { source, .. }) => assert_eq!(source, expected),
            other => panic!("{other:?}"),
        }
    }
}

/// Name and schema of a plugin.
#[derive(Debug, Arbitrary)]
pub(super) struct Texts {
    name: Text,
    schema: Text,
}

/// A pointer and a length.
#[derive(Debug, Arbitrary)]
struct Text {
    content: Vec<u8>,
    is_null: bool,
    len: Len,
}

#[derive(Debug, Clone, Copy, Arbitrary)]
enum Len {
    OfContent,
    Zero,
    AtLimit,
    AboveLimit(u8),
    AboveIsize(u8),
    Most(u8),
    Any(u64),
}

impl Text {
    /// The pair that crosses the boundary. A length within the limits never exceeds the content.
    fn pair(&self, limit: usize) -> RuntimeBytesRef {
        let len = match self.len {
            Len::OfContent => self.content.len(),
            Len::Zero => 0,
            Len::AtLimit => limit,
            Len::AboveLimit(more) => limit + 1 + usize::from(more),
            Len::AboveIsize(more) => isize::MAX as usize + 1 + usize::from(more),
            Len::Most(less) => usize::MAX - usize::from(less),
            Len::Any(len) => len as usize,
        };
        let ptr = if self.is_null { ptr::null() } else { self.content.as_ptr() };
        let believed = len <= limit && !self.is_null;
        RuntimeBytesRef { ptr, len: if believed { len.min(self.content.len()) } else { len } }
    }

    fn expected(&self, limit: usize) -> Result<&[u8], BytesError> {
        let RuntimeBytesRef { len, .. } = self.pair(limit);
        match (len, self.is_null) {
            (len, _) if len > limit => Err(BytesError::TooLong { len, limit }),
            (0, _) => Ok(&[]),
            (_, true) => Err(BytesError::Null),
            (len, false) => Ok(&self.content[..len]),
        }
    }
}

thread_local! {
    static PAIRS: Cell<[RuntimeBytesRef; 2]> = const { Cell::new([RuntimeBytesRef::empty(); 2]) };
}

pub(super) fn check_texts(texts: &Texts) {
    let (name, schema) = (&texts.name, &texts.schema);
    PAIRS.set([name.pair(limits::PLUGIN_NAME), schema.pair(limits::SCHEMA)]);
    let (name, schema) = (name.expected(limits::PLUGIN_NAME), schema.expected(limits::SCHEMA));
    check_slice(&texts.name);

    let table = RuntimePluginApiV1 {
        plugin_name: Some(answering_name),
        schema_bytes: Some(answering_schema),
        ..*SILENT.api()
    };
    // SAFETY: the functions keep the contract, except for the pointers and lengths that they
    // return, which the host must check (rule 1).
    let plugin = unsafe { StaticPlugin::from_table(Silent::name, table) };
    let api = PluginApi::of_static(&plugin).expect("a whole table");
    assert_eq!(api.plugin_name(), name);
    assert_eq!(api.schema_bytes(), schema);

    let is_text = |text: Result<&[u8], _>| text.is_ok_and(|text| str::from_utf8(text).is_ok());
    match LoadedPlugin::from_static(&plugin) {
        Ok(loaded) => {
            assert_eq!(Ok(loaded.name().as_bytes()), name);
            assert_eq!(Ok(loaded.schema_json().as_bytes()), schema);
        }
        Err(LoadError::Name { source, .. }) => {
            assert!(!is_text(name) || name == Ok(&[]), "{source}");
        }
        Err(LoadError::SchemaText { source, .. }) => {
            assert!(is_text(name) && (!is_text(schema) || schema == Ok(&[])), "{source}");
        }
        Err(error @ LoadError::Schema { .. }) => {
            assert!(is_text(name) && is_text(schema));
            assert!(error.source().is_some_and(|reason| !reason.to_string().is_empty()));
        }
        Err(other) => panic!("{other}"),
    }
}

/// The same pair if the contract sets no limit.
fn check_slice(text: &Text) {
    let limit = isize::MAX as usize;
    let expected = text.expected(limit).map_err(|error| match error {
        BytesError::Null => "bytes pointer is null but len is non-zero",
        BytesError::TooLong { .. } => "bytes len is above isize::MAX",
        other => panic!("{other}"),
    });
    // SAFETY: a length that the plugin may use is at most that of the content, which lives (rule
    // 10).
    assert_eq!(unsafe { runtime_bytes_slice(text.pair(limit)) }, expected);
}

unsafe extern "C" fn answering_name() -> RuntimeBytesRef {
    PAIRS.get()[0]
}

unsafe extern "C" fn answering_schema() -> RuntimeBytesRef {
    PAIRS.get()[1]
}

/// The rest of a table.
struct Silent;

pub(super) const SILENT: StaticPlugin = static_plugin!(Silent, slots = 16);

impl Plugin for Silent {
    fn name() -> &'static str {
        "silent"
    }

    fn schema() -> &'static str {
        "{}"
    }

    fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> {
        Ok(Self)
    }

    fn run_tx<'tx>(&self, _: &mut Tx<'tx>, _: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
        Ok(())
    }
}
