//! Makes the steps of a check in child processes. A child that ends in a step is a finding, and
//! another child makes the steps behind it.

use std::io;

use statevec_abi_alloc::schema::SchemaRegistry;

use super::{
    Check,
    field_values::Flavour,
    generate::{Generator, shrink},
    job::Task,
    journal::Line,
    process::{Children, Ended},
    report::{Coverage, Finding, Status},
    script::lines,
};

/// Crashes of one check after which it is given up.
const MOST_CRASHES: usize = 12;

/// Children that are started to find a shorter script, if each ends by itself.
const SHRINK_RUNS: u32 = 60;
/// The same if each must be killed.
const SHRINK_WAITS: u32 = 3;

/// The findings of a check, and its coverage if it measures that.
pub(super) fn make_steps(
    children: &Children<'_>,
    check: &Check,
    schema: &SchemaRegistry,
) -> io::Result<(Vec<Finding>, Option<Coverage>)> {
    let mut findings = Vec::new();
    let mut coverage = None;
    let mut from_step = 0;
    for crashes in 1.. {
        let task = Task::Check { name: check.name.into(), from_step };
        let ended = children.run(task)?;
        let mut place = Place::default();
        for line in &ended.lines {
            match line {
                Line::Step { number, name } => {
                    place = Place { step: Some((*number, name.clone())), case: None };
                }
                Line::Case { generator, number } => place.case = Some((*generator, *number)),
                Line::Finding(finding) => findings.push(finding.clone()),
                Line::NotShrunk { generator, number } => {
                    place.case = Some((*generator, *number));
                    shrink_last(children, check, schema, &place, &mut findings);
                }
                Line::Coverage(found) => coverage = Some(found.clone()),
                Line::Described { .. } | Line::Transcript { .. } | Line::Done => {}
            }
        }
        note_output(check, &ended, &mut findings);
        let Some(fault) = &ended.fault else { break };
        let finding = describe(children, check, schema, &place, &ended, fault)?;
        findings.push(explain_published(children, check, &ended, finding));
        match place.step {
            Some((number, _)) if crashes < MOST_CRASHES => from_step = number + 1,
            _ => break,
        }
    }
    Ok((findings, coverage))
}

/// Plugins of the published crate panic on a field's length that is too large, and when the host
/// refuses an event. Their authors cannot change that, so it is a warning with its reason.
fn explain_published(
    children: &Children<'_>,
    check: &Check,
    ended: &Ended,
    finding: Finding,
) -> Finding {
    let is_of_the_crate = matches!(check.name, "malformed-payloads" | "host-failures");
    let is_uncaught = ended.output.contains("panic in a function that cannot unwind");
    if children.job.catches_panics.is_some() || !is_of_the_crate || !is_uncaught {
        return finding;
    }
    let why = format!(
        "{}: a panic that is not caught. The published crate panics here itself, and has no panic \
         catching (ABI.md section 4); a host must check payloads before such a plugin gets them",
        finding.why
    );
    Finding { status: Status::Warn, why, ..finding }
}

/// The last step and the last case that a child began.
#[derive(Default)]
struct Place {
    step: Option<(usize, String)>,
    case: Option<(Flavour, u32)>,
}

fn note_output(check: &Check, ended: &Ended, findings: &mut Vec<Finding>) {
    if check.name != "output" || ended.fault.is_some() {
        return;
    }
    if let Some(line) = ended.output.lines().next() {
        let shown: String = line.chars().take(100).collect();
        findings.push(Finding {
            status: Status::Warn,
            step: "valid commands".into(),
            why: format!("the plugin prints {shown:?}; use the host's debug log"),
            commands: Vec::new(),
        });
    }
}

/// The finding for a child that ended in a step, with the shortest script that ends it so.
fn describe(
    children: &Children<'_>,
    check: &Check,
    schema: &SchemaRegistry,
    place: &Place,
    ended: &Ended,
    fault: &str,
) -> io::Result<Finding> {
    let step = place.step.as_ref().map_or("the library", |(_, name)| name).to_owned();
    let finding = |why: String, commands| Finding { status: Status::Fail, step, why, commands };
    let (Some((number, _)), Some((flavour, case))) = (&place.step, place.case) else {
        return Ok(finding(fault.to_owned(), Vec::new()));
    };
    let Some(generator) = generator(children, schema, flavour) else {
        return Ok(finding(fault.to_owned(), Vec::new()));
    };
    let script = generator.script(case);
    let ends_alike = |script: &[_]| {
        let (name, script) = (check.name.to_owned(), script.to_vec());
        let seconds =
            if ended.is_timeout { children.job.seconds.min(2) } else { children.job.seconds };
        let again = children.run_within(Task::Replay { name, step: *number, script }, seconds);
        let again = again.ok()?;
        (again.is_timeout == ended.is_timeout).then_some(again.fault).flatten()
    };
    if ends_alike(&script).is_none() {
        let why = format!("{fault}; these commands alone do not show it again");
        return Ok(finding(why, lines(schema, &script)));
    }
    let Some(tree) = generator.tree(case) else {
        return Ok(finding(fault.to_owned(), lines(schema, &script)));
    };
    let runs = if ended.is_timeout { SHRINK_WAITS } else { SHRINK_RUNS };
    let (script, _) = shrink(tree, fault.to_owned(), runs, ends_alike);
    Ok(finding(fault.to_owned(), lines(schema, &script)))
}

/// Looks for a simpler script of the last finding, each in a new process: the plugin changes the
/// process, so that a second script in the same one finds nothing.
fn shrink_last(
    children: &Children<'_>,
    check: &Check,
    schema: &SchemaRegistry,
    place: &Place,
    findings: &mut [Finding],
) {
    let (Some((number, _)), Some((flavour, case))) = (&place.step, place.case) else { return };
    let Some(generator) = generator(children, schema, flavour) else { return };
    let (Some(tree), Some(last)) = (generator.tree(case), findings.last_mut()) else { return };
    let finds_alike = |script: &[_]| {
        let (name, script) = (check.name.to_owned(), script.to_vec());
        let again = children.run(Task::Replay { name, step: *number, script }).ok()?;
        again.lines.into_iter().find_map(|line| match line {
            Line::Finding(finding) if finding.status == last.status => Some(finding),
            _ => None,
        })
    };
    let (_, simplest) = shrink(tree, last.clone(), SHRINK_RUNS, finds_alike);
    *last = simplest;
}

/// The generator that the children have.
pub(super) fn generator(
    children: &Children<'_>,
    schema: &SchemaRegistry,
    flavour: Flavour,
) -> Option<Generator> {
    let examples = super::run::examples(schema, &children.job.examples);
    Generator::new(schema, &examples, flavour, children.job.seed)
}
