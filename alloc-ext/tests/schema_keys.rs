//! Primary keys, compared with what the published crates encode for the same records.

use statevec_abi_alloc::schema::SchemaRegistry;

const EVERY_KEY: u8 = 7;
const KEYLESS: u8 = 2;
const UNKNOWN: u8 = 100;
/// The end of the last key field in the record. The field is empty, and lies behind 16 bytes that
/// are no key.
const KEY_END: usize = 54;

#[test]
fn every_key_type_encodes_as_published() {
    let counting: Vec<u8> = (0_u32..240).map(|i| (i.wrapping_mul(37) + 5) as u8).collect();
    let inverted: Vec<u8> = counting.iter().map(|byte| !byte).collect();
    let typed = [
        &[1, 200, 0x34, 0x12, 0x78, 0x56, 0x34, 0x12][..],
        &0x1122_3344_5566_7788_u64.to_le_bytes(),
        &(-2_i32).to_le_bytes(),
        &(-3_i64).to_le_bytes(),
        &[3, 0, b'a', b'b', b'c', 0, 0, 2],
        &[0; 204],
    ]
    .concat();
    let registry = registry();
    for (data, published) in [
        (
            counting,
            [
                20, 1, 42, 116, 79, 8, 227, 190, 153, 48, 11, 230, 193, 156, 119, 82, 45, 68, 159,
                122, 85, 108, 199, 162, 125, 88, 51, 14, 233, 91, 128, 165, 202, 239,
            ],
        ),
        (
            inverted,
            [
                235, 1, 213, 139, 176, 247, 28, 65, 102, 207, 244, 25, 62, 99, 136, 173, 210, 187,
                96, 133, 170, 147, 56, 93, 130, 167, 204, 241, 22, 164, 127, 90, 53, 16,
            ],
        ),
        (
            typed,
            [
                2, 1, 200, 18, 52, 18, 52, 86, 120, 17, 34, 51, 68, 85, 102, 119, 136, 127, 255,
                255, 254, 127, 255, 255, 255, 255, 255, 255, 253, 97, 98, 99, 0, 0,
            ],
        ),
    ] {
        assert_eq!(registry.encode_pk(EVERY_KEY, &data).unwrap(), published);
        assert_eq!(registry.pk_len(EVERY_KEY), Some(published.len()));
    }
}

#[test]
fn a_key_in_another_order_than_memory_encodes_as_published() {
    let registry =
        SchemaRegistry::from_idl_json(include_str!("schemas/hand_written.json")).unwrap();
    let data: Vec<u8> = (0_u32..25).map(|i| (i * 37 + 5) as u8).collect();
    let published = [116, 153, 190, 227, 125, 88, 51, 14, 233, 196, 159, 122];
    assert_eq!(registry.encode_pk(3, &data).unwrap(), published);
}

#[test]
fn any_byte_but_zero_is_true_in_a_key() {
    let registry = registry();
    for (byte, expected) in [(0, 0), (1, 1), (2, 1), (255, 1)] {
        let mut data = [0; 240];
        data[0] = byte;
        let pk = registry.encode_pk(EVERY_KEY, &data).unwrap();
        assert_eq!(pk[1], expected, "{byte}");
    }
}

#[test]
fn signed_keys_sort_like_their_values() {
    let registry = registry();
    let int = |value: i32| {
        let mut data = [0; 240];
        data[16..20].copy_from_slice(&value.to_le_bytes());
        registry.encode_pk(EVERY_KEY, &data).unwrap()
    };
    let big = |value: i64| {
        let mut data = [0; 240];
        data[20..28].copy_from_slice(&value.to_le_bytes());
        registry.encode_pk(EVERY_KEY, &data).unwrap()
    };
    assert!([i32::MIN, -256, -1, 0, 1, 255, i32::MAX].map(int).is_sorted_by(|a, b| a < b));
    assert!([i64::MIN, -256, -1, 0, 1, 255, i64::MAX].map(big).is_sorted_by(|a, b| a < b));
}

#[test]
fn the_length_of_fixed_bytes_is_no_part_of_the_key() {
    let registry = registry();
    let key = |len: u8| {
        let mut data = [0; 240];
        data[28] = len;
        data[30..33].copy_from_slice(b"abc");
        registry.encode_pk(EVERY_KEY, &data).unwrap()
    };
    assert_eq!(key(3), key(200));
    assert_eq!(key(3)[29..], *b"abc\0\0");
}

#[test]
fn a_decoded_key_has_other_fields_than_its_record() {
    let registry = registry();
    let layout = registry.pk_layout(EVERY_KEY).unwrap();
    let mut data = [0; 240];
    for (byte, value) in data[..36].iter_mut().zip(1_u8..) {
        *byte = value.wrapping_mul(0x9b);
    }
    // True, and the length of the fixed bytes.
    (data[0], data[28], data[29]) = (1, 5, 0);
    let pk = registry.encode_pk(EVERY_KEY, &data).unwrap();
    let mut decoded = [0; 240];
    assert!(layout.decode(&pk, &mut decoded));
    assert_eq!(decoded, data);

    // The zeros behind fixed bytes do not count, and other bytes are left alone.
    data[31..35].fill(0);
    let pk = registry.encode_pk(EVERY_KEY, &data).unwrap();
    let mut decoded = [0xee; 240];
    assert!(layout.decode(&pk, &mut decoded));
    assert_eq!((decoded[28], decoded[29]), (1, 0));
    assert_eq!(decoded[KEY_END..], [0xee; 240 - KEY_END]);

    let mut decoded = [0xee; 240];
    assert!(!layout.decode(&pk[1..], &mut decoded) && !layout.decode(&[0; 35], &mut decoded));
    assert!(!layout.decode(&pk, &mut decoded[..KEY_END - 1]));
    assert_eq!(decoded, [0xee; 240], "nothing is written");
}

#[test]
fn a_record_or_buffer_that_is_too_short_gives_no_key() {
    let registry = registry();
    let layout = registry.pk_layout(EVERY_KEY).unwrap();
    assert_eq!((layout.pk_len(), layout.data_len()), (34, KEY_END));
    for len in 0..KEY_END {
        assert_eq!(registry.encode_pk(EVERY_KEY, &vec![0; len]), None, "{len}");
        assert_eq!(layout.encode(&vec![0; len], &mut [0; 34]), None, "{len}");
    }
    for len in 0..34 {
        let mut out = vec![0xee; len];
        assert_eq!(layout.encode(&[0; 240], &mut out), None, "{len}");
        assert!(out.iter().all(|byte| *byte == 0xee), "{len}: nothing is written");
    }
    let mut out = [0xee; 40];
    assert_eq!(layout.encode(&[0; KEY_END], &mut out).unwrap().len(), 34);
    assert_eq!(out[34..], [0xee; 6], "nothing is written behind the key");
}

#[test]
fn a_kind_without_key_gives_none() {
    let registry = registry();
    for kind in [KEYLESS, UNKNOWN] {
        assert_eq!(registry.encode_pk(kind, &[0; 240]), None);
        assert_eq!(registry.pk_len(kind), None);
        assert!(registry.pk_layout(kind).is_none());
        assert!(!registry.supports_pk_encoding(kind));
    }
    assert!(registry.supports_pk_encoding(EVERY_KEY));
}

fn registry() -> SchemaRegistry {
    let text = include_str!("schemas/macro_made.json");
    match SchemaRegistry::from_idl_json(text) {
        Ok(registry) => registry,
        Err(error) => panic!("{error}"),
    }
}
