//! Names of projects.

/// A name that can be a package, a crate in Rust and a name in C.
#[derive(Debug)]
pub(super) struct ProjectName {
    kebab: String,
}

/// The reason why a project cannot have a name.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NameError {
    #[error(
        "a name begins with a lower-case letter, and goes on with lower-case letters, digits, - and _"
    )]
    Characters,
    #[error("a name has at most 48 characters")]
    Long,
    #[error("Rust or Cargo reserves this name; give another one")]
    Reserved,
}

/// Words of Rust, names of crates that a plugin sees, and names that Cargo refuses.
const RESERVED: &[&str] = &[
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "build",
    "const",
    "continue",
    "core",
    "crate",
    "deps",
    "do",
    "dyn",
    "else",
    "enum",
    "examples",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "incremental",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "plugin",
    "priv",
    "proc_macro",
    "pub",
    "ref",
    "return",
    "schema",
    "self",
    "static",
    "statevec_abi",
    "statevec_abi_alloc",
    "statevec_host",
    "std",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
];

impl ProjectName {
    pub(super) fn new(name: &str) -> Result<Self, NameError> {
        let is_good =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
        if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(is_good) {
            return Err(NameError::Characters);
        }
        if name.len() > 48 {
            return Err(NameError::Long);
        }
        let name = Self { kebab: name.to_owned() };
        if RESERVED.contains(&&*name.snake()) {
            return Err(NameError::Reserved);
        }
        Ok(name)
    }

    /// The name as it was given.
    pub(super) fn kebab(&self) -> &str {
        &self.kebab
    }

    /// The crate's name.
    pub(super) fn snake(&self) -> String {
        self.kebab.replace('-', "_")
    }
}

#[cfg(test)]
mod tests {
    use super::ProjectName;

    #[test]
    fn a_name_loses_its_parts() {
        let name = ProjectName::new("my-2nd_ledger").unwrap();
        assert_eq!(name.kebab(), "my-2nd_ledger");
        assert_eq!(name.snake(), "my_2nd_ledger");
    }

    #[test]
    fn a_name_that_breaks_a_manifest_or_a_source_is_taken() {
        for name in ["", "-a", "2a", "A", "a b", "a\"", "é", "std", "proc-macro", &"a".repeat(49)]
        {
            assert!(ProjectName::new(name).is_err(), "{name}");
        }
    }
}
