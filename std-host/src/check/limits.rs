//! The limits of a child process, and its end with its parent.

use super::job::Job;

/// The most bytes of a file that the plugin writes.
#[cfg(unix)]
const FILE_BYTES: u64 = 64 << 20;

/// Limits this process: address space, processor time, size of files, no core dumps. A limit that
/// the system refuses is left out; the parent's limit of time holds in any case.
#[cfg(unix)]
pub(super) fn set(job: &Job) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limits = [
        (Resource::As, job.memory_mib.saturating_mul(1 << 20)),
        (Resource::Cpu, job.seconds.saturating_mul(4)),
        (Resource::Fsize, FILE_BYTES),
        (Resource::Core, 0),
    ];
    for (resource, limit) in limits {
        let maximum = getrlimit(resource).maximum;
        let limit = maximum.map_or(limit, |maximum| limit.min(maximum));
        let _ = setrlimit(resource, Rlimit { current: Some(limit), maximum });
    }
    #[cfg(target_os = "linux")]
    end_with_parent(job);
}

/// A parent that is killed cannot end its children.
#[cfg(target_os = "linux")]
fn end_with_parent(job: &Job) {
    use rustix::process::{Signal, getppid, set_parent_process_death_signal};
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
    // A parent that was killed before sends no signal.
    if getppid().is_none_or(|parent| parent.as_raw_pid().cast_unsigned() != job.parent) {
        std::process::exit(1);
    }
}

/// This system limits processes in another way; the parent's limit of time holds.
#[cfg(not(unix))]
pub(super) fn set(_job: &Job) {}
