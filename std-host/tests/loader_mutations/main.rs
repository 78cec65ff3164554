//! Loads a plugin whose program headers and dynamic section were changed at random, each time in a
//! process of its own, and counts the outcomes.
//!
//! Loading runs the dynamic linker and the plugin, and either may crash on a wrong file. The host
//! itself may not: a crash before the linker was called, or in the host's own code, fails this
//! test. `STATEVEC_LOADER_MUTATIONS` sets the number of files, 400 by default. The seed is fixed,
//! so file number N is the same in every run.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says where")]

#[cfg(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64"))]
mod child;
#[cfg(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64"))]
mod counts;
#[cfg(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64"))]
mod mutation;

/// The name of the one test, for filters and `--skip`.
const NAME: &str = "mutated_file_crashes_the_host";

/// Not the standard harness: that has threads, and a process with threads must not fork.
fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut filters = arguments.iter().filter(|argument| !argument.starts_with('-')).peekable();
    let is_named = filters.peek().is_none() || filters.any(|filter| NAME.contains(filter.as_str()));
    let mut skipped = arguments.iter().filter_map(|argument| argument.strip_prefix("--skip="));
    if !is_named
        || skipped.any(|skip| NAME.contains(skip))
        || arguments.iter().any(|a| a == "--list")
    {
        println!("test result: ok. 0 passed; 0 failed; 1 filtered out");
        return;
    }
    mutated_file_crashes_the_host();
    println!("test {NAME} ... ok\n\ntest result: ok. 1 passed; 0 failed");
}

#[cfg(not(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64")))]
fn mutated_file_crashes_the_host() {
    println!("skipped: {NAME}, because it knows only 64-bit ELF files and the linker of glibc");
}

#[cfg(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64"))]
fn mutated_file_crashes_the_host() {
    use std::{env, fs, os::unix::fs::FileExt as _};

    let count = env::var("STATEVEC_LOADER_MUTATIONS").map_or(400, |count| count.parse().unwrap());
    let bank = env::current_exe().unwrap().with_file_name("libstatevec_bank_so.so");
    let bytes = fs::read(bank).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plugin.so");
    fs::write(&path, &bytes).unwrap();
    let file = fs::File::options().write(true).open(&path).unwrap();
    let unchanged = child::load(&path);
    assert_eq!(unchanged, child::End::Loaded, "the file that is changed must load");

    let places = mutation::Places::of(&bytes);
    let mut counts = counts::Counts::default();
    for number in 0..count {
        let changes = places.change(&bytes, number);
        for change in &changes {
            file.write_all_at(&change.new, change.at as u64).unwrap();
        }
        counts.add(number, &changes, child::load(&path));
        for change in &changes {
            let old = &bytes[change.at..change.at + change.new.len()];
            file.write_all_at(old, change.at as u64).unwrap();
        }
    }
    println!("{counts}");
    assert!(counts.loaded() > 0 && counts.refused() > 0, "the changes are all of one kind");
    assert_eq!(counts.crashes_of_the_host(), 0);
}
