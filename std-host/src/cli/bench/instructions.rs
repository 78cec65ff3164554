//! Instructions and allocations: this program runs again under valgrind or perf.

use std::env;
use std::path::Path;
use std::process::Command;

use statevec_host::LoadedPlugin;
use statevec_host::bench::{Callgrind, PerfError, perf_instructions};

use super::BenchArgs;

/// Counts per command.
pub(super) struct Instructions {
    pub(super) each: f64,
    pub(super) allocations: Option<f64>,
    /// The program that counted.
    pub(super) counter: &'static str,
}

/// Commands that run under valgrind at most: it is about 50 times slower.
const MOST_UNDER_VALGRIND: usize = 10_000;

/// Counts with callgrind, which repeats exactly and tells allocations, or else with perf. The error
/// is the reason for people.
pub(super) fn count(
    args: &BenchArgs,
    plugin: &LoadedPlugin,
    path: &Path,
    commands: usize,
) -> Result<Instructions, String> {
    // The library that was built, if `path` is a crate's folder.
    let library = plugin.path().unwrap_or(path);
    let child = |commands| child(args, plugin, library, commands);
    let counted = commands.min(MOST_UNDER_VALGRIND);
    let each = |count: u64, commands: usize| count as f64 / commands.max(1) as f64;
    let no_valgrind = match Callgrind::of(&child(counted)?, library) {
        Ok(Callgrind { instructions, allocations, .. }) => {
            return Ok(Instructions {
                each: each(instructions, counted),
                allocations: allocations.map(|count| each(count, counted)),
                counter: "callgrind",
            });
        }
        Err(error) => error,
    };
    match perf_instructions(&child(commands)?, &child(0)?) {
        Ok(count) => {
            Ok(Instructions { each: each(count, commands), allocations: None, counter: "perf" })
        }
        Err(PerfError::Missing) => Err(format!("{no_valgrind}, and there is no perf")),
        Err(error) => Err(format!("{no_valgrind}, and {error}")),
    }
}

/// This program with the first commands of the same workload.
fn child(
    args: &BenchArgs,
    plugin: &LoadedPlugin,
    library: &Path,
    commands: usize,
) -> Result<Command, String> {
    let mut child = Command::new(env::current_exe().map_err(|error| error.to_string())?);
    child.arg("bench").arg(library).arg("--allow-world-writable");
    child.args(["--run-once", &commands.to_string()]);
    match (&args.workload.commands, args.workload.generate) {
        (Some(file), _) if file.as_os_str() == "-" => {
            return Err("the commands came from standard input".into());
        }
        (Some(file), _) => child.arg("--commands").arg(file),
        (None, count) => {
            let [count, seed] = [count.unwrap_or_default().into(), args.seed];
            child.args(["--generate", &count.to_string(), "--seed", &seed.to_string()])
        }
    };
    if let Some(text) = &args.config.config {
        child.arg(format!("--config={text}"));
    }
    if let Some(file) = &args.config.config_file {
        child.arg("--config-file").arg(file);
    }
    if let Some(file) = &args.limits {
        child.arg("--limits").arg(file);
    }
    if let Some(digest) = plugin.sha256() {
        child.args(["--sha256", &digest.to_string()]);
    }
    Ok(child)
}
