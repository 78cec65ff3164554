//! Changes of a schema, and the state's way from one schema to the next.
//!
//! [`compare`] lists the changes between two schemas. Each has one of three classes:
//!
//! | class | meaning |
//! |---|---|
//! | [`Compatible`](Compatibility::Compatible) | every stored value carries over, and commands of the old form are still valid |
//! | [`NeedsMigration`](Compatibility::NeedsMigration) | values are checked one by one, something is dropped when that is asked for, or senders and readers must change |
//! | [`Refused`](Compatibility::Refused) | there is no rule that carries the values over |
//!
//! Any change gives the schema another identity (its version and four fingerprints). A data
//! directory belongs to one identity, so it is migrated for each change, compatible or not. The
//! class decides whether a migration can fail:
//!
//! | change | class |
//! |---|---|
//! | a new record, command, event, enum or variant | compatible |
//! | a new field of a record, in reserved bytes, at the end or between others | compatible: it is zero, or a stated default |
//! | a field of a record at another place; a longer or shorter record | compatible: fields are copied by name |
//! | a wider integer, an unsigned integer as a wider signed one, a bool or an enum as an integer | compatible |
//! | fixed bytes with more room | compatible |
//! | another mark `immutable` or `supportRangeScan`; no key any more | compatible |
//! | a narrower integer, or one of another sign; fixed bytes with less room; a byte as a bool or an enum | each value is checked |
//! | another key, or the first key | each key is checked: it must be unique |
//! | a variant with another value | values are mapped by the variant's name |
//! | a variant less | each value is checked |
//! | a field or a record less | dropped when that is asked for |
//! | a record with another kind | its records move, and keep their numbers |
//! | other fields of a command or event; a command or event with another name or kind, or less | senders and readers must change |
//! | a lower version | the migration goes back |
//! | a kind that belonged to another record; a kind of command or event with another name and other fields | refused: use a new number |
//! | any other type of a field | refused: add a field with another name |
//!
//! ```
//! # mod old {
//! #     use statevec_abi::{schema, typed::Record};
//! #     #[derive(Record)]
//! #     #[record(kind = 1, len = 64, pk(id))]
//! #     pub struct Account { #[field(immutable)] id: u64, balance: u32 }
//! #     schema! { pub const SCHEMA = { version: "1.0", records: [Account], commands: [], events: [] }; }
//! # }
//! # mod new {
//! #     use statevec_abi::{schema, typed::Record};
//! #     #[derive(Record)]
//! #     #[record(kind = 1, len = 64, pk(id))]
//! #     pub struct Account { #[field(immutable)] id: u64, balance: u64 }
//! #     schema! { pub const SCHEMA = { version: "1.1", records: [Account], commands: [], events: [] }; }
//! # }
//! use statevec_abi_alloc::schema::SchemaRegistry;
//! use statevec_host::evolution::{Compatibility, compare, compatibility};
//!
//! let old = SchemaRegistry::from_idl_json(old::SCHEMA.json)?;
//! let new = SchemaRegistry::from_idl_json(new::SCHEMA.json)?;
//! let changes = compare(&old, &new);
//! assert_eq!(compatibility(&changes), Compatibility::Compatible);
//! assert_eq!(
//!     changes[1].to_string(),
//!     "field Account.balance: u32 at byte 8, then u64 at byte 8 (compatible: every value fits)"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod change;
mod compare;
mod conversion;
mod error;
mod payloads;
mod records;
mod rules;
mod state;
mod variants;

pub use change::{Compatibility, SchemaChange, SchemaPart, compatibility};
pub use compare::compare;
pub use error::MigrationError;
pub use rules::{MigrationChoices, MigrationRules, Misfit, RulesError};
