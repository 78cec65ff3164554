//! Names files that hold a known format other than this system's libraries.

/// The format of this system's libraries, with its article.
pub(super) const NEEDED: &str = if cfg!(windows) {
    "a Windows library (PE)"
} else if cfg!(target_vendor = "apple") {
    "a macOS library (Mach-O)"
} else {
    "an ELF library"
};

const ELF: &str = "an ELF file, as Linux has";
const PE: &str = "a Windows program or library (PE)";
const MACH_O: &str = "a macOS program or library (Mach-O)";

/// First bytes, and the format. The longest magic number of all has [`MAGIC_LEN`] bytes.
const FORMATS: [(&[u8], &str); 12] = [
    (b"\x7fELF", ELF),
    (b"MZ", PE),
    (b"\xfe\xed\xfa\xce", MACH_O),
    (b"\xfe\xed\xfa\xcf", MACH_O),
    (b"\xce\xfa\xed\xfe", MACH_O),
    (b"\xcf\xfa\xed\xfe", MACH_O),
    (b"\xca\xfe\xba\xbe", MACH_O),
    (b"\xca\xfe\xba\xbf", MACH_O),
    (b"!<arch>\n", "a static library or an rlib (ar)"),
    (b"!<thin>\n", "a static library (ar)"),
    (b"\0asm", "a WebAssembly module"),
    (b"#!", "a script"),
];

/// How many bytes [`foreign`] looks at.
pub(super) const MAGIC_LEN: usize = 8;

/// The format of a file that begins with these bytes, if it is known and not this system's.
pub(super) fn foreign(start: &[u8]) -> Option<&'static str> {
    let found = FORMATS.iter().find(|(magic, _)| start.starts_with(magic))?.1;
    let native = if cfg!(windows) {
        PE
    } else if cfg!(target_vendor = "apple") {
        MACH_O
    } else {
        ELF
    };
    (found != native).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::{FORMATS, MAGIC_LEN, foreign};

    #[test]
    fn only_the_format_of_this_system_is_not_foreign() {
        let native = FORMATS.iter().filter(|(magic, _)| foreign(magic).is_none()).count();
        assert_eq!(native, if cfg!(target_vendor = "apple") { 6 } else { 1 });
        assert!(FORMATS.iter().all(|(magic, _)| magic.len() <= MAGIC_LEN));
        assert_eq!(foreign(b"# a text"), None);
        assert_eq!(foreign(b""), None);
    }
}
