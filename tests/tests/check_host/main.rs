//! Our hosts under the plugin check-host: the table in its README is that of this run.
//!
//! Not the standard harness: for one of the hosts this program runs itself, because the plugin may
//! end the process of a host.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says where")]

mod children;
mod fixed;
mod published;
#[path = "../interop_published_host/host.rs"]
#[allow(dead_code, reason = "the other test reads more of this host")]
mod published_host;
mod seen;
mod server;
mod table;

use std::env;

const NAME: &str = "table_of_results_is_that_of_the_hosts";

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [mode, steps @ ..] = arguments.as_slice()
        && mode == published::MODE
    {
        return published::run(steps);
    }
    let mut filters = arguments.iter().filter(|argument| !argument.starts_with('-')).peekable();
    let is_named = filters.peek().is_none() || filters.any(|filter| NAME.contains(filter.as_str()));
    if !is_named || arguments.iter().any(|argument| argument == "--list") {
        println!("test result: ok. 0 passed; 0 failed; 1 filtered out");
        return;
    }
    table::is_that_of_the_hosts();
    println!("test {NAME} ... ok\n\ntest result: ok. 1 passed; 0 failed");
}
