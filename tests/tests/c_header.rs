//! The C header says what the Rust types say.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use std::fmt::Write as _;

use statevec_abi::abi::{
    RUNTIME_ERROR_MESSAGE_CAPACITY, RUNTIME_PLUGIN_ABI_VERSION_V1, RUNTIME_PLUGIN_ENTRY_V1_SYMBOL,
    RuntimeCallStatus, RuntimeErrorPhase, runtime_error_kind as kind,
};
use statevec_tests::{
    beside,
    c::{C11, CPP17, Compiler, printed_by},
};

/// Compiles a program with every set of flags, runs it, and compares what it prints.
fn prints_everywhere(source: &str, expected: &str) {
    let source = beside::source(source);
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("program");
    let c = Compiler::c("the header's agreement with Rust, in C").map(|c| (c, C11));
    let cpp = Compiler::cpp("the header's agreement with Rust, in C++").map(|cpp| (cpp, CPP17));
    for (compiler, language) in [c, cpp].into_iter().flatten() {
        for enums in ["-fno-short-enums", "-fshort-enums"] {
            compiler.compile(&[language, &[enums]].concat(), &[&source], &program);
            assert_eq!(printed_by(&program, &[]), expected, "{language:?} {enums}");
        }
    }
}

#[test]
fn a_size_an_alignment_or_an_offset_of_the_header_is_not_that_of_rust() {
    prints_everywhere("tests/c/layout.c", statevec_layout::TABLE);
}

#[test]
fn a_constant_of_the_header_is_not_that_of_rust() {
    let symbol = str::from_utf8(RUNTIME_PLUGIN_ENTRY_V1_SYMBOL).unwrap();
    let mut expected =
        format!("STATEVEC_PLUGIN_ENTRY_V1_SYMBOL {}\n", symbol.strip_suffix('\0').unwrap());
    let numbers = [
        ("PLUGIN_ABI_VERSION_V1", RUNTIME_PLUGIN_ABI_VERSION_V1),
        ("ERROR_MESSAGE_CAPACITY", RUNTIME_ERROR_MESSAGE_CAPACITY as u32),
        ("CALL_SUCCESS", RuntimeCallStatus::Success.0),
        ("CALL_FAILURE", RuntimeCallStatus::Failure.0),
        ("PHASE_LOAD", RuntimeErrorPhase::Load.0),
        ("PHASE_CREATE", RuntimeErrorPhase::Create.0),
        ("PHASE_RUN_TX", RuntimeErrorPhase::RunTx.0),
        ("PHASE_VALIDATE_BIZ_INVARIANTS", RuntimeErrorPhase::ValidateBizInvariants.0),
        ("PHASE_UNLOAD", RuntimeErrorPhase::Unload.0),
        ("KIND_ABI_CONTRACT_VIOLATION", kind::ABI_CONTRACT_VIOLATION.0.into()),
        ("KIND_SCHEMA_MISMATCH", kind::SCHEMA_MISMATCH.0.into()),
        ("KIND_CONFIG_ERROR", kind::CONFIG_ERROR.0.into()),
        ("KIND_PLUGIN_REJECTED", kind::PLUGIN_REJECTED.0.into()),
        ("KIND_INVALID_COMMAND", kind::INVALID_COMMAND.0.into()),
        ("KIND_HOST_REJECTED", kind::HOST_REJECTED.0.into()),
        ("KIND_HOST_INTERNAL_ERROR", kind::HOST_INTERNAL_ERROR.0.into()),
        ("KIND_PLUGIN_INTERNAL_ERROR", kind::PLUGIN_INTERNAL_ERROR.0.into()),
    ];
    for (name, number) in numbers {
        writeln!(expected, "STATEVEC_{name} {number}").unwrap();
    }
    prints_everywhere("tests/c/constants.c", &expected);
}
