//! Arbitrary transactions on both stores, beside a model of maps that is copied for every transaction.
//!
//! A plugin does what the input says: it creates, updates, deletes, reads, walks, emits, logs and panics, and does so from inside visitors, too,
//! where some of it must be refused. A transaction is committed, or rolled back because the plugin rejects, fails or panics, or is leaked.
//!
//! - Every call answers the plugin as the model says, and every visitor is lent the bytes that the model has.
//! - After every transaction the store holds what the model holds: records, keys, next numbers, events, and on the server the log. Its indexes are in
//!   order, and a rollback leaves its image as it was.
//! - Both stores are full when the model says, and neither the plugin nor the host ever breaks the contract.
//! - A context that the plugin kept is refused after the call, and an instance that panicked refuses further calls.

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
