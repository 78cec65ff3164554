//! The parts of the schema that generated commands reach.

use std::collections::BTreeMap;

use crate::check::{
    field_values::Flavour, journal::Line, report::Coverage, run::Run, session::End,
};

pub(in crate::check) fn coverage(run: &Run<'_>) {
    run.step("valid commands and boundaries", || {
        let Some(coverage) = measure(run) else { return };
        let never: Vec<&str> = coverage
            .commands
            .iter()
            .filter(|(_, count)| count.committed == 0)
            .map(|(name, _)| name.as_str())
            .collect();
        if !never.is_empty() {
            run.warn(format!(
                "no generated command was committed: {}; give examples of such commands (--examples)",
                never.join(", ")
            ));
        }
        let never: Vec<&str> = coverage
            .events
            .iter()
            .filter(|(_, count)| **count == 0)
            .map(|(name, _)| name.as_str())
            .collect();
        if !never.is_empty() {
            run.warn(format!(
                "declared and never emitted: {}; give examples of commands that do (--examples)",
                never.join(", ")
            ));
        }
        run.write(&Line::Coverage(coverage));
    });
}

fn measure(run: &Run<'_>) -> Option<Coverage> {
    let schema = run.plugin.schema();
    let mut coverage = Coverage::default();
    for def in schema.command_defs() {
        coverage.commands.insert(def.name.to_string(), Default::default());
    }
    for def in schema.event_defs() {
        coverage.events.insert(def.name.to_string(), 0);
    }
    for flavour in [Flavour::Plain, Flavour::Boundary] {
        let generator = run.generator(flavour)?;
        for case in 0..run.job.cases {
            let mut session = run.session()?;
            for command in generator.script(case) {
                let seen = session.run(&command);
                if let Some(def) = schema.try_get_command(command.kind) {
                    let count = coverage.commands.entry(def.name.to_string()).or_default();
                    match seen.end {
                        End::Committed => count.committed += 1,
                        End::Rejected => count.rejected += 1,
                        End::Failed => count.failed += 1,
                    }
                }
                for (kind, _) in &seen.events {
                    if let Some(def) = schema.try_get_event(*kind) {
                        *coverage.events.entry(def.name.to_string()).or_default() += 1;
                    }
                }
                if seen.end == End::Rejected {
                    note(&mut coverage.rejections, without_numbers(&seen.text));
                }
            }
        }
    }
    Some(coverage)
}

/// The most reasons that are listed.
const MOST_REASONS: usize = 100;

fn note(reasons: &mut BTreeMap<String, u64>, reason: String) {
    if reasons.len() < MOST_REASONS || reasons.contains_key(&reason) {
        *reasons.entry(reason).or_default() += 1;
    }
}

/// A text with `#` in place of each run of digits.
fn without_numbers(text: &str) -> String {
    let mut short = String::new();
    for c in text.chars() {
        match c {
            '0'..='9' if short.ends_with('#') => {}
            '0'..='9' => short.push('#'),
            other => short.push(other),
        }
    }
    short
}
