//! Instructions and allocations, as callgrind counts them in a child process.

use std::{
    fs,
    hint::black_box,
    io::{self, Read as _, Seek as _},
    path::Path,
    process::{Command, Output, Stdio},
};

use super::{Workload, workload::new_engine};
use crate::{EngineError, LoadedPlugin};

/// The counts of callgrind, a tool of valgrind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Callgrind {
    /// Instructions of all commands, in the plugin and in the host.
    pub instructions: u64,
    /// Calls of `malloc` and its like that the plugin's library made. `None` if the library does
    /// not show under its path, as a pinned one, which runs from a copy in memory.
    pub allocations: Option<u64>,
}

/// The reason why nothing was counted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallgrindError {
    /// There is no valgrind.
    #[error("there is no valgrind")]
    Missing,
    /// Valgrind failed.
    #[error("valgrind failed: {0}")]
    Failed(String),
    /// Its output cannot be read.
    #[error("the output of valgrind cannot be read")]
    Read(#[from] io::Error),
    /// Its output has no counts: the program's symbols are missing.
    #[error("valgrind found no function to count; the program was stripped of its symbols")]
    NoSymbol,
}

/// [`measured`], as valgrind names it.
const MEASURED: &str = "*bench::callgrind::measured*";

/// Functions that allocate.
const ALLOCATORS: [&str; 6] =
    ["malloc", "calloc", "realloc", "aligned_alloc", "posix_memalign", "memalign"];

/// Runs a workload once, so that callgrind counts its commands. A child process does this.
///
/// # Errors
///
/// The plugin cannot be created or unloaded.
pub fn run_measured(
    plugin: &LoadedPlugin,
    config: &str,
    workload: &Workload,
) -> Result<(), EngineError> {
    let mut engine = new_engine(plugin, config)?;
    measured(&mut || workload.run(&mut engine, |_| ()));
    engine.unload()?;
    Ok(())
}

#[inline(never)]
fn measured(run: &mut dyn FnMut()) {
    run();
    // Keeps the call above from being this function's last instruction, so that it stays a function
    // of its own.
    black_box(());
}

impl Callgrind {
    /// Runs a program, which calls [`run_measured`], under callgrind. `plugin` is the file whose
    /// allocations are counted.
    ///
    /// # Errors
    ///
    /// There is no valgrind, it fails, or its output has no counts.
    pub fn of(child: &Command, plugin: &Path) -> Result<Self, CallgrindError> {
        // The file has no name, so nothing is left of it if a signal ends this process. Callgrind
        // opens it as its standard input, which the program does not read.
        let mut out = tempfile::tempfile()?;
        let mut valgrind = Command::new("valgrind");
        valgrind
            .args(["--tool=callgrind", "--quiet", "--compress-strings=no", "--compress-pos=no"])
            .arg(format!("--toggle-collect={MEASURED}"))
            .arg("--callgrind-out-file=/dev/stdin")
            .arg(child.get_program())
            .args(child.get_args())
            .stdin(out.try_clone()?);
        let output = run(&mut valgrind)?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr);
            return Err(CallgrindError::Failed(text.trim().to_owned()));
        }
        let mut text = String::new();
        out.rewind()?;
        out.read_to_string(&mut text)?;
        parse(&text, plugin).ok_or(CallgrindError::NoSymbol)
    }
}

fn run(command: &mut Command) -> Result<Output, CallgrindError> {
    match command.stdout(Stdio::null()).output() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(CallgrindError::Missing),
        output => Ok(output?),
    }
}

/// The counts in the output of callgrind. `None` if it counted nothing.
fn parse(text: &str, plugin: &Path) -> Option<Callgrind> {
    let plugin = fs::canonicalize(plugin).unwrap_or_else(|_| plugin.to_owned());
    let plugin = plugin.to_string_lossy();
    let (mut object, mut called) = ("", "");
    let (mut instructions, mut allocations) = (0, None);
    for line in text.lines() {
        let Some((key, value)) = line.split_once(['=', ':']) else { continue };
        match key {
            "ob" => {
                object = value;
                if object == plugin {
                    allocations.get_or_insert(0);
                }
            }
            "cfn" => called = value,
            "calls" if object == plugin && ALLOCATORS.contains(&called) => {
                let calls: u64 = value.split(' ').next().and_then(|calls| calls.parse().ok())?;
                *allocations.get_or_insert(0) += calls;
            }
            "summary" | "totals" => instructions = value.trim().parse().ok()?,
            _ => {}
        }
    }
    (instructions > 0).then_some(Callgrind { instructions, allocations })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Callgrind, parse};

    #[test]
    fn only_the_plugin_s_own_allocations_count() {
        let text = "events: Ir\nob=/host\nfn=run\n1 5\ncob=/lib/libc.so.6\ncfn=malloc\ncalls=9 0\n\
                    ob=/plugin.so\nfn=run_tx\ncob=/lib/libc.so.6\ncfn=malloc\ncalls=3 0\n5 70\n\
                    cfn=memcpy\ncalls=100 0\n5 7\nfn=other\ncfn=realloc\ncalls=2 0\ntotals: 1234\n";
        let counted = Callgrind { instructions: 1234, allocations: Some(5) };
        assert_eq!(parse(text, Path::new("/plugin.so")), Some(counted));
        let none = Callgrind { allocations: None, ..counted };
        assert_eq!(parse(text, Path::new("/other.so")), Some(none));
        assert_eq!(parse("events: Ir\ntotals: 0\n", Path::new("/plugin.so")), None);
    }
}
