//! `new`: arguments, and the files that it makes. A script of CI builds and runs the projects.

use std::fs;
use std::path::Path;

use super::{Ended, ended, program};

fn new(folder: &Path, args: &[&str]) -> Ended {
    ended(program().current_dir(folder).arg("new").args(args))
}

/// All texts of a project, with their paths.
fn texts(dir: &Path) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts.extend(self::texts(&path));
        } else {
            texts.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
    texts
}

#[test]
fn a_project_has_words_of_the_templates_left() {
    for form in [&["--with-firmware"][..], &["--boxed"], &["--c"], &[]] {
        let folder = tempfile::tempdir().unwrap();
        let made = new(folder.path(), &[&["some/new-shelf"], form].concat());
        assert_eq!(made.code, Some(0), "{form:?}: {}", made.err);
        assert!(made.out.starts_with("made some/new-shelf; next: cd "), "{}", made.out);
        let texts = texts(&folder.path().join("some/new-shelf"));
        assert!(texts.len() > 9, "{form:?}: only {} files", texts.len());
        for (path, text) in texts {
            let upper = |word: &str| {
                !word.is_empty() && word.chars().all(|c| c.is_ascii_uppercase() || c == '_')
            };
            assert!(!text.split('@').skip(1).any(upper), "{path}: {text}");
        }
    }
}

#[test]
fn a_folder_that_exists_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("shelf")).unwrap();
    new(folder.path(), &["shelf", "--c"]).fails_with(2, "shelf exists already");
    assert_eq!(fs::read_dir(folder.path().join("shelf")).unwrap().count(), 0);
}

#[test]
fn a_project_is_made_of_wrong_arguments() {
    let folder = tempfile::tempdir().unwrap();
    let fails = |args: &[&str], error: &str| new(folder.path(), args).fails_with(2, error);
    fails(&["Shelf"], "begins with a lower-case letter");
    fails(&["core"], "reserves this name");
    fails(&["shelf", "--statevec", "nowhere"], "nowhere is no checkout of StateVec");
    fails(&["shelf", "--boxed", "--with-firmware"], "cannot be used with");
    fails(&["shelf", "--c", "--with-firmware"], "cannot be used with");
    fails(&["shelf", "--c", "--boxed"], "cannot be used with");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "something was made");
}
