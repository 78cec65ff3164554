//! Our hosts under the plugin check-host: the table in its README is that of this run.
//!
//! Not the standard harness: for one of the hosts this program runs itself, because the plugin may
//! end the process of a host.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says where")]

mod children;
mod defects;
mod fixed;
mod published;
#[path = "../interop_published_host/host.rs"]
#[allow(dead_code, reason = "the other test reads more of this host")]
mod published_host;
mod seen;
mod server;
mod table;

use std::env;

const TESTS: [(&str, fn()); 2] = [
    ("table_of_results_is_that_of_the_hosts", table::is_that_of_the_hosts),
    ("every_seeded_defect_of_a_host_is_found", defects::are_found),
];

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [mode, steps @ ..] = arguments.as_slice()
        && mode == published::MODE
    {
        return published::run(steps);
    }
    let mut passed = 0;
    for (name, test) in TESTS {
        if is_chosen(name, &arguments) {
            test();
            println!("test {name} ... ok");
            passed += 1;
        }
    }
    println!("\ntest result: ok. {passed} passed; 0 failed");
}

/// Returns true unless filters name other tests, or `--skip=` names this one.
fn is_chosen(name: &str, arguments: &[String]) -> bool {
    let mut filters = arguments.iter().filter(|argument| !argument.starts_with('-')).peekable();
    let mut skipped = arguments.iter().filter_map(|argument| argument.strip_prefix("--skip="));
    (filters.peek().is_none() || filters.any(|filter| name.contains(filter.as_str())))
        && !skipped.any(|skip| name.contains(skip))
        && arguments.iter().all(|argument| argument != "--list")
}
