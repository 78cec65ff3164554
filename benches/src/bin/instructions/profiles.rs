//! The same counts from other builds: cargo's own release profile, and a plugin without the
//! author's `#[inline]`. `profiles.sh` makes the builds, and each writes its counts to a file.

use std::{error::Error, fs, path::Path};

use statevec_benches::{Operation, report::write_section};

use crate::callgrind::{Costs, Row};

/// The builds, in the order of the files.
const BUILDS: [&str; 4] = [
    "workspace's profile",
    "workspace's profile, no `#[inline]`",
    "cargo's profile",
    "cargo's profile, no `#[inline]`",
];

/// The build of a user who changes nothing: with it the others are shown.
const AS_USERS: usize = 2;

/// The peers of the first and second table by their names.
const CORE: [&str; 2] = ["core SDK, .so", "core SDK, static"];
const OTHERS: [&str; 3] =
    ["hand-written C ABI, no checks", "abi_stable 0.11", "published crates 0.1.0"];

/// Writes counts to a file, a line each: peer, operation, instructions.
pub(crate) fn save(path: &Path, costs: &[Costs]) -> Result<(), Box<dyn Error>> {
    let line = |Row { peer, operation, cost }| format!("{peer}\t{operation}\t{cost:.1}\n");
    let text: String = costs.iter().flat_map(|costs| costs.rows()).map(line).collect();
    Ok(fs::write(path, text)?)
}

/// Writes the tables of the README from one file for each of [`BUILDS`].
pub(crate) fn write(
    files: &[&str],
    processor: &str,
    versions: &[&String; 2],
) -> Result<(), Box<dyn Error>> {
    let builds: Vec<_> = files.iter().map(|path| Counts::read(path)).collect::<Result<_, _>>()?;
    let Ok(builds) = <[Counts; BUILDS.len()]>::try_from(builds) else {
        return Err(format!("there are {} files and not {}", files.len(), BUILDS.len()).into());
    };
    let [rustc, valgrind] = versions;
    let [library, linked] = CORE.map(|peer| builds.each_ref().map(|build| (build, peer)));
    let others = OTHERS.map(|peer| (&builds[AS_USERS], peer));
    let all: Vec<_> = library.iter().chain(&others).copied().collect();
    let heads: Vec<_> = BUILDS.into_iter().chain(OTHERS).collect();
    let text = format!(
        "Machine: {processor}. Toolchain: {rustc}, {valgrind}. Command: `benches/profiles.sh`. The plugin and its \
         host are built with one of the profiles; the last three columns are other peers with cargo's profile.\n\n\
         {}\nThe same plugin, linked in:\n\n{}",
        table("core SDK, .so", &heads, &all)?,
        table("core SDK, static", &BUILDS, &linked)?,
    );
    write_section("profiles", &text)
}

fn table(
    title: &str,
    heads: &[&str],
    columns: &[(&Counts, &str)],
) -> Result<String, Box<dyn Error>> {
    let mut text = format!("| {title}: instructions per | {} |\n|---|", heads.join(" | "));
    text.push_str(&"--:|".repeat(columns.len()));
    text.push('\n');
    for operation in Operation::ALL {
        text.push_str(&format!("| {} |", operation.name()));
        for (counts, peer) in columns {
            text.push_str(&format!(" {:.0} |", counts.of(peer, operation)?));
        }
        text.push('\n');
    }
    Ok(text)
}

/// The counts of one build.
struct Counts {
    path: String,
    text: String,
}

impl Counts {
    fn read(path: &str) -> Result<Self, Box<dyn Error>> {
        let text = fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
        Ok(Self { path: path.to_owned(), text })
    }

    fn of(&self, peer: &str, operation: Operation) -> Result<f64, Box<dyn Error>> {
        let start = format!("{peer}\t{}\t", operation.name());
        let count = self.text.lines().find_map(|line| line.strip_prefix(&start));
        let missing = || format!("{} has no count of {peer}, {}", self.path, operation.name());
        Ok(count.ok_or_else(missing)?.parse()?)
    }
}
