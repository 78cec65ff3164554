//! Every rule that a declaration can break, with the error that its author reads.

#[test]
fn declarations_that_break_a_rule() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/compile_fail/*/*.rs");
}
