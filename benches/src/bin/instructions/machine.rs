//! What the counts depend on.

use std::{env, fs, process::Command};

/// Processor, compiler and valgrind.
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) rustc: String,
    pub(crate) valgrind: String,
}

impl Machine {
    /// `None` when there is no valgrind.
    pub(crate) fn look() -> Option<Self> {
        let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
        Some(Self {
            valgrind: version("valgrind")?,
            rustc: version(&rustc).unwrap_or_else(|| "an unknown rustc".into()),
            processor: processor(),
        })
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
