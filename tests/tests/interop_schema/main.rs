//! The same declarations here and with the published macros: same schema, same fingerprints, same
//! bytes, for every field type.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

mod ours;
mod published;
mod values;

use ours::{Changed, Everything, Fixed, Keyless, Note, Noted, SCHEMA, Tick, TwoSigned};
use proptest::{collection::vec, prelude::*};
use statevec_abi::typed::{DecodePayload, Event, Payload, Record};
use statevec_abi_alloc::SchemaRegistry;
use statevec_published::prelude::{GeneratedCommandAccess, GeneratedEventAccess};
use values::{
    code, edge, everything, far, our_record, published_code, published_edge, published_everything,
    published_far, published_keyless, published_side, published_two_signed, side,
};

#[test]
fn the_schema_json_differs() {
    assert_eq!(SCHEMA.json, published::idl_json());
}

#[test]
fn a_fingerprint_differs() {
    let (ours, published) = (SchemaRegistry::from_def(SCHEMA.def).unwrap(), published::registry());
    assert_eq!(ours.record_schema_fingerprint(), published.record_schema_fingerprint());
    assert_eq!(ours.command_schema_fingerprint(), published.command_schema_fingerprint());
    assert_eq!(ours.event_schema_fingerprint(), published.event_schema_fingerprint());
    assert_eq!(ours.types_schema_fingerprint(), published.types_schema_fingerprint());
}

#[test]
fn one_side_cannot_read_the_schema_of_the_other_or_writes_it_otherwise() {
    let ours = SchemaRegistry::from_idl_json(&published::idl_json()).unwrap();
    assert_eq!(ours.to_idl_json(), published::idl_json());
    let theirs = statevec_published::SchemaRegistry::from_idl_json(SCHEMA.json).unwrap();
    assert_eq!(theirs.to_idl_json(), SCHEMA.json);
}

/// Encodes a payload, and checks that it decodes to the same value.
fn encoded<P: Payload>(payload: &P) -> Vec<u8> {
    let mut bytes = vec![0xEE; payload.encoded_len()];
    assert_eq!(payload.encode(&mut bytes), Ok(bytes.len()));
    bytes
}

proptest! {
    #[test]
    fn a_record_or_a_composite_key_differs(value in everything()) {
        let (data, key) = published_everything(&value);
        prop_assert_eq!(&our_record(&value), &(data.clone(), key.clone()));
        // A host knows the schema's text only.
        let parsed = SchemaRegistry::from_idl_json(SCHEMA.json).unwrap();
        prop_assert_eq!(parsed.encode_pk(Everything::KIND, &data), Some(key));
        let read = Everything::decode(&data).unwrap();
        prop_assert_eq!(read.to_bytes().to_vec(), data);
    }

    #[test]
    fn a_signed_key_differs(b: i64, value: u16, a: i32) {
        let value = TwoSigned { b, value, a };
        prop_assert_eq!(our_record(&value), published_two_signed(&value));
    }

    #[test]
    fn a_record_without_a_key_differs(value: u64) {
        let value = Keyless { value };
        prop_assert_eq!(value.to_bytes().to_vec(), published_keyless(&value));
    }

    #[test]
    fn a_command_with_variable_bytes_differs(
        (id, b) in any::<(u64, bool)>(),
        text in vec(any::<u8>(), 0..300),
        more in vec(any::<u8>(), 0..300),
        (side, code) in (side(), code()),
    ) {
        let value = Note { id, text: &text, side, code, more: &more, b };
        let published = published::Note::builder()
            .set_id(id)
            .set_text(text.clone())
            .set_side(published_side(side))
            .set_code(published_code(code))
            .set_more(more.clone())
            .set_b(b)
            .build();
        prop_assert_eq!(encoded(&value), &*published);
        prop_assert_eq!(Note::decode(&published), Ok(value));
    }

    #[test]
    fn a_command_of_fixed_size_differs(
        (a, b, c, f, g, h, i, j) in any::<(u64, u128, i32, bool, u8, u16, u32, i64)>(),
        (d, e) in (code(), far()),
    ) {
        let value = Fixed { a, b, c, d, e, f, g, h, i, j };
        let published = published::Fixed::builder()
            .set_a(a)
            .set_b(b)
            .set_c(c)
            .set_d(published_code(d))
            .set_e(published_far(e))
            .set_f(f)
            .set_g(g)
            .set_h(h)
            .set_i(i)
            .set_j(j)
            .build();
        prop_assert_eq!(encoded(&value), &*published);
        prop_assert_eq!(Fixed::decode(&published), Ok(value));
    }

    #[test]
    fn an_event_differs(
        (id, to, wide) in any::<(u64, i64, u128)>(),
        (edge, code) in (edge(), code()),
        text in vec(any::<u8>(), 0..300),
    ) {
        let value = Changed { id, to, edge, wide, code };
        let published = published::Changed::builder()
            .set_id(id)
            .set_to(to)
            .set_edge(published_edge(edge))
            .set_wide(wide)
            .set_code(published_code(code))
            .build();
        prop_assert_eq!(value.with_encoded(<[u8]>::to_vec), Ok(published.clone()));
        prop_assert_eq!(Changed::decode(&published), Ok(value));

        let value = Noted { text: &text, id };
        let published = published::Noted::builder().set_text(text.clone()).set_id(id).build();
        prop_assert_eq!(value.with_encoded(<[u8]>::to_vec), Ok(published.clone()));
        prop_assert_eq!(Noted::decode(&published), Ok(value));
    }
}

#[test]
fn a_command_without_fields_differs() {
    assert_eq!(encoded(&Tick), published::Tick::builder().build());
}
