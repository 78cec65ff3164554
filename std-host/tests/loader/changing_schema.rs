//! A plugin that changes its schema while the loader reads it, as a thread of its own could.

use libloading::os::unix::{Library as Foreign, RTLD_LOCAL, RTLD_NOW, Symbol};
use statevec_host::LoadError;
use tempfile::TempDir;

use crate::{
    chain,
    library::{Library, compile, named},
    open,
};

/// A multiple of every page size.
const PAGE: usize = 64 << 10;

/// The start of the schema: a member that the schema reader skips. Its text reaches into the third
/// page.
const START: &str = "{\"note\":\"";

/// The first read of the schema's third page faults. The handler lets it through, and first changes
/// a byte of the first page into one that no text has.
fn changing() -> String {
    let library = named("changing");
    let schema = String::from_utf8(library.schema.clone()).unwrap();
    let schema = format!("{START}{}\",{}", "n".repeat(2 * PAGE), schema.strip_prefix('{').unwrap());
    let handler = format!(
        "volatile int changes;\n\
         static struct sigaction before;\n\
         static void change(int signal) {{ sigaction(signal, &before, 0); changes++; \
           schema[{}] ^= 0x80; mprotect(schema + {PAGES}, {PAGE}, PROT_READ | PROT_WRITE); }}\n\
         static void protect(void) {{ struct sigaction now = {{ .sa_handler = change }}; \
           sigaction(SIGSEGV, &now, &before); mprotect(schema + {PAGES}, {PAGE}, PROT_NONE); }}\n",
        START.len(),
        PAGES = 2 * PAGE,
    );
    let library = Library { schema: schema.into_bytes(), rest: handler, ..library };
    let mut source = library.source();
    let aligned = format!("static uint8_t schema[{}] __attribute__((aligned({PAGE})))", 3 * PAGE);
    for (old, new) in [
        ("static const uint8_t name[]", "static void protect(void);\nstatic const uint8_t name[]"),
        (", schema[]", &format!(";\n{aligned}")),
        ("{ return (bytes) { schema", "{ protect(); return (bytes) { schema"),
    ] {
        assert_eq!(source.matches(old).count(), 1, "{old}");
        source = source.replace(old, new);
    }
    format!("#define _GNU_SOURCE\n#include <signal.h>\n#include <sys/mman.h>\n{source}")
}

#[test]
fn a10_schema_changes_between_its_check_and_its_use() {
    let folder = TempDir::new().unwrap();
    let path = compile(&changing(), folder.path(), "plugin.so", &[]);
    match open(&path) {
        Ok(plugin) => {
            let kept = plugin.schema_json().as_bytes();
            assert!(str::from_utf8(kept).is_ok(), "a text was checked, and other bytes were kept");
        }
        // The copy was made from the end to the start.
        Err(LoadError::SchemaText { .. }) => {}
        Err(error) => panic!("{}", chain(&error)),
    }
    // SAFETY: the library is mapped already, and is never unmapped (rule 6).
    let library = unsafe { Foreign::open(Some(&path), RTLD_NOW | RTLD_LOCAL) }.unwrap();
    // SAFETY: the library exports an `int` of this name (rule 6).
    let changes: Symbol<*const i32> = unsafe { library.get(b"changes\0") }.unwrap();
    // SAFETY: only the handler writes there, and it ran on this thread (rule 10).
    assert_eq!(unsafe { changes.read() }, 1, "the schema was changed while it was read");
    std::mem::forget(library);
}
