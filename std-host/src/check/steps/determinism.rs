//! Determinism inside one process: other instances, other threads, and instances made anew.

use std::thread;

use crate::check::{
    field_values::Flavour,
    run::{Fault, Run},
    script::ScriptCommand,
    session::Session,
};

const REMEDY: &str = "let outcomes depend on the command and the records only";

pub(in crate::check) fn two_instances(run: &Run<'_>) {
    search(run, |script| {
        let first = run.session()?.run_all(script);
        // Moves the second instance to another address.
        let _held: Vec<Session> = (0..3).filter_map(|_| run.session()).collect();
        let second = run.session()?.run_all(script);
        let difference = run.difference(&first, &second)?;
        Some(Fault::fail(format!("a second instance differs: {difference}; {REMEDY}")))
    });
}

pub(in crate::check) fn new_instance(run: &Run<'_>) {
    search(run, |script| {
        let first = run.session()?.run_all(script);
        let mut session = run.session()?;
        let mut second = Vec::new();
        // Places that depend on the script alone, so that a shorter one can be tried.
        for (place, command) in script.iter().enumerate() {
            if place % 3 != 1 || script.len() < 4 {
                session = session.restart().ok()?;
            }
            second.push(session.run(command));
        }
        let difference = run.difference(&first, &second)?;
        Some(Fault::fail(format!(
            "an instance that is made anew between commands differs, as after a restart: \
             {difference}; keep state in records, not in the instance"
        )))
    });
}

pub(in crate::check) fn other_thread(run: &Run<'_>) {
    search(run, |script| {
        let first = run.session()?.run_all(script);
        let mut session = run.session()?;
        let (one, two) = script.split_at(script.len() / 2);
        let mut second = session.run_all(one);
        let rest = thread::scope(|scope| scope.spawn(|| session.run_all(two)).join());
        second.extend(rest.ok()?);
        let difference = run.difference(&first, &second)?;
        Some(Fault::fail(format!(
            "an instance that moves to another thread differs: {difference}; keep no thread-locals"
        )))
    });
}

pub(in crate::check) fn side_by_side(run: &Run<'_>) {
    search(run, |script| {
        let alone = run.session()?.run_all(script);
        let (mut one, mut two, mut three) = (run.session()?, run.session()?, run.session()?);
        let mut beside = Vec::new();
        for (place, command) in script.iter().enumerate() {
            two.run(&script[script.len() - 1 - place]);
            beside.push(one.run(command));
            three.run(command);
        }
        let difference = run.difference(&alone, &beside)?;
        Some(Fault::fail(format!(
            "an instance beside others differs from one alone: {difference}; share nothing between \
             instances"
        )))
    });
}

/// Searches over commands of every flavour.
fn search(run: &Run<'_>, test: impl Fn(&[ScriptCommand]) -> Option<Fault>) {
    for (name, flavour) in [
        ("valid commands", Flavour::Plain),
        ("values at boundaries", Flavour::Boundary),
        ("bytes that are no command", Flavour::Any),
    ] {
        run.step(name, || run.search(flavour, &test));
    }
}
