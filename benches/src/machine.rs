//! The machine and toolchain that the figures depend on.

use std::{env, fs, process::Command};

/// Processor, compiler and valgrind.
#[derive(Debug)]
pub struct Machine {
    /// Architecture, and the model where it is known.
    pub processor: String,
    /// As `rustc --version` says it.
    pub rustc: String,
    /// As `valgrind --version` says it; `None` when there is none.
    pub valgrind: Option<String>,
}

impl Machine {
    /// Finds processor and versions of this machine.
    #[must_use]
    pub fn look() -> Self {
        let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
        Self {
            processor: processor(),
            rustc: version(&rustc).unwrap_or_else(|| "an unknown rustc".into()),
            valgrind: version("valgrind"),
        }
    }
}

fn version(program: &str) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    model.map_or_else(
        || env::consts::ARCH.into(),
        |(_, model)| format!("{} ({model})", env::consts::ARCH),
    )
}
