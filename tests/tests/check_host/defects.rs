//! Hosts with one defect each: check-host finds it, by the right step.

use std::process::Command;

use statevec_check_host::{Ending, STEPS};

use crate::{children, seen::Seen};

/// Each defect of `tests/c/check_host_defects.h`, the first step that finds it, and a part of the
/// reason.
const DEFECTS: [(&str, u16, &str); 27] = [
    ("create lends old bytes", 2, "create lends bytes that are not zero"),
    ("create answers with number 0", 2, "create answers with sys_id 0"),
    ("create answers with another kind", 2, "create answers with kind 2"),
    ("read lends one byte less", 3, "a created row reads otherwise by key"),
    ("read visits twice", 3, "visitor called 2 times instead of 1"),
    ("found is 2", 3, "the flag is 2, and not 0 or 1"),
    ("found is not written", 3, "success leaves the flag unwritten"),
    ("writes behind the flag", 3, "wrote beside the flag"),
    ("writes before the flag", 3, "wrote beside the flag"),
    ("success writes a text", 3, "success writes an error text"),
    ("writes behind the error buffer", 3, "wrote beside out_error"),
    ("status is 7", 3, "status 7 instead of 0 or 1"),
    ("visits a missing record", 4, "visitor called 1 times instead of 0"),
    ("keys descend", 5, "keys do not come in ascending sys_id"),
    ("delete answers 1 always", 6, "a row is deleted twice"),
    ("numbers are used again", 7, "sys_id"),
    ("a duplicate is no error", 8, "a duplicate key succeeds"),
    ("a failure has no kind", 8, "failure without an error kind"),
    ("a failure has half a buffer", 8, "failure leaves a part of out_error unwritten"),
    ("a failure has a long text", 8, "error text of more than 512 bytes"),
    ("a change of the key is kept", 9, "a refused update changes the row"),
    ("an unknown kind has no keys", 10, "for each of kind 99 succeeds"),
    ("read visitor may write", 13, "create succeeds"),
    ("write visitor may call", 15, "create succeeds"),
    ("nothing is rolled back", 20, "a created row is left after a rollback"),
    ("updates are not rolled back", 20, "an update is left after a rollback"),
    ("numbers are not rolled back", 20, "instead of"),
];

pub(crate) fn are_found() {
    let folder = tempfile::tempdir().unwrap();
    let Some(program) = children::c_host(folder.path()) else { return };
    // Hostile steps find nothing more, and may end the process of a host with a defect.
    let steps = || STEPS.iter().filter(|step| !step.is_hostile);
    for (defect, expected, reason) in DEFECTS {
        let mut command = Command::new(program.get_program());
        command.args(program.get_args()).args(steps().map(|step| step.number.to_string()));
        let text = command.env("DEFECT", defect).output().unwrap().stdout;
        let text = String::from_utf8(text).unwrap();
        let found = steps().zip(text.lines()).find_map(|(step, line)| {
            let seen = children::result(line, step.number);
            let is_kept = seen.cell(step) == "kept"
                || (step.ending != Ending::Verdict && matches!(seen, Seen::Failed(_)));
            (!is_kept).then(|| (step.number, seen.cell(step)))
        });
        let (number, cell) = found.unwrap_or_else(|| panic!("{defect}: not found\n{text}"));
        assert_eq!(number, expected, "{defect}: {cell}");
        assert!(cell.contains(reason), "{defect}: {cell}");
    }
}
