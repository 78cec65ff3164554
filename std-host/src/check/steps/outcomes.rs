//! Outcomes of valid commands: committed or rejected, never failed; no trace of a rejected one; and
//! invariants that hold.

use crate::check::{
    field_values::Flavour,
    run::{Fault, Run},
    script::ScriptCommand,
    session::{End, Seen},
};

pub(in crate::check) fn commands(run: &Run<'_>) {
    run.step("valid commands", || run.search(Flavour::Plain, |script| fails(run, script)));
    run.step("dispatch", || dispatch(run));
}

pub(in crate::check) fn boundary_values(run: &Run<'_>) {
    run.step("boundaries of each field", || {
        run.search(Flavour::Boundary, |script| fails(run, script));
    });
}

/// The first command that fails.
pub(super) fn fails(run: &Run<'_>, script: &[ScriptCommand]) -> Option<Fault> {
    let seen = run.session()?.run_all(script);
    let failed = |seen: &Seen| seen.end == End::Failed;
    let (place, seen) = (1..).zip(&seen).find(|(_, seen)| failed(seen))?;
    let outcome = seen.in_short();
    Some(Fault::fail(format!("command {place} {outcome}; commit it, or reject it with a reason")))
}

/// A declared command that has the answer of an unknown one has no code in the plugin.
fn dispatch(run: &Run<'_>) {
    let schema = run.plugin.schema();
    let Some(unknown) = (1..=u8::MAX).rev().find(|&kind| schema.try_get_command(kind).is_none())
    else {
        return;
    };
    let Some(generator) = run.generator(Flavour::Plain) else { return };
    let Some(mut session) = run.session() else { return };
    let answer = |seen: &Seen, kind: u8| {
        let text = seen.text.replace(&kind.to_string(), "#");
        (seen.end != End::Committed).then_some((seen.kind, text))
    };
    let probe = ScriptCommand { kind: unknown, payload: Vec::new(), gap_us: 0 };
    let refusal = answer(&session.run(&probe), unknown);
    if refusal.is_none() {
        return;
    }
    let mut not_dispatched: Vec<u8> = schema.command_defs().map(|def| def.kind).collect();
    for case in 0..run.job.cases {
        for command in generator.script(case) {
            let seen = session.run(&command);
            if answer(&seen, command.kind) != refusal {
                not_dispatched.retain(|&kind| kind != command.kind);
            }
        }
    }
    for kind in not_dispatched {
        let name = schema.try_get_command(kind).map(|def| &*def.name).unwrap_or_default();
        let text = refusal.as_ref().map(|(_, text)| text.as_str()).unwrap_or_default();
        run.fail(format!(
            "command {name} is declared, and always has the answer of an unknown one: {text:?}"
        ));
    }
}

/// The accepted commands of a script must have the same results with and without the rejected ones
/// between them.
pub(in crate::check) fn rejection_trace(run: &Run<'_>) {
    for (name, flavour) in [
        ("rejected commands left out", Flavour::Plain),
        ("rejected boundary values left out", Flavour::Boundary),
        ("bytes that are no command left out", Flavour::Any),
    ] {
        run.step(name, || run.search(flavour, |script| leaves_a_trace(run, script)));
    }
}

fn leaves_a_trace(run: &Run<'_>, script: &[ScriptCommand]) -> Option<Fault> {
    let all = run.session()?.run_all(script);
    let mut before: Option<&String> = None;
    for (place, seen) in (1..).zip(&all) {
        if seen.end != End::Committed && before.is_some_and(|digest| *digest != seen.digest) {
            return Some(Fault::fail(format!(
                "command {place} is not committed, and changes records"
            )));
        }
        before = Some(&seen.digest);
    }
    let mut session = run.session()?;
    let mut with = Vec::new();
    let mut without = Vec::new();
    for (command, seen) in script.iter().zip(&all) {
        if seen.end == End::Committed {
            with.push(seen.clone());
            without.push(session.run(command));
        } else {
            session.skip(command);
        }
    }
    let difference = run.difference(&with, &without);
    let difference = difference.or_else(|| rejected_alone(run, script, &all))?;
    Some(Fault::fail(format!(
        "a rejected command leaves a trace in the plugin: without the rejected ones, {difference}; \
         keep state in records only"
    )))
}

/// How many rejected commands of a script are run without those before them.
const ALONE: usize = 8;

/// Runs rejected commands behind the committed ones alone: each must be rejected with the same
/// text.
fn rejected_alone(run: &Run<'_>, script: &[ScriptCommand], all: &[Seen]) -> Option<String> {
    let is_rejected = |place: &usize| all[*place].end != End::Committed;
    for place in (0..all.len()).filter(is_rejected).skip(1).take(ALONE) {
        let mut session = run.session()?;
        for (command, seen) in script[..place].iter().zip(all) {
            if seen.end == End::Committed {
                session.run(command);
            } else {
                session.skip(command);
            }
        }
        let alone = session.run(&script[place]);
        if let Some(what) = run.difference(&all[place..=place], &[alone]) {
            let what = what.strip_prefix("command 1").unwrap_or(&what);
            return Some(format!("command {}{what}", place + 1));
        }
    }
    None
}

pub(in crate::check) fn invariants(run: &Run<'_>) {
    run.step("no records", || {
        if let Some(mut session) = run.session()
            && let Err(why) = session.validate()
        {
            run.fail(format!("the invariants do not hold without records: {why}"));
        }
    });
    for (name, flavour) in
        [("after each command", Flavour::Plain), ("after each boundary value", Flavour::Boundary)]
    {
        run.step(name, || {
            run.search(flavour, |script| {
                let mut session = run.session()?;
                (1..).zip(script).find_map(|(place, command): (u32, _)| {
                    session.run(command);
                    let why = session.validate().err()?;
                    Some(Fault::fail(format!(
                        "the invariants do not hold after command {place}: {why}"
                    )))
                })
            });
        });
    }
}
