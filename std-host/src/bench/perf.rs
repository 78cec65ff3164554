//! Instructions, as perf counts them in child processes.

use std::{
    io,
    process::{Command, Stdio},
};

/// The reason why perf counted nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PerfError {
    /// There is no perf.
    #[error("there is no perf")]
    Missing,
    /// The processor has no counter of instructions, or a virtual machine hides it.
    #[error("perf finds no counter of instructions on this machine")]
    NotSupported,
    /// Perf failed, or the program did.
    #[error("perf failed: {0}")]
    Failed(String),
    /// It cannot be started.
    #[error("perf cannot be started")]
    Start(#[from] io::Error),
}

/// The instructions that a program executes in user mode with `more` arguments beyond those with
/// `less`: of the same work but for the commands that are counted.
///
/// The figure includes the host, as that of [`Callgrind`](super::Callgrind) does, but varies from
/// run to run.
///
/// # Errors
///
/// There is no perf, it fails, or this machine has no counter of instructions.
pub fn perf_instructions(more: &Command, less: &Command) -> Result<u64, PerfError> {
    Ok(instructions(more)?.saturating_sub(instructions(less)?))
}

fn instructions(child: &Command) -> Result<u64, PerfError> {
    let mut perf = Command::new("perf");
    // The program prints nothing on standard output.
    perf.args(["stat", "--event=instructions:u", "--field-separator=,", "--log-fd=1", "--"]);
    perf.arg(child.get_program()).args(child.get_args());
    let output = match perf.stdin(Stdio::null()).output() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(PerfError::Missing),
        output => output?,
    };
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        return Err(PerfError::Failed(text.trim().to_owned()));
    }
    parse(&String::from_utf8_lossy(&output.stdout)).ok_or(PerfError::NotSupported)
}

/// The count in perf's output: the first field of the event's line.
fn parse(text: &str) -> Option<u64> {
    let line = text.lines().find(|line| line.contains(",instructions"))?;
    line.split(',').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn event_that_the_machine_does_not_count_is_no_number() {
        let started = "# started on Thu Nov 26 11:04:53 2026\n\n";
        let line = "14287,,instructions:u,401233,100.00,0.55,insn per cycle\n";
        assert_eq!(parse(&format!("{started}{line}")), Some(14287));
        for value in ["<not supported>", "<not counted>"] {
            let line = format!("{value},,instructions:u,0,100.00,,\n");
            assert_eq!(parse(&format!("{started}{line}")), None);
        }
        assert_eq!(parse(started), None);
    }
}
