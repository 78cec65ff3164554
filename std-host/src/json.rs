//! Commands, events and records as JSON, through a plugin's schema.
//!
//! A command is one JSON object: [`parse_command`] turns `{"command":"Deposit","payload":{"account_id":1,"amount":100}}` into
//! the kind and the payload bytes that a plugin takes. What a plugin gives is written the same way: [`Fields`] is the bytes of a
//! command, an event or a record as a JSON object, [`EventJson`] and [`RecordJson`] are those objects with a name, and
//! [`OutcomeJson`] is a whole line of the command line's output. All of them are [`serde::Serialize`] and print themselves as
//! compact JSON; fields stand in the schema's order, and nothing is allocated on the way out.
//!
//! # Values
//!
//! | field type (ABI.md section 5) | written as | read from |
//! |---|---|---|
//! | `bool` | `true`, `false` | the same |
//! | `u8`, `u16`, `u32`, `u64`, `i32`, `i64` | a number, without fraction or exponent | the same |
//! | `u128` | a string of decimal digits | the same, or a number up to 2^64 − 1 |
//! | enum | the variant's name where the schema knows it, else a number | a variant's name, or any number from 0 to 255 |
//! | `fixedBytes`, `varBytes` | a string if printable, else `{"hex":"00ff"}` | a string, or `{"hex":"…"}` with digits of either case |
//!
//! Bytes are *printable* when they are UTF-8 and hold none of these characters: controls (U+0000 to U+001F and U+007F to U+009F),
//! the line breaks U+2028 and U+2029, and those that reorder the text around them (Unicode's `Bidi_Control`). The list is fixed,
//! so the same bytes give the same text everywhere. A string stands for its UTF-8 bytes, whatever they are: `"{\"hex\":\"00\"}"` is
//! thirteen bytes of text.
//!
//! What is written reads back as the same bytes, if these are as the encoding prescribes. What reads as the same value is
//! written the same: a `bool` byte above 1 as `true`, fixed bytes without their padding, whatever stands there.
//!
//! # Bytes that do not fit the schema
//!
//! A plugin may emit an event that is shorter than its fields, say. [`Fields`] refuses such bytes with a [`DecodeError`]; the lines write
//! `"malformed":{"hex":"…","reason":"…"}` in place of `"payload"` or `"data"`.

mod bytes;
mod command;
mod decode;
mod encode;
mod error;
mod fields;
mod invalid_line;
mod lines;
mod node;
mod outcome;

pub use command::{CommandLine, parse_command};
pub use error::{CommandError, DecodeError, KnownNames, ValueError};
pub use fields::Fields;
pub use invalid_line::InvalidLine;
pub use lines::{EventJson, RecordJson};
pub use outcome::OutcomeJson;
