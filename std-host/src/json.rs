//! Commands, events and records as JSON, through a plugin's schema.
//!
//! A command is one JSON object: [`parse_command`] turns
//! `{"command":"Deposit","payload":{"account_id":1,"amount":100}}` into the kind and the payload
//! bytes that a plugin takes. [`JsonWriter`] writes outcomes, events and records in the same forms,
//! and [`InvalidLine`] is the answer to a line that is not a command. All output is compact JSON
//! with the fields in the schema's order.
//!
//! # Values
//!
//! | field type (ABI.md section 5) | written as | read from |
//! |---|---|---|
//! | `bool` | `true`, `false` | the same |
//! | `u8`, `u16`, `u32`, `u64`, `i32`, `i64` | a number, without fraction or exponent | the same |
//! | `u128` | a string of decimal digits | the same, or a number up to 2^64 − 1 |
//! | enum | the variant's name where the schema has it, else a number | a variant's name, or any number from 0 to 255 |
//! | `fixedBytes`, `varBytes` | a string if printable, else `{"hex":"00ff"}` | a string, or `{"hex":"…"}` with digits of either case |
//!
//! Bytes are *printable* when they are UTF-8 and hold none of these characters: controls (U+0000 to
//! U+001F and U+007F to U+009F), the separators U+2028 and U+2029, and those that reorder the text
//! around them (Unicode's `Bidi_Control`). The list is fixed, so the same bytes give the same text
//! on every machine. A string stands for its UTF-8 bytes, whatever they are: `"{\"hex\":\"00\"}"`
//! is twelve bytes of text.
//!
//! Names, messages and strings are foreign text: characters that could mislead a reader are written
//! as escapes ([`foreign_text`](crate::foreign_text)).
//!
//! Written values read back as the same bytes, if these bytes are as the encoding prescribes.
//! Values that are read as equal are written alike: a `bool` byte above 1 as `true`, and fixed
//! bytes without their padding.
//!
//! # Bytes that do not fit the schema
//!
//! A plugin may emit an event that is shorter than its fields, for example. The methods of
//! [`JsonWriter`] that write fields alone refuse such bytes with a [`DecodeError`]. Whole events
//! and records have `"malformed":{"hex":"…","reason":"…"}` in place of `"payload"` or `"data"`.

mod bytes;
mod command;
mod command_line;
mod error;
mod invalid_line;
mod key;
mod longest_line;
mod number;
mod read;
mod record;
mod sample;
mod writer;

pub use command::parse_command;
pub use command_line::CommandLine;
pub use error::{CommandError, CommandProblem, DecodeError, KnownNames, RecordError, ValueError};
pub use invalid_line::InvalidLine;
pub use key::{KeyError, parse_key};
pub use longest_line::{longest_line, longest_state_line};
pub use record::{StateLine, parse_field, parse_state_line};
pub use sample::sample_command;
pub use writer::JsonWriter;
