//! Runs a trial in a process of its own, and waits for its findings.

use std::{
    ffi::OsString,
    io::{self, Read as _},
    process::{Child, ExitStatus},
    time::Duration,
};

use tokio::{task::spawn_blocking, time::timeout};

use super::{
    refused::RefusedBuild,
    trial::Job,
    verdict::{Reason, Verdict},
};
use crate::options::Program;

/// A process that ends with its owner.
struct Ending(Child);

impl Drop for Ending {
    fn drop(&mut self) {
        // It may have ended already.
        let _killed = self.0.kill();
        let _ended = self.0.wait();
    }
}

/// Runs a trial for at most some time.
pub(super) async fn run(
    program: &Program,
    job: &Job,
    most: Duration,
) -> Result<Verdict, RefusedBuild> {
    let failed = |error: io::Error| {
        let text = format!("the process that tries the build cannot be started or read: {error}");
        RefusedBuild::new(Reason::Unable, text)
    };
    let mut process = Ending(program.again(arguments(job)).spawn().map_err(failed)?);
    let Some(mut output) = process.0.stdout.take() else {
        return Err(failed(io::ErrorKind::BrokenPipe.into()));
    };
    let reading = spawn_blocking(move || {
        let mut bytes = Vec::new();
        output.read_to_end(&mut bytes).map(|_| bytes)
    });
    let Ok(read) = timeout(most, reading).await else {
        let seconds = most.as_secs();
        let text = format!(
            "the build was not tried to its end within {seconds} seconds; allow more with --compare-seconds, or \
             compare fewer entries with --compare-entries"
        );
        return Err(RefusedBuild::new(Reason::Time, text));
    };
    let output = read.map_err(|error| failed(io::Error::other(error)))?.map_err(failed)?;
    if let Some(verdict) = Verdict::find(&output) {
        return Ok(verdict);
    }
    let status = process.0.wait().map_err(failed)?;
    Err(RefusedBuild::new(Reason::Crash, ended_early(status)))
}

fn ended_early(status: ExitStatus) -> String {
    format!("the process that tried the build ended early ({status}), and its findings are missing")
}

fn arguments(job: &Job) -> Vec<OsString> {
    let Job { data, now, expected, from, to } = job;
    let mut arguments: Vec<OsString> = vec!["--trial-data".into(), data.into()];
    let mut option = |name: &str, value: String| {
        arguments.extend([OsString::from(name), OsString::from(value)]);
    };
    option("--trial-now", now.to_string());
    option("--trial-from", from.to_string());
    option("--trial-to", to.to_string());
    if let Some(expected) = expected {
        option("--trial-expected", expected.to_string());
    }
    arguments
}
