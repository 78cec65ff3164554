//! Every `unsafe` block and `impl` of the repository cites a numbered rule of the boundary.
//!
//! Clippy denies those without a `SAFETY:` comment, and does not read the comment. It also checks
//! that an `unsafe fn` has a `# Safety` section.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use std::{fs, path::Path};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use statevec_tests::beside;

/// Benchmarks of code that checks nothing on purpose: its unsafe blocks cite no rule.
const KEEP_NO_RULE: &[&str] = &["benches/plugins/unchecked/", "benches/src/peers/raw.rs"];

#[test]
fn unsafe_code_cites_no_numbered_rule() {
    let rules = rules();
    let files = sources();
    let (mut seen, mut wrong) = (0, Vec::new());
    for (name, source) in files.iter().filter(|(name, _)| !keeps_no_rule(name)) {
        let lines = unsafe_lines(source);
        seen += lines.len();
        wrong.extend(
            lines
                .into_iter()
                .filter(|&line| !cites(source, line, &rules))
                .map(|line| format!("{name}:{line}")),
        );
    }
    assert!(
        wrong.is_empty(),
        "needs a `// SAFETY: … (rule N)` with a number of core/src/boundary/rules.rs:\n{}",
        wrong.join("\n")
    );
    assert!(seen > 200, "only {seen} pieces of unsafe code were found, in {} files", files.len());
}

#[test]
fn an_exception_is_needed_no_longer() {
    let (rules, files) = (rules(), sources());
    for exception in KEEP_NO_RULE {
        let needed = files.iter().any(|(name, source)| {
            name.starts_with(exception)
                && unsafe_lines(source).into_iter().any(|line| !cites(source, line, &rules))
        });
        assert!(needed, "{exception}");
    }
}

#[test]
fn a_missing_or_wrong_citation_is_overlooked() {
    let verdicts = |source: &str| -> Vec<bool> {
        unsafe_lines(source).into_iter().map(|line| cites(source, line, &[1, 2, 10])).collect()
    };
    for good in [
        "fn f() {\n    // SAFETY: live (rule 1).\n    unsafe { g() }\n}",
        "fn f() {\n    // SAFETY: live, for\n    // the call (rules 1, 2 and 10).\n    let a =\n        h(unsafe { g() });\n}",
        "// SAFETY: no state (rule 2).\n#[cfg(all())]\nunsafe impl Send for X {}",
        "macro_rules! m { () => {\n    // SAFETY: live (rule 1).\n    unsafe { g() }\n} }",
        "// SAFETY: as declared (rule 1).\nunsafe extern \"C\" {}",
    ] {
        assert_eq!(verdicts(good), [true], "{good}");
    }
    for bad in [
        "fn f() { unsafe { g() } }",
        "fn f() {\n    // SAFETY: as above.\n    unsafe { g() }\n}",
        "fn f() {\n    // SAFETY: live (rule 3).\n    unsafe { g() }\n}",
        "fn f() {\n    // SAFETY: live (rules 1 and 3).\n    unsafe { g() }\n}",
        "fn f() {\n    // SAFETY: live (rule 1).\n    g();\n    unsafe { g() }\n}",
        "fn f() {\n    // Live (rule 1).\n    unsafe { g() }\n}",
        "macro_rules! m { () => { unsafe { g() } } }",
        "unsafe impl Send for X {}",
        "unsafe extern \"C\" {}",
    ] {
        assert_eq!(verdicts(bad), [false], "{bad}");
    }
    let none =
        "/// `unsafe { g() }`\nunsafe extern \"C\" fn f(g: unsafe fn()) { h(\"unsafe { g() }\") }";
    assert!(verdicts(none).is_empty());
}

fn keeps_no_rule(name: &str) -> bool {
    KEEP_NO_RULE.iter().any(|exception| name.starts_with(exception))
}

/// The numbers of the rules that there are.
fn rules() -> Vec<u32> {
    let text = fs::read_to_string(beside::source("core/src/boundary/rules.rs")).unwrap();
    let number = |line: &str| line.strip_prefix("//! ")?.split_once(". **")?.0.parse().ok();
    let rules: Vec<u32> = text.lines().filter_map(number).collect();
    assert!(rules.iter().copied().eq(1..=10), "{rules:?}");
    rules
}

/// The repository's Rust sources: name from its top folder, and text.
fn sources() -> Vec<(String, String)> {
    let top = beside::source("").canonicalize().unwrap();
    let (mut folders, mut files) = (vec![top.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !is_generated(&path) {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&top).unwrap().to_str().unwrap().to_owned();
                files.push((name, fs::read_to_string(path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

/// Folders of tools: cargo marks its own with a file, and the others begin with a dot.
fn is_generated(folder: &Path) -> bool {
    let is_hidden = folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    is_hidden || folder.join("CACHEDIR.TAG").exists()
}

/// The lines, from 1, where unsafe blocks, impls and extern blocks begin; in macros, too, which no
/// parser of items would look into.
fn unsafe_lines(source: &str) -> Vec<usize> {
    let mut lines = Vec::new();
    collect(source.parse().unwrap(), &mut lines);
    lines
}

fn collect(tokens: TokenStream, lines: &mut Vec<usize>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(ident) if ident == "unsafe" && begins_block(&tokens[at + 1..]) => {
                lines.push(ident.span().start().line);
            }
            TokenTree::Group(group) => collect(group.stream(), lines),
            _ => {}
        }
    }
}

/// Returns true if what follows the word is a block or an impl, and not a function, a trait or an
/// attribute.
fn begins_block(rest: &[TokenTree]) -> bool {
    let is_block = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
    match rest {
        [TokenTree::Ident(ident), ..] if ident == "impl" => true,
        [TokenTree::Ident(ident), TokenTree::Literal(_), block, ..] if ident == "extern" => {
            is_block(block)
        }
        [block, ..] => is_block(block),
        [] => false,
    }
}

/// Returns true if the comment above the statement or item that reaches down to this line cites
/// rules, and only such as exist.
fn cites(source: &str, line: usize, rules: &[u32]) -> bool {
    let lines: Vec<&str> = source.lines().map(str::trim).take(line - 1).collect();
    let is_comment = |line: &&str| line.starts_with("//") && !line.starts_with("///");
    let of_statement = |line: &&str| !line.is_empty() && !line.ends_with([';', '{', '}']);
    let statement = lines.iter().rev().take_while(|line| !is_comment(line) && of_statement(line));
    let above = &lines[..lines.len() - statement.count()];
    let comment = above.iter().rev().take_while(|line| is_comment(line)).count();
    let comment = above[above.len() - comment..].join(" ").replace("// ", "");
    let Some((_, promise)) = comment.split_once("SAFETY: ") else { return false };
    let cited: Vec<u32> = promise.split('(').skip(1).filter_map(citation).flatten().collect();
    !cited.is_empty() && cited.iter().all(|rule| rules.contains(rule))
}

/// The numbers in `rule N)…` or `rules N, M and K)…`.
fn citation(text: &str) -> Option<Vec<u32>> {
    let (inside, _) = text.split_once(')')?;
    let numbers = inside.strip_prefix("rule ").or(inside.strip_prefix("rules "))?;
    numbers.replace(" and ", ", ").split(", ").map(|number| number.parse().ok()).collect()
}
