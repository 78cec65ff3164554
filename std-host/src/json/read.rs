//! The reader of command lines: one pass over the text, driven by the schema.
//!
//! There is no tree of values. The schema says at each place which names and values may come. The
//! first that does not fit ends the reading, so no input takes more memory than its line and its
//! payload. serde_json decodes strings that have escapes; the scanner finds everything else.

mod envelope;
mod field_order;
mod payload;
mod scanner;
mod text_len;
mod token;
mod value;

pub(super) use envelope::{read_fields, read_line};
pub(super) use value::{Refusal, append_whole_value};
