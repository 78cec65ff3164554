//! Raw words as the tables of a plugin and of a host, and wrong answers from the functions in them.
//!
//! - A plugin's table of raw words is refused for its version, or else for its first null entry, and nothing in it is called. In a table that is in
//!   order, name and schema are bytes exactly when their pointer and length are.
//! - Whatever pointers, lengths and kinds our host's functions are called with, they answer or say which kind of error it is, write nothing else, and look
//!   at nothing that is not there.
//! - A host's table that is null, misaligned or has a null entry gives the error that says so, and nothing in it is called or read.
//! - Whatever status, flag, key and visits a host answers with, the call gives the answer or names the breach of contract, as [`expected`] says.

mod arguments;
mod expected;
mod host;
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
