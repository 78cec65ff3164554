//! The files of a project, from the templates.

use statevec_abi::abi::{C_HEADER, C_PLUGIN_HEADER};
use statevec_host::c_header;

use super::name::ProjectName;

/// The kind of plugin.
#[derive(Debug)]
pub(super) enum Form {
    /// In Rust; `statevec` is the path of a checkout.
    Rust { boxed: bool, firmware: bool, statevec: String },
    /// In C.
    C,
}

/// A file to write.
#[derive(Debug)]
pub(super) struct ProjectFile {
    pub(super) path: String,
    pub(super) text: String,
    pub(super) is_program: bool,
}

macro_rules! template {
    ($name:literal) => {
        include_str!(concat!("../../../templates/", $name))
    };
}

const FIRMWARE_ROW: &str = "| `firmware/` | firmware for a Cortex-M4 in QEMU: `cd firmware && cargo run --release`, after `rustup target add thumbv7em-none-eabihf` |\n";

/// The files of a project.
pub(super) fn of(name: &ProjectName, form: &Form) -> Vec<ProjectFile> {
    let commands = ("commands.jsonl", template!("shared/commands.jsonl"));
    let fill = Fill::new(name, form);
    let mut files: Vec<_> = match form {
        Form::C => vec![
            commands,
            ("expected.jsonl", template!("shared/expected.jsonl")),
            ("@IDENT@.json", template!("c/declarations.json")),
            ("plugin.c", template!("c/plugin.c")),
            ("include/statevec_abi.h", C_HEADER),
            ("include/statevec_plugin.h", C_PLUGIN_HEADER),
            ("Makefile", template!("c/Makefile")),
            ("README.md", template!("c/README.md")),
            (".gitignore", template!("c/gitignore")),
            (".github/workflows/ci.yml", template!("c/ci.yml")),
        ],
        Form::Rust { boxed, firmware, .. } => {
            let (plugin, so) = if *boxed {
                (template!("boxed/lib.rs"), template!("boxed/so.rs"))
            } else {
                (template!("sdk/lib.rs"), template!("sdk/so.rs"))
            };
            let mut files = vec![
                commands,
                ("Cargo.toml", template!("rust/workspace.toml.in")),
                ("src/lib.rs", plugin),
                ("src/schema.rs", template!("rust/schema.rs")),
                ("tests/plugin.rs", template!("rust/tests.rs")),
                ("so/Cargo.toml", template!("rust/so.toml.in")),
                ("so/src/lib.rs", so),
                ("README.md", template!("rust/README.md")),
                ("ci.sh", template!("rust/ci.sh")),
                ("rustfmt.toml", template!("rust/rustfmt.toml")),
                (".gitignore", template!("rust/gitignore")),
                (".github/workflows/ci.yml", template!("rust/ci.yml")),
            ];
            if *firmware {
                files.extend([
                    ("firmware/Cargo.toml", template!("firmware/package.toml.in")),
                    ("firmware/build.rs", template!("firmware/build.rs")),
                    ("firmware/.cargo/config.toml", template!("firmware/config.toml")),
                    ("firmware/src/main.rs", template!("firmware/main.rs")),
                ]);
            }
            files
        }
    }
    .into_iter()
    .map(|(path, text)| ProjectFile {
        path: fill.in_text(path),
        text: fill.in_text(text),
        is_program: path == "ci.sh",
    })
    .collect();
    if let Form::C = form {
        files.push(schema_header(name));
    }
    files
}

/// The header that `header` makes of the declarations.
fn schema_header(name: &ProjectName) -> ProjectFile {
    let schema = c_header::schema_of_declarations(template!("c/declarations.json"));
    let text = schema
        .and_then(|schema| c_header::write(&name.snake(), &schema, &schema.to_idl_json()))
        .unwrap_or_else(|error| unreachable!("a test makes this header: {error}"));
    ProjectFile { path: "schema.h".into(), text, is_program: false }
}

/// The placeholders of the templates, each with the text that replaces it in the project.
struct Fill {
    words: Vec<(&'static str, String)>,
}

impl Fill {
    fn new(name: &ProjectName, form: &Form) -> Self {
        let mut words = vec![("@NAME@", name.kebab().to_owned()), ("@IDENT@", name.snake())];
        if let Form::Rust { boxed, firmware, statevec } = form {
            let (alloc, used, plugin, linked) = if *boxed {
                (
                    "statevec-abi-alloc.workspace = true\n",
                    "use statevec_abi_alloc::static_runtime_plugin;\n",
                    "Factory, Put, Stock, Take",
                    "static_runtime_plugin!(Box::new(Factory))",
                )
            } else {
                ("", "", "Put, Shelf, Stock, Take", "static_plugin!(Shelf, slots = 16)")
            };
            let firmware = if *firmware { FIRMWARE_ROW } else { "" };
            words.extend([
                ("@STATEVEC@", statevec.clone()),
                ("@ALLOC@\n", format!("{alloc}\n")),
                ("@USE@", used.to_owned()),
                ("@PLUGIN@", plugin.to_owned()),
                ("@LINKED@", linked.to_owned()),
                ("@FIRMWARE@\n", format!("{firmware}\n")),
            ]);
        }
        Self { words }
    }

    fn in_text(&self, text: &str) -> String {
        let fill = |text: String, (word, own): &(&str, String)| text.replace(word, own);
        self.words.iter().fold(text.to_owned(), fill)
    }
}
