//! The life of instances: a thousand of them, and their end.

use super::kernel;
use crate::check::{
    field_values::Flavour,
    run::{Fault, Run},
    script::ScriptCommand,
};

/// Instances of one round.
const INSTANCES: usize = 1_000;

pub(in crate::check) fn create_destroy(run: &Run<'_>) {
    run.step("a thousand instances", || {
        let script = run.generator(Flavour::Plain).map(|generator| generator.script(0));
        let script = script.unwrap_or_default();
        round(run, &script);
        round(run, &script);
        let (memory, open) = (memory_kib(), descriptors());
        if memory == 0 {
            run.skip("this system does not tell memory and open files, so they were not compared");
            return;
        }
        // Three rounds, so that memory which is kept once is told from memory that is lost.
        let mut grown = 0;
        let mut last = memory;
        for _ in 0..3 {
            round(run, &script);
            let now = memory_kib();
            grown += usize::from(now > last + GROWTH_KIB);
            last = now;
        }
        if grown == 3 {
            let each = (last - memory) * 1024 / (3 * INSTANCES);
            run.fail(format!(
                "memory grows with each instance, about {each} bytes; free it in destroy_runtime"
            ));
        }
        let now = descriptors();
        if now > open {
            run.fail(format!(
                "{} more files are open after {} instances; close them",
                now - open,
                3 * INSTANCES
            ));
        }
    });
    run.step("many at once", || {
        let held: Vec<_> = (0..64).map_while(|_| run.session()).collect();
        if held.len() < 64 {
            run.warn(format!("no more than {} instances live at once", held.len()));
        }
    });
}

/// Growth per round that is taken for a leak: 16 bytes per instance, in whole pages.
const GROWTH_KIB: usize = 12;

fn round(run: &Run<'_>, script: &[ScriptCommand]) {
    for _ in 0..INSTANCES {
        let Some(mut session) = run.session() else { return };
        for command in script.iter().take(2) {
            session.run(command);
        }
    }
}

/// Resident memory of this process; 0 where the system does not say.
fn memory_kib() -> usize {
    let status = kernel::text("status");
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}

/// Open files of this process; 0 where the system does not say.
fn descriptors() -> usize {
    kernel::entries("fd").count()
}

pub(in crate::check) fn unload(run: &Run<'_>) {
    run.step("a new instance", || {
        if let Some(session) = run.session()
            && let Err(error) = session.unload()
        {
            run.fail(format!("{error}: on_unload fails before any command"));
        }
    });
    run.step("after commands", || {
        run.search(Flavour::Any, |script| {
            let mut session = run.session()?;
            session.run_all(script);
            let error = session.unload().err()?;
            let source = std::error::Error::source(&error);
            let source = source.map(|source| format!(": {source}")).unwrap_or_default();
            Some(Fault::fail(format!("{error} after commands{source}")))
        });
    });
    run.step("without on_unload before", || {
        // Dropping a session calls on_unload and destroys, and its answer is dropped.
        run.search(Flavour::Plain, |script| {
            let mut session = run.session()?;
            session.run_all(script);
            drop(session.restart());
            None
        });
    });
}
