//! Raw words as the tables of a plugin and of a host, and wrong answers from the functions in them.
//!
//! - A plugin's table of raw words is refused for its version, or else for its first null entry,
//!   and no entry is called. In a valid table, name and schema are accepted exactly if pointer and
//!   length are valid.
//! - Our host's functions accept any pointers, lengths and kinds. They return an answer or the kind
//!   of the error, write nothing else, and read nothing outside.
//! - A host's table that is null, misaligned or has a null entry gives an error that names the
//!   fault, and no entry is called or read.
//! - For any status, flag, key and visits that a host answers with, the call returns the answer or
//!   names the breach of contract. [`expected`] tells which.

mod arguments;
mod arguments_call;
mod expected;
mod host;
mod host_functions;
mod plugin;

use arbitrary::Arbitrary;

/// One input.
#[derive(Debug, Arbitrary)]
pub struct Input {
    plugin: plugin::Words,
    texts: plugin::Texts,
    arguments: [arguments::Arguments; 4],
    place: host::Place,
    calls: Vec<host::Call>,
}

/// See the module.
pub fn check(input: &Input) {
    plugin::check_words(&input.plugin);
    plugin::check_texts(&input.texts);
    input.arguments.iter().for_each(arguments::check);
    for call in input.calls.iter().take(16) {
        host::check(&input.place, call);
    }
}
