//! `inspect`: a plugin's declarations.

use std::io::Write as _;

use serde::Serialize;
use serde_json::value::RawValue;
use statevec_host::foreign_text::escape_json;
use statevec_host::{LoadedPlugin, Sha256};

use super::args::InspectArgs;
use super::error::CliError;
use super::outcome_buffer::OutcomeBuffer;
use super::output::unless_closed;
use super::plugin::{self, PluginError};
use super::stdio::Stdout;
use super::tables::SchemaTables;

pub(crate) fn inspect(args: &InspectArgs) -> Result<(), CliError> {
    // Before the plugin's code runs: it may print, and change the working folder.
    let stdout = Stdout::take().map_err(|source| CliError::Setup { source })?;
    let mut out = OutcomeBuffer::of_stdout(stdout);
    let plugin = plugin::open(&args.plugin, &args.trust, false)?;
    let sha256 = plugin.sha256().map_or_else(|| digest(&plugin), Ok)?;
    let text = if args.json {
        machine_form(&plugin, sha256)?
    } else {
        SchemaTables { plugin: &plugin, sha256 }.to_string()
    };
    let printed = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    unless_closed(printed.map_err(|source| CliError::Output { source }))
}

/// The digest of the loaded file. A linked plugin has no file; its digest is that of no bytes.
fn digest(plugin: &LoadedPlugin) -> Result<Sha256, CliError> {
    let digest = plugin.file_sha256().map_err(PluginError::from)?;
    digest.map_or_else(|| Sha256::of(&[][..]).map_err(|source| CliError::Output { source }), Ok)
}

/// The schema is printed as the plugin states it: its form is the contract's own (ABI.md section
/// 5), and so as stable. It is not parsed, so members that this program does not know, repeated
/// keys and deep values stay.
#[derive(Serialize)]
struct Machine<'a> {
    name: &'a str,
    abi_version: u32,
    catches_panics: Option<bool>,
    sha256: String,
    schema: &'a RawValue,
}

fn machine_form(plugin: &LoadedPlugin, sha256: Sha256) -> Result<String, CliError> {
    let form = || {
        let machine = Machine {
            name: plugin.name(),
            abi_version: plugin.abi_version(),
            catches_panics: plugin.catches_panics(),
            sha256: sha256.to_string(),
            schema: serde_json::from_str(plugin.schema_json())?,
        };
        serde_json::to_string_pretty(&machine)
    };
    // The schema was parsed when the plugin was loaded, so its text is JSON.
    let text = form().map_err(|error| CliError::Output { source: error.into() })?;
    Ok(escape_json(&text) + "\n")
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use statevec_abi::{
        boundary::{ErrorSlot, RuntimeCommandRef, TxResult},
        plugin::{Plugin, StaticPlugin, Tx},
        static_plugin,
    };
    use statevec_host::foreign_text::is_hidden;
    use statevec_host::{LoadedPlugin, Sha256};

    use super::{SchemaTables, machine_form};

    /// Names with hidden characters, an unknown member with a repeated key, and one 200 lists deep.
    struct Odd;

    const SCHEMA: &str = concat!(
        "{\"idlVersion\":\"1.0\",\"schemaVersion\":{\"main\":1,\"minor\":0},\n\t\"fingerprints\":{",
        r#""records":"00000000000000000000000000000000","commands":"00000000000000000000000000000000","#,
        r#""events":"00000000000000000000000000000000","types":"00000000000000000000000000000000"},"#,
        r#""types":[],"records":[],"events":[],"x-note":{"a":1,"a":1e400},"x-deep":"#,
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
        "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
        "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
        ",\"commands\":[{\"kind\":1,\"name\":\"Pay\u{2028}\u{202e}\",\"version\":1,\"fields\":[{\"name\":\"a\u{7f}b\",",
        r#""index":1,"type":"u8"}]}]}"#,
    );

    impl Plugin for Odd {
        fn name() -> &'static str {
            "odd\u{202e}\u{2028}\u{200b}"
        }

        fn schema() -> &'static str {
            SCHEMA
        }

        fn create<'c>(_: &str, _: ErrorSlot<'c>) -> TxResult<'c, Self> {
            Ok(Self)
        }

        fn run_tx<'tx>(&self, _: &mut Tx<'tx>, _: &RuntimeCommandRef<'_>) -> TxResult<'tx> {
            Ok(())
        }
    }

    fn odd() -> LoadedPlugin {
        const ODD: StaticPlugin = static_plugin!(Odd, slots = 1);
        LoadedPlugin::from_static(&ODD).unwrap()
    }

    fn digest() -> Sha256 {
        Sha256::of(&b""[..]).unwrap()
    }

    #[test]
    fn hidden_characters_of_foreign_names_reach_neither_the_table_nor_the_json() {
        let table = SchemaTables { plugin: &odd(), sha256: digest() }.to_string();
        assert!(table.starts_with("plugin          odd\\u{202e}\\u{2028}\\u{200b}\n"), "{table}");
        assert!(table.contains("Pay\\u{2028}\\u{202e}") && table.contains("a\\u{7f}b"), "{table}");
        let json = machine_form(&odd(), digest()).unwrap();
        for text in [table, json] {
            assert!(!text.contains(|c| is_hidden(c) && !matches!(c, '\n' | '\t')), "{text}");
        }
    }

    #[test]
    fn members_that_the_program_does_not_know_stay_in_the_json() {
        let json = machine_form(&odd(), digest()).unwrap();
        assert!(json.contains(r#""x-note":{"a":1,"a":1e400},"x-deep":[[[["#), "{json}");
        // As it stands, but for the escapes.
        let schema =
            SCHEMA.replace("\u{2028}\u{202e}", r"\u2028\u202e").replace('\u{7f}', r"\u007f");
        assert!(json.contains(&schema), "{json}");
        let deep = "[".repeat(200) + &"]".repeat(200);
        let flat: Value =
            serde_json::from_str(&json.replace(&deep, "0").replace("1e400", "0")).unwrap();
        assert_eq!(flat["name"], Odd::name());
        assert_eq!(flat["schema"]["commands"][0]["name"], "Pay\u{2028}\u{202e}");
    }
}
