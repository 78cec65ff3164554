//! A child process, and the processes that it starts.

use std::{
    io,
    process::{Child, Command, ExitStatus},
    time::{Duration, Instant},
};

use wait_timeout::ChildExt as _;

/// A child process. On Unix it leads a process group, so that the processes that it starts end with
/// it.
pub(super) struct ProcessGroup {
    leader: Child,
}

/// The end of the wait for a child.
pub(super) enum Waited {
    Exited(ExitStatus),
    TimedOut,
    Stopped,
}

/// How often a wait looks whether it is stopped.
const LOOK: Duration = Duration::from_millis(100);

impl ProcessGroup {
    pub(super) fn spawn(command: &mut Command) -> io::Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        Ok(Self { leader: command.spawn()? })
    }

    /// Waits for the child, and then kills what is left of its group.
    pub(super) fn wait(
        mut self,
        limit: Duration,
        is_stopped: &dyn Fn() -> bool,
    ) -> io::Result<Waited> {
        let start = Instant::now();
        let waited = loop {
            let left = limit.saturating_sub(start.elapsed());
            if let Some(status) = self.leader.wait_timeout(left.min(LOOK))? {
                break Waited::Exited(status);
            }
            if is_stopped() {
                break Waited::Stopped;
            }
            if left.is_zero() {
                break Waited::TimedOut;
            }
        };
        self.kill()?;
        Ok(waited)
    }

    fn kill(&mut self) -> io::Result<()> {
        #[cfg(unix)]
        self.kill_group();
        // No error if the child has ended.
        self.leader.kill()?;
        self.leader.wait().map(drop)
    }

    /// The number of a group stays taken as long as one of its processes lives. If none does, the
    /// number is not that of another group yet: a system gives out all others first.
    #[cfg(unix)]
    fn kill_group(&self) {
        use rustix::process::{Pid, Signal, kill_process_group};
        let leader = i32::try_from(self.leader.id()).ok().and_then(Pid::from_raw);
        // A group without processes is no error here.
        let _ = leader.map(|leader| kill_process_group(leader, Signal::KILL));
    }
}
