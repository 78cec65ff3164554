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
    let schema = SCHEMA.replace("\u{2028}\u{202e}", r"\u2028\u202e").replace('\u{7f}', r"\u007f");
    assert!(json.contains(&schema), "{json}");
    let deep = "[".repeat(200) + &"]".repeat(200);
    let flat: Value =
        serde_json::from_str(&json.replace(&deep, "0").replace("1e400", "0")).unwrap();
    assert_eq!(flat["name"], Odd::name());
    assert_eq!(flat["schema"]["commands"][0]["name"], "Pay\u{2028}\u{202e}");
}
