//! A report for people: a line per check, its findings, and the coverage.

use std::fmt::Write as _;

use statevec_host::check::{CHECKS, CheckResult, Coverage, Report, Status};
use statevec_host::foreign_text::Escaped;

/// The checks with their explanations.
pub(super) fn list() -> String {
    let mut text = String::new();
    for check in CHECKS {
        let _ = writeln!(text, "{} ({})", check.name, check.area.name());
        for line in wrapped(check.explanation, 94) {
            let _ = writeln!(text, "    {line}");
        }
    }
    text
}

pub(super) fn text(report: &Report) -> String {
    let mut text = String::new();
    let name = report.plugin.as_deref().unwrap_or("not loaded");
    let _ = writeln!(text, "plugin  {} ({})", Escaped(name), report.file);
    let _ = writeln!(text, "sha256  {}", report.sha256);
    let _ = writeln!(text, "seed    {}\n", report.seed);
    for check in &report.checks {
        write_check(&mut text, check);
    }
    write_coverage(&mut text, &report.coverage);
    let counts = [Status::Pass, Status::Warn, Status::Fail, Status::Skip]
        .map(|status| format!("{} {}", report.count(status), status.name()));
    let _ = writeln!(text, "\n{}", counts.join(", "));
    text
}

fn write_check(text: &mut String, check: &CheckResult) {
    let _ = writeln!(text, "{}  {}", check.status.name(), check.check);
    for finding in &check.findings {
        let step = Escaped(&finding.step);
        let why = format!("{step}: {}", Escaped(&finding.why));
        for line in wrapped(&why, 92) {
            let _ = writeln!(text, "        {line}");
        }
        for command in &finding.commands {
            let _ = writeln!(text, "          {command}");
        }
    }
    if !check.findings.is_empty() {
        let _ = writeln!(text, "        reproduce: {}", check.reproduce);
    }
}

fn write_coverage(text: &mut String, coverage: &Coverage) {
    if coverage.commands.is_empty() && coverage.events.is_empty() {
        return;
    }
    let _ = writeln!(text, "\ncoverage of the generated commands");
    for (name, count) in &coverage.commands {
        let _ = write!(
            text,
            "  command {}: {} committed, {} rejected",
            Escaped(name),
            count.committed,
            count.rejected
        );
        let _ = if count.failed > 0 {
            writeln!(text, ", {} failed", count.failed)
        } else {
            writeln!(text)
        };
    }
    for (name, count) in &coverage.events {
        let _ = writeln!(text, "  event {}: {count} emitted", Escaped(name));
    }
    let mut reasons: Vec<_> = coverage.rejections.iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    for (reason, count) in reasons.iter().take(SHOWN_REASONS) {
        let _ = writeln!(text, "  rejection, {count} times: {}", Escaped(reason));
    }
    if let Some(more) = reasons.len().checked_sub(SHOWN_REASONS).filter(|more| *more > 0) {
        let _ = writeln!(text, "  rejections with other reasons: {more} (--json shows them)");
    }
}

/// The most frequent reasons of rejections are shown.
const SHOWN_REASONS: usize = 8;

/// A text in lines of at most so many characters, broken at spaces.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let is_full = lines.last().is_some_and(|line| {
            !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width
        });
        if is_full {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn words_longer_than_a_line_are_kept_whole() {
        assert_eq!(wrapped("a bc def", 4), ["a bc", "def"]);
        assert_eq!(wrapped("a abcdef b", 4), ["a", "abcdef", "b"]);
    }
}
