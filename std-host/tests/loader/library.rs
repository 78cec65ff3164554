//! Shared libraries written in C, each with at most one fault.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use statevec_abi::schema::Version;
use statevec_abi_alloc::schema::SchemaRegistry;

/// The exports of a library.
pub(crate) struct Library {
    pub(crate) abi_version: u32,
    /// `None`: a null pointer with a length.
    pub(crate) name: Option<Vec<u8>>,
    pub(crate) name_len: usize,
    pub(crate) schema: Vec<u8>,
    /// Entries from `create_runtime` on that are there, of 5.
    pub(crate) entries: usize,
    pub(crate) symbol: &'static str,
    /// C that is added at the end.
    pub(crate) rest: String,
}

impl Default for Library {
    fn default() -> Self {
        let version = Version::new(1, 0);
        Self {
            abi_version: 1,
            name: Some(b"in-c".to_vec()),
            name_len: 4,
            schema: SchemaRegistry::with_records(version, &[]).unwrap().to_idl_json().into_bytes(),
            entries: 5,
            symbol: "statevec_runtime_plugin_entry_v1",
            rest: String::new(),
        }
    }
}

/// A library without a fault.
pub(crate) fn named(name: &str) -> Library {
    Library { name: Some(name.into()), name_len: name.len(), ..Library::default() }
}

impl Library {
    /// Compiles the library to `folder/name`.
    pub(crate) fn build(&self, folder: &Path, name: &str) -> PathBuf {
        self.link(folder, name, &[])
    }

    /// Compiles the library to `folder/name`, with further arguments for the linker.
    pub(crate) fn link(&self, folder: &Path, name: &str, arguments: &[&str]) -> PathBuf {
        compile(&self.source(), folder, name, arguments)
    }

    pub(crate) fn source(&self) -> String {
        let name = self.name.as_ref().map_or("0", |_| "name");
        let entries: Vec<_> =
            (0..5).map(|entry| if entry < self.entries { "entry" } else { "0" }).collect();
        format!(
            "#include <stddef.h>\n#include <stdint.h>\n\
             typedef struct {{ const uint8_t *ptr; size_t len; }} bytes;\n\
             typedef struct {{ uint32_t version; bytes (*name)(void), (*schema)(void); void (*rest[5])(void); }} api;\n\
             static const uint8_t name[] = {{ {} }}, schema[] = {{ {} }};\n\
             static bytes get_name(void) {{ return (bytes) {{ {name}, {}u }}; }}\n\
             static bytes get_schema(void) {{ return (bytes) {{ schema, {} }}; }}\n\
             static void entry(void) {{}}\n\
             api {}(void) {{ (void)name; (void)entry; return (api) {{ {}, get_name, get_schema, {{ {} }} }}; }}\n{}\n",
            array(self.name.as_deref().unwrap_or_default()),
            array(&self.schema),
            self.name_len,
            self.schema.len(),
            self.symbol,
            self.abi_version,
            entries.join(", "),
            self.rest,
        )
    }
}

/// Compiles C to a library `folder/name`.
pub(crate) fn compile(source: &str, folder: &Path, name: &str, arguments: &[&str]) -> PathBuf {
    let (file, library) = (folder.join(format!("{name}.c")), folder.join(name));
    fs::write(&file, source).unwrap();
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&file).args(arguments);
    assert!(compiler.status().expect("a C compiler, which Rust needs for linking, too").success());
    library
}

/// Bytes as C writes them; one zero more, because C has no empty arrays.
fn array(bytes: &[u8]) -> String {
    bytes.iter().chain(&[0]).fold(String::new(), |mut text, byte| {
        write!(text, "{byte},").unwrap();
        text
    })
}
