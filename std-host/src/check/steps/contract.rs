//! Answers, host calls and panics: the binary contract in every outcome that can be reached.

use crate::check::{
    field_values::Flavour,
    run::{Fault, Run},
    script::ScriptCommand,
    session::{End, Seen},
    watch,
};

/// Every flavour, with the name of its step.
const FLAVOURS: [(&str, Flavour); 3] = [
    ("valid commands", Flavour::Plain),
    ("values at boundaries", Flavour::Boundary),
    ("bytes that are no command", Flavour::Any),
];

pub(in crate::check) fn answers(run: &Run<'_>) {
    for (name, flavour) in FLAVOURS {
        run.step(name, || {
            run.search(flavour, |script| {
                let notes = whole_life(run, script)?;
                Some(Fault::fail(notes.answers.first()?))
            });
        });
    }
    run.step("a configuration that is refused", || {
        watch::take();
        let _ = crate::check::session::Session::create(&run.plugin, "\u{1}]=[ no configuration");
        if let Some(note) = watch::take().answers.first() {
            run.fail(note);
        }
    });
}

pub(in crate::check) fn host_calls(run: &Run<'_>) {
    for (name, flavour) in FLAVOURS {
        run.step(name, || {
            run.search(flavour, |script| {
                let notes = whole_life(run, script)?;
                let note = notes.host_calls.first()?;
                Some(Fault::fail(format!("the host refuses a call: {note}")))
            });
        });
    }
}

/// Creates an instance, runs a script, checks the invariants, and unloads.
fn whole_life(run: &Run<'_>, script: &[ScriptCommand]) -> Option<watch::Notes> {
    watch::take();
    if let Some(mut session) = run.session() {
        session.run_all(script);
        let _ = session.validate();
        let _ = session.unload();
    }
    Some(watch::take())
}

pub(in crate::check) fn panics(run: &Run<'_>) {
    run.step("the library's own word", || match run.job.catches_panics {
        Some(true) => {}
        Some(false) => run.warn(
            "panics are not caught: one ends the host's process; build the plugin with the feature \
             `std` of statevec-abi and panic = \"unwind\"",
        ),
        None => run.warn(
            "the library does not say whether it catches panics; a plugin of this workspace exports \
             the symbol statevec_runtime_plugin_catches_panics",
        ),
    });
    for (name, flavour) in FLAVOURS {
        run.step(name, || {
            run.search(flavour, |script| {
                let seen = run.session()?.run_all(script);
                let panicked = |seen: &Seen| seen.end == End::Failed && seen.text.contains("panic");
                let (place, seen) = (1..).zip(&seen).find(|(_, seen)| panicked(seen))?;
                Some(Fault::fail(format!(
                    "command {place} panics, and the panic was caught: {}",
                    seen.in_short()
                )))
            });
        });
    }
}
