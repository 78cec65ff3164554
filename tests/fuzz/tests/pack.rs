//! Packed corpora: written inputs are read again, and damage is found.

use std::path::Path;

use statevec_fuzz::pack::{Pack, PackError};

fn two_inputs() -> Pack {
    let mut pack = Pack::default();
    pack.insert("binary", vec![0, b'\n', 0xff]).unwrap();
    pack.insert("empty", Vec::new()).unwrap();
    pack
}

#[test]
fn packed_inputs_are_lost_or_changed() {
    let pack = two_inputs();
    assert_eq!(pack.to_bytes(), b"statevec corpus 1\nbinary 3\n\0\n\xff\nempty 0\n\n");
    assert_eq!(Pack::parse(&pack.to_bytes()), Ok(pack));
}

#[test]
fn pack_that_is_cut_off_is_read() {
    let packed = two_inputs().to_bytes();
    let whole_entries =
        [b"statevec corpus 1\n".len(), b"statevec corpus 1\nbinary 3\n\0\n\xff\n".len()];
    for length in (0..packed.len()).filter(|length| !whole_entries.contains(length)) {
        assert!(Pack::parse(&packed[..length]).is_err(), "{length} bytes");
    }
}

#[test]
fn damaged_line_is_read() {
    for (line, expected) in [
        ("a", "a line with a name and a length"),
        ("a 1x", "a length in decimal"),
        ("../a 1", "a file name that sorts behind the one before it"),
        ("z 1\nx\na 1", "a file name that sorts behind the one before it"),
        ("a 0", "a line break behind as many bytes as stated"),
        ("a 9", "as many bytes as stated"),
    ] {
        let packed = format!("statevec corpus 1\n{line}\nx\n");
        let (_, said) = Pack::parse(packed.as_bytes()).unwrap_err();
        assert_eq!(said, expected, "{line}");
    }
}

#[test]
fn name_that_leaves_the_folder_is_taken() {
    for name in ["", ".hidden", "..", "a/b", "two words", "umlaut_ä"] {
        let refused = Pack::default().insert(name, Vec::new());
        assert!(matches!(refused, Err(PackError::Name { .. })), "{name}");
    }
}

#[test]
fn missing_pack_is_not_named() {
    let error = Pack::read(Path::new("no/such.pack")).unwrap_err();
    assert!(error.to_string().starts_with("no/such.pack: "), "{error}");
}
