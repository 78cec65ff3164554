//! Paths that are long, verbatim, or not in ASCII.

use std::{fs, path::PathBuf};

use crate::{bank, copy, open};

#[test]
fn path_with_spaces_and_other_letters_or_beyond_260_characters_leads_to_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let long = ["a folder with spaces", "größe 大小 🏦"].into_iter();
    let long = long.chain(std::iter::repeat_n("a name of forty characters, or nearly so", 6));
    let mut path = folder.path().to_path_buf();
    for name in long {
        path.push(name);
        fs::create_dir(&path).unwrap();
        let library = path.join("bank.dll");
        fs::copy(bank(), &library).unwrap();
        assert_eq!(open(&library).unwrap().name(), "bank", "{}", library.display());
    }
    assert!(path.as_os_str().len() > 260);
}

#[test]
fn verbatim_path_and_another_case_lead_to_the_library_that_is_mapped() {
    let (_folder, path) = copy();
    let first = open(&path).unwrap();
    let verbatim = path.canonicalize().unwrap();
    assert!(verbatim.to_str().unwrap().starts_with(r"\\?\"));
    let upper = PathBuf::from(path.to_str().unwrap().to_uppercase());
    for other in [verbatim, upper] {
        let again = open(&other).unwrap();
        assert_eq!(
            again.api().plugin_name().unwrap().as_ptr(),
            first.api().plugin_name().unwrap().as_ptr()
        );
    }
}
