//! Arbitrary transactions on both stores, compared with a model of maps that is copied for every
//! transaction.
//!
//! A plugin follows the input: it creates, updates, deletes, reads, walks, emits, logs and panics,
//! also from inside visitors, where the store must refuse some calls. A transaction is committed,
//! leaked, or rolled back because the plugin rejects, fails or panics.
//!
//! - Every call returns the model's answer, and every visitor gets the model's bytes.
//! - After every transaction the store and the model have the same records, keys, next numbers and
//!   events, and the server's store the same log. The store's indexes are consistent, and a
//!   rollback leaves its image as it was.
//! - Both stores are full at the same time as the model. Neither plugin nor host breaks the
//!   contract.
//! - A context that the plugin kept is refused after the call. An instance that panicked refuses
//!   further calls.

mod contents;
mod fixed;
mod model;
mod plugin;
mod runner;
pub(crate) mod schema;
mod script;
mod server;

use std::rc::Rc;

use arbitrary::Arbitrary;

use script::Transaction;

/// One input.
#[derive(Debug, Arbitrary)]
pub struct Input {
    limits: server::Limits,
    transactions: Vec<Rc<Transaction>>,
}

/// See the module.
pub fn check(input: &Input) {
    server::check(&input.limits, &input.transactions);
    fixed::check(&input.transactions);
}
