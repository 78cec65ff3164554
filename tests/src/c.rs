//! The system's C compiler.

use std::{
    ffi::OsStr,
    path::Path,
    process::{Command, Output},
};

use crate::skipped;

/// The flags for every C source of this repository: the language, and warnings as errors.
pub const C11: &[&str] = &["-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic"];
/// The same for C++.
pub const CPP17: &[&str] = &["-x", "c++", "-std=c++17", "-Wall", "-Wextra", "-Werror", "-pedantic"];

/// A compiler that is on this machine.
#[derive(Debug, Clone, Copy)]
pub struct Compiler {
    program: &'static str,
}

impl Compiler {
    /// The C compiler `cc`; without one prints that `what` is skipped, and returns none.
    #[must_use]
    pub fn c(what: &str) -> Option<Self> {
        Self::found("cc", what)
    }

    /// The C++ compiler `c++`; without one prints that `what` is skipped, and returns none.
    #[must_use]
    pub fn cpp(what: &str) -> Option<Self> {
        Self::found("c++", what)
    }

    /// A cross compiler by its name; without it prints that `what` is skipped, and returns none.
    #[must_use]
    pub fn cross(program: &'static str, what: &str) -> Option<Self> {
        Self::found(program, what)
    }

    fn found(program: &'static str, what: &str) -> Option<Self> {
        match Command::new(program).arg("--version").output() {
            Ok(output) if output.status.success() => Some(Self { program }),
            _ => {
                skipped(what, &format!("there is no {program} on this machine"));
                None
            }
        }
    }

    /// Returns true if programs made with these flags compile, link and run here; sanitizers, say,
    /// need a library that may be missing.
    #[must_use]
    pub fn can(self, flags: &[&str], folder: &Path) -> bool {
        let (source, program) = (folder.join("probe.c"), folder.join("probe"));
        std::fs::write(&source, "int main(void) { return 0; }\n").is_ok()
            && self.run(flags, &[&source], &program).status.success()
            && Command::new(&program).status().is_ok_and(|status| status.success())
    }

    /// Compiles sources to `out`, with the repository's header at hand.
    ///
    /// # Panics
    ///
    /// The compiler printed an error or a warning.
    pub fn compile(self, flags: &[&str], sources: &[&Path], out: &Path) {
        let output = self.run(flags, sources, out);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && said.is_empty(),
            "{} {flags:?} {sources:?}:\n{said}",
            self.program
        );
    }

    /// Translates a source to assembly without a C library or a linker, and discards it.
    ///
    /// # Errors
    ///
    /// The compiler printed an error or a warning; its text.
    pub fn translate(self, flags: &[&str], source: &Path) -> Result<(), String> {
        let freestanding = [flags, &["-ffreestanding", "-S"]].concat();
        let output = self.run(&freestanding, &[source], Path::new("/dev/null"));
        let printed = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() && printed.is_empty() { Ok(()) } else { Err(printed) }
    }

    fn run(self, flags: &[&str], sources: &[&Path], out: &Path) -> Output {
        let include = crate::beside::source("core/include");
        let mut command = Command::new(self.program);
        command.args(flags).arg("-I").arg(include).args(sources);
        command.arg("-o").arg(out).arg("-ldl");
        output(&mut command)
    }

    /// The path of one of the compiler's own files, such as `libasan.so`.
    #[must_use]
    pub fn file(self, name: &str) -> Option<std::path::PathBuf> {
        let output = output(Command::new(self.program).arg(format!("-print-file-name={name}")));
        let path = String::from_utf8(output.stdout).ok()?;
        let path = Path::new(path.trim());
        // The compiler prints an unknown name unchanged.
        path.is_absolute().then(|| path.to_path_buf())
    }
}

/// Runs a program that must succeed, and returns what it printed.
///
/// # Panics
///
/// It cannot be run, fails, or prints what is not UTF-8.
pub fn printed_by(program: &Path, args: &[&OsStr]) -> String {
    let output = output(Command::new(program).args(args));
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}: {}\n{out}{err}", program.display(), output.status);
    out.into_owned()
}

fn output(command: &mut Command) -> Output {
    match command.output() {
        Ok(output) => output,
        Err(error) => panic!("{command:?}: {error}"),
    }
}
