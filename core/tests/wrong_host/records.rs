//! Records that are not as long as the schema says, and keys of what is no record.

use crate::{
    call::{Account, CREATE, Call, During, Entry, LENDING, WALKING, Way, visits},
    instance::{Instance, assert_told, violation},
    plugin,
    script::{HONEST, Lent, Script, WHOLE, left},
};

#[test]
fn record_is_shorter_than_the_schema_says() {
    let lengths: [(&[Lent], usize); 4] = [
        (&[Lent::Bytes(WHOLE - 1)], WHOLE - 1),
        (&[Lent::Bytes(1)], 1),
        (&[Lent::Bytes(0)], 0),
        (&[Lent::Null(0)], 0),
    ];
    for (lent, found) in lengths {
        let script = Script { visits: lent, ..HONEST };
        for call in LENDING.into_iter().chain(WALKING) {
            let text = format!(
                "Account has {found} bytes, but its layout needs {WHOLE}: was it written by another version of the schema?"
            );
            assert_told(call, Way::Typed, script, violation(call, &text));
            let _ = Instance::new().make(call, Way::Typed, script);
            assert_eq!(visits(), 0, "{call:?}: the plugin does not see it");
        }
    }
}

#[test]
fn record_is_longer_than_the_schema_says() {
    let script = Script { visits: &[Lent::Bytes(WHOLE + 16)], ..HONEST };
    for call in LENDING.into_iter().chain(WALKING) {
        // A later version of the schema may have more fields: the plugin looks at its own.
        assert_told(call, Way::Typed, script, Ok(()));
    }
    for entry in [Entry::Create, Entry::Update] {
        let call = Call { during: During::RunTx, entry };
        assert_eq!(Instance::new().make(call, Way::Typed, script), Ok(()));
        let left = left();
        assert_eq!((left.len(), &left[WHOLE..]), (WHOLE + 16, &[0; 16][..]), "{call:?}");
        assert_eq!(left[8..16], (-1_i64).to_le_bytes(), "{call:?}: the balance");
    }
}

#[test]
fn record_is_created_and_of_another_kind() {
    let script = Script { created: Some(2), ..HONEST };
    let text = "create_typed_raw answered with a record of kind 2; 1 was asked for";
    assert_told(CREATE, Way::Typed, script, violation(CREATE, text));
}

#[test]
fn key_of_another_kind_is_shown() {
    let script = Script { keys: &[(1, 1), (2, 1), (1, 2)], ..HONEST };
    for call in WALKING {
        let told = violation(call, &plugin::listed_another_kind(2));
        assert_told(call, Way::Typed, script, told);
        let _ = Instance::new().make(call, Way::Typed, script);
        assert_eq!(visits(), 1, "{call:?}: what follows is skipped");
    }
}

#[test]
fn key_of_no_record_is_shown() {
    let script = Script { keys: &[(1, 5)], visits: &[], flag: Some(0), ..HONEST };
    for call in WALKING {
        let told = violation(call, &plugin::listed_but_absent(5));
        assert_told(call, Way::Typed, script, told);
    }
}

#[test]
fn layout_is_what_the_host_lends() {
    assert_eq!(<Account as statevec_abi::typed::Record>::DATA_SIZE, WHOLE);
}
