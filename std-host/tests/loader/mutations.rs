//! Libraries whose headers say wrong things, each opened in a process of its own.
//!
//! A change is refused as damage, or the library loads as ever, or the linker or the plugin's own
//! code dies of what the checks do not look at. `STATEVEC_LOADER_MUTATIONS` sets how many are
//! tried.

use std::{
    collections::BTreeMap,
    env, fs,
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use statevec_host::LoadedPlugin;
use tempfile::TempDir;

use crate::library::Library;

const FILE: &str = "STATEVEC_TEST_MUTATED_PLUGIN";
const COUNT: &str = "STATEVEC_LOADER_MUTATIONS";

/// Numbers that headers get wrong: small ones, the ends of every width, and neighbours.
const VALUES: [u64; 12] = [
    0,
    1,
    0xfff,
    0x1000,
    0x7fff_ffff,
    0xffff_ffff,
    0x1_0000_0000,
    1 << 40,
    1 << 47,
    i64::MAX as u64,
    u64::MAX - 0xfff,
    u64::MAX,
];

/// The places of 8 bytes each in the program headers and in the dynamic section.
fn places(bytes: &[u8]) -> [Vec<usize>; 2] {
    let word = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
    let (start, count) = (word(32) as usize, usize::from(bytes[56]));
    let headers = (0..count).map(|header| start + header * 56);
    let dynamic = headers.clone().find(|&at| bytes[at..at + 4] == [2, 0, 0, 0]).unwrap();
    let (offset, len) = (word(dynamic + 8) as usize, word(dynamic + 32) as usize);
    let fields = headers.flat_map(|at| (at..at + 56).step_by(8)).collect();
    [fields, (offset..offset + len).step_by(8).collect()]
}

/// How a process ended that opened the library.
fn outcome(path: &Path) -> String {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "mutations::headers_that_say_wrong_things", "--nocapture"])
        .env(FILE, path)
        .output()
        .unwrap();
    match (output.status.signal(), String::from_utf8_lossy(&output.stderr)) {
        (Some(signal), _) => format!("signal {signal}"),
        (None, text) if text.contains("opened") => "opened".into(),
        (None, text) if text.contains("is damaged") => "damaged".into(),
        (None, text) if text.contains("refused") => "refused otherwise".into(),
        // The linker's own assertions.
        (None, _) => format!("exit {:?}", output.status.code()),
    }
}

#[test]
#[cfg(all(target_pointer_width = "64", target_endian = "little"))]
fn headers_that_say_wrong_things() {
    if let Some(path) = env::var_os(FILE) {
        match LoadedPlugin::open(PathBuf::from(path)) {
            Ok(plugin) => eprintln!("opened {}", plugin.name()),
            Err(error) => eprintln!("refused: {error}"),
        }
        return;
    }
    let count = env::var(COUNT).map_or(100, |count| count.parse().unwrap());
    let folder = TempDir::new().unwrap();
    let bytes = fs::read(Library::default().build(folder.path(), "whole.so")).unwrap();
    let places = places(&bytes);
    let mut random = fastrand::Rng::with_seed(1);
    let mut outcomes = BTreeMap::<String, Vec<String>>::new();
    for turn in 0..count {
        let mut changed = bytes.clone();
        let at = *random.choice(&places[turn % 2]).unwrap();
        let old = u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
        let new = match random.u8(..4) {
            0 => random.choice(VALUES).unwrap(),
            1 => old.wrapping_add(random.choice(VALUES).unwrap()),
            2 => old ^ 1 << random.u32(..64),
            _ => random.u64(..),
        };
        changed[at..at + 8].copy_from_slice(&new.to_le_bytes());
        let path = folder.path().join("changed.so");
        fs::write(&path, changed).unwrap();
        let part = ["program headers", "dynamic section"][turn % 2];
        let change = format!("{part} at {at:#x}: {old:#x} became {new:#x}");
        outcomes.entry(format!("{part}: {}", outcome(&path))).or_default().push(change);
    }
    for (outcome, changes) in &outcomes {
        eprintln!("{:6} {outcome}", changes.len());
        if outcome.contains("signal") || outcome.contains("exit") {
            changes.iter().for_each(|change| eprintln!("         {change}"));
        }
    }
    let of = |outcome: &str| {
        outcomes
            .iter()
            .filter(|(key, _)| key.ends_with(outcome))
            .map(|(_, changes)| changes.len())
            .sum::<usize>()
    };
    assert!(of("opened") > 0 && of("damaged") > 0, "{outcomes:?}");
    // Bytes behind the end of the file are what the checks are against.
    assert_eq!(of("signal 7"), 0, "SIGBUS: {outcomes:?}");
}
