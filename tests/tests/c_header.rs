//! The C header agrees with the Rust types, and does not compile where flags change its layout.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

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

/// Every compiler and target at hand, with its flags.
fn targets() -> Vec<(Compiler, &'static [&'static str])> {
    let what = "the header under packing flags and pragmas";
    let mut targets = Vec::new();
    if let Some(cc) = Compiler::c(what) {
        targets.push((cc, &[][..]));
        #[cfg(target_arch = "x86_64")]
        targets.extend([(cc, &["-m32"][..]), (cc, &["-mx32"][..])]);
    }
    let arm = Compiler::cross("arm-none-eabi-gcc", what);
    targets.extend(arm.map(|arm| (arm, &["-mcpu=cortex-m4", "-mthumb"][..])));
    targets
}

/// A program that includes the header after `before`.
fn including(before: &str, folder: &Path) -> PathBuf {
    let source = folder.join("including.c");
    std::fs::write(&source, format!("{before}\n#include \"statevec_abi.h\"\n")).unwrap();
    source
}

#[test]
fn the_header_does_not_compile_for_a_target() {
    let folder = tempfile::tempdir().unwrap();
    let source = including("", folder.path());
    for (compiler, target) in targets() {
        for harmless in ["-O0", "-fpack-struct=8", "-fshort-enums", "-funsigned-char"] {
            let flags = [C11, target, &[harmless]].concat();
            assert_eq!(compiler.translate(&flags, &source), Ok(()), "{compiler:?} {flags:?}");
        }
    }
}

#[test]
fn a_flag_changes_the_layout_and_the_header_compiles() {
    let folder = tempfile::tempdir().unwrap();
    let source = including("", folder.path());
    for (compiler, target) in targets() {
        for flag in ["-fpack-struct", "-fpack-struct=2", "-fpack-struct=4", "-malign-double"] {
            let is_x86_32 = target == ["-m32"];
            // On 32-bit x86 packing to 4 changes nothing; elsewhere u64 is aligned to 8 anyway.
            let harmless = if is_x86_32 { "-fpack-struct=4" } else { "-malign-double" };
            if flag == harmless {
                continue;
            }
            let flags = [C11, target, &[flag]].concat();
            let printed = compiler.translate(&flags, &source).unwrap_err();
            let remedy = "compile without -fpack-struct, -malign-double or /Zp";
            assert!(printed.contains(remedy), "{compiler:?} {flags:?}:\n{printed}");
        }
    }
}

#[test]
fn a_pragma_packs_the_structs_and_the_header_compiles() {
    let folder = tempfile::tempdir().unwrap();
    for (compiler, target) in targets() {
        for pack in ["1", "2", "4"] {
            if pack == "4" && target == ["-m32"] {
                continue; // The layout of 32-bit x86.
            }
            let pragma = format!("#pragma pack({pack})");
            let flags = [C11, target].concat();
            let printed =
                compiler.translate(&flags, &including(&pragma, folder.path())).unwrap_err();
            let remedy = "include statevec_abi.h before it or after its pop";
            assert!(printed.contains(remedy), "{compiler:?} {flags:?}:\n{printed}");

            let popped = format!("#pragma pack(push, {pack})\n#pragma pack(pop)");
            let source = including(&popped, folder.path());
            assert_eq!(compiler.translate(&flags, &source), Ok(()), "{compiler:?} {flags:?}");
        }
    }
}
