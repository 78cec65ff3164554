//! The processors that threads run on.

use std::{ffi::CStr, io};

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Where the engine's thread runs, and where the threads run that it starts.
pub(super) struct Placing {
    /// The end of the rows' names.
    pub(super) text: &'static str,
    /// Names of the engine's thread, row by row. `waits.sh` knows them.
    pub(super) threads: [&'static CStr; 3],
    engine: CpuSet,
    others: CpuSet,
}

impl Placing {
    /// All threads run where the kernel puts them.
    pub(super) fn by_the_kernel() -> io::Result<Self> {
        let all = sched_getaffinity(None)?;
        let threads = [c"floor", c"quiet", c"beside"];
        Ok(Self { text: "", threads, engine: all, others: all })
    }

    /// The engine's thread has a processor that no other thread of this process uses. `None` if
    /// there is only one.
    pub(super) fn apart() -> io::Result<Option<Self>> {
        let (mut engine, mut others) = (CpuSet::new(), sched_getaffinity(None)?);
        let Some(own) = (0..CpuSet::MAX_CPU).find(|cpu| others.is_set(*cpu)) else {
            return Ok(None);
        };
        engine.set(own);
        others.unset(own);
        let text = ", on a processor of its own";
        let threads = [c"floor-apart", c"quiet-apart", c"beside-apart"];
        Ok((others.count() > 0).then_some(Self { text, threads, engine, others }))
    }

    /// Runs `start` where the threads belong that it starts, and then `run` where the engine's
    /// thread belongs.
    pub(super) fn run<S, R>(
        &self,
        start: impl FnOnce() -> S,
        run: impl FnOnce(S) -> R,
    ) -> io::Result<R> {
        let before = sched_getaffinity(None)?;
        sched_setaffinity(None, &self.others)?;
        let started = start();
        sched_setaffinity(None, &self.engine)?;
        let result = run(started);
        sched_setaffinity(None, &before)?;
        Ok(result)
    }
}
