//! Compares processes that run the same scripts under other circumstances.

use std::{io, thread, time::Duration};

use statevec_abi_alloc::schema::SchemaRegistry;

use super::{
    child::TRANSCRIBED,
    compare::first_difference,
    crash,
    generate::shrink,
    job::{Task, Variation},
    journal::Line,
    process::{Children, Ended, faketime},
    report::{Finding, Status},
    script::{ScriptCommand, lines},
    session::Seen,
};

/// Pairs of processes that are started to find a shorter script.
const SHRINK_RUNS: u32 = 60;

/// Between two processes of the check of the clock.
const LATER: Duration = Duration::from_millis(1_100);

/// The parent's part of the checks that compare processes.
pub(super) struct Differences<'d> {
    pub(super) children: &'d Children<'d>,
    pub(super) schema: &'d SchemaRegistry,
}

impl Differences<'_> {
    pub(super) fn find(&self, variation: Variation) -> io::Result<Vec<Finding>> {
        let first = self.transcribe(None, Variation::Same)?;
        if variation == Variation::Clock {
            thread::sleep(LATER);
        }
        let second = self.transcribe(None, variation)?;
        let mut findings = Vec::new();
        for ended in [&first, &second] {
            findings.extend(ended.lines.iter().filter_map(|line| match line {
                Line::Finding(finding) => Some(finding.clone()),
                _ => None,
            }));
        }
        if let (None, Some(fault)) = (&first.fault, &second.fault) {
            findings.push(finding(variation, Status::Fail, fault.clone(), Vec::new()));
            return Ok(findings);
        }
        if let Some(fault) = &first.fault {
            // The checks of commands find the same, with a script.
            findings.push(finding(variation, Status::Skip, fault.clone(), Vec::new()));
            return Ok(findings);
        }
        let (first, second) = (transcripts(&first), transcripts(&second));
        let differs = first.iter().zip(&second).position(|(first, second)| first != second);
        if let Some(case) = differs {
            let why = first_difference(self.schema, first[case], second[case]);
            findings.push(self.shortest(variation, case, why.unwrap_or_default()));
        }
        Ok(findings)
    }

    fn transcribe(
        &self,
        script: Option<&[ScriptCommand]>,
        variation: Variation,
    ) -> io::Result<Ended> {
        let script = script.map(<[_]>::to_vec);
        self.children.run(Task::Transcribe { script, variation })
    }

    /// The finding for a case that differs, with the shortest script that does.
    fn shortest(&self, variation: Variation, case: usize, why: String) -> Finding {
        let cases = self.children.job.cases as usize;
        let flavour = TRANSCRIBED.get(case / cases.max(1)).copied();
        let number = u32::try_from(case % cases.max(1)).unwrap_or_default();
        let generator =
            flavour.and_then(|flavour| crash::generator(self.children, self.schema, flavour));
        let tree = generator.and_then(|generator| generator.tree(number));
        let Some(tree) = tree else {
            return finding(variation, Status::Fail, told(&why), Vec::new());
        };
        let (script, why) = shrink(tree, why, SHRINK_RUNS, |script| self.differ(script, variation));
        finding(variation, Status::Fail, told(&why), lines(self.schema, &script))
    }

    /// The difference between two processes that run one script.
    fn differ(&self, script: &[ScriptCommand], variation: Variation) -> Option<String> {
        let first = self.transcribe(Some(script), Variation::Same).ok()?;
        if variation == Variation::Clock && faketime().is_none() {
            thread::sleep(LATER);
        }
        let second = self.transcribe(Some(script), variation).ok()?;
        let (first, second) = (transcripts(&first), transcripts(&second));
        first_difference(self.schema, first.first()?, second.first()?)
    }
}

fn transcripts<'e>(ended: &'e Ended) -> Vec<&'e [Seen]> {
    let of_line = |line: &'e Line| match line {
        Line::Transcript { seen, .. } => Some(seen.as_slice()),
        _ => None,
    };
    ended.lines.iter().filter_map(of_line).collect()
}

fn told(why: &str) -> String {
    format!(
        "another process differs: {why}; let outcomes depend on the command and the records only"
    )
}

fn finding(variation: Variation, status: Status, why: String, commands: Vec<String>) -> Finding {
    let step = match variation {
        Variation::Same => "the same again",
        Variation::Addresses => "other addresses",
        Variation::Environment => "another environment",
        Variation::Clock => "another time",
    };
    Finding { status, step: step.into(), why, commands }
}
