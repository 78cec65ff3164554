//! A report as JUnit XML, for continuous integration.

use quick_junit::{NonSuccessKind, Report as JUnit, TestCase, TestCaseStatus, TestSuite};

use super::report::{CheckResult, Finding, Report, Status};

/// The report as JUnit XML: a test case per check. Warnings are failures if `strict`, and text on
/// standard output otherwise.
///
/// # Errors
///
/// The XML cannot be written.
pub fn junit(report: &Report, strict: bool) -> Result<String, quick_junit::SerializeError> {
    let mut suite = TestSuite::new(report.plugin.as_deref().unwrap_or(&report.file));
    for check in &report.checks {
        suite.add_test_case(test_case(check, strict));
    }
    let mut whole = JUnit::new("statevec-host check");
    whole.add_test_suite(suite);
    whole.to_string()
}

fn test_case(check: &CheckResult, strict: bool) -> TestCase {
    let text = text(check);
    let message = check.findings.first().map(|finding| finding.why.clone()).unwrap_or_default();
    let mut status = match check.status {
        Status::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Status::Warn if strict => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Status::Skip => TestCaseStatus::skipped(),
        Status::Pass | Status::Warn => TestCaseStatus::success(),
    };
    if !matches!(status, TestCaseStatus::Success { .. }) {
        status.set_message(message);
        status.set_description(text.clone());
    }
    let mut case = TestCase::new(check.check, status);
    case.set_classname("statevec.check");
    if check.status == Status::Warn {
        case.set_system_out(text);
    }
    case
}

fn text(check: &CheckResult) -> String {
    let mut text = String::new();
    for Finding { status, step, why, commands } in &check.findings {
        text += &format!("{}: {step}: {why}\n", status.name());
        for command in commands {
            text += &format!("  {command}\n");
        }
    }
    text + "reproduce: " + &check.reproduce + "\n"
}
