//! Records as bytes and in place.

use statevec_abi::typed::{DecodeError, FixedBytes, KeyedRecord, Pk, Record};
use statevec_fixtures::declared::{Account, Alpha, Bare, Everything, Side, deep, everything};

/// The bytes that the published accessors write for `everything()`.
#[rustfmt::skip]
const EVERYTHING: [u8; 112] = {
    let mut data = [0; 112];
    let used = [
        8, 7, 6, 5, 4, 3, 2, 1,
        1,
        7,
        0x22, 0x11,
        0x66, 0x55, 0x44, 0x33,
        0xfb, 0xff, 0xff, 0xff,
        3, 0, 0, 0, 0, 0, 0, 0x80,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0,
        0, 0, 0, 0, 0,
        5, 0, b'h', b'e', b'l', b'l', b'o', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        2,
        9,
        255,
        0, 0, 0, 0,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        4, 0, b'f', b'o', b'u', b'r',
        1,
    ];
    data.split_at_mut(used.len()).0.copy_from_slice(&used);
    data
};

#[test]
fn every_type_is_encoded_as_published() {
    assert_eq!(everything().to_bytes(), EVERYTHING);
    assert_eq!(Everything::decode(&EVERYTHING), Ok(everything()));
}

#[test]
fn a_composite_key_is_encoded_as_published() {
    let key = [
        [2].as_slice(),
        &[1, 2, 3, 4, 5, 6, 7, 8],
        &[0x7f, 0xff, 0xff, 0xfb],
        &[255, 1, 7, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66],
        &[0, 0, 0, 0, 0, 0, 0, 3],
        b"hello\0\0\0\0\0\0\0\0\0\0\0",
    ]
    .concat();
    assert_eq!(everything().key().as_bytes(), key);
}

#[test]
fn keys_are_constants_and_order_as_their_values_do() {
    const PLATFORM: Pk<Account> = Account::pk(0);
    assert_eq!(PLATFORM.to_bytes(), [0; 8]);
    let mut keys = [300, 2, u64::MAX, 1].map(Account::pk);
    keys.sort();
    assert_eq!(keys, [1, 2, 300, u64::MAX].map(Account::pk));
    assert_eq!(format!("{:?}", keys[2]), "Account::pk(000000000000012c)");
}

#[test]
fn a_view_reads_every_field_in_place() {
    let view = Everything::view(&EVERYTHING).unwrap();
    let expected = everything();
    assert_eq!(view.id(), expected.id);
    assert_eq!(view.open(), expected.open);
    assert_eq!(view.small(), expected.small);
    assert_eq!(view.short(), expected.short);
    assert_eq!(view.word(), expected.word);
    assert_eq!(view.low(), expected.low);
    assert_eq!(view.lower(), expected.lower);
    assert_eq!(view.wide(), expected.wide);
    assert_eq!(view.name(), expected.name);
    assert_eq!(view.side(), expected.side);
    assert_eq!(view.far(), expected.far);
    assert_eq!(view.alpha(), expected.alpha);
    assert_eq!(view.amount(), expected.amount);
    assert_eq!(view.label(), expected.label);
    assert_eq!(view.flag(), expected.flag);
}

#[test]
fn an_update_changes_its_fields_and_no_other_byte() {
    let mut data = EVERYTHING;
    data[44..49].copy_from_slice(b"spare");
    data[111] = 0xee;
    let mut expected = data;
    expected[28..44].fill(0xff);
    expected[68] = 0;
    expected[74..82].copy_from_slice(&17_i64.to_le_bytes());
    expected[82..88].copy_from_slice(b"\x01\0x\0\0\0");
    expected[88] = 0;

    let mut update = Everything::update(&mut data).unwrap();
    update.set_wide(u128::MAX);
    update.set_far(deep::Far::A);
    update.set_amount(17);
    update.set_label(b"x".into());
    update.set_flag(false);
    assert_eq!((update.far(), update.amount()), (deep::Far::A, 17));
    assert_eq!((update.id(), update.side()), (everything().id, Side::Sell));
    assert_eq!(data, expected);
}

#[test]
fn reserved_fields_are_zero_when_written_and_ignored_when_read() {
    let filled = Everything { spare: b"abc".into(), later: 5, ..everything() };
    assert_eq!(filled.to_bytes(), EVERYTHING);
    let mut data = EVERYTHING;
    // A length that no FixedBytes<3> has, in bytes that no field covers.
    data[44..49].fill(0xff);
    assert_eq!(Everything::decode(&data), Ok(everything()));
}

#[test]
fn a_record_that_is_too_short_names_both_sizes() {
    let error = Account::view(&[0; 47]).err().unwrap();
    let expected = DecodeError::Short { name: "Account", needed: 48, found: 47 };
    assert_eq!(error, expected);
    assert_eq!(Account::update(&mut [0; 47]).err(), Some(expected));
    assert_eq!(Account::decode(&[0; 47]), Err(expected));
    let text = "Account has 47 bytes, but its layout needs 48: \
                was it written by another version of the schema?";
    assert_eq!(error.to_string(), text);
}

#[test]
fn bytes_behind_the_layout_are_ignored() {
    let bytes = [Bare { amount: 3 }.to_bytes().as_slice(), &[0xff; 9]].concat();
    assert_eq!(Bare::decode(&bytes), Ok(Bare { amount: 3 }));
}

#[test]
fn an_unknown_enum_byte_makes_no_view() {
    let mut data = EVERYTHING;
    data[69] = 254;
    let error = Everything::view(&data).err().unwrap();
    let text = "Everything.alpha is 254, which is no value of Alpha";
    assert_eq!(error.to_string(), text);
    assert!(Everything::update(&mut data).is_err());
    data[69] = Alpha::Z as u8;
    assert!(Everything::view(&data).is_ok());
}

#[test]
fn fixed_bytes_with_too_great_a_length_make_no_view() {
    let mut data = EVERYTHING;
    data[49] = 17;
    let error = Everything::view(&data).err().unwrap();
    let text = "Everything.name states a length of 17 bytes, but it holds at most 16";
    assert_eq!(error.to_string(), text);
}

#[test]
fn what_a_record_has_behind_fixed_bytes_stays_in_its_key() {
    let mut data = EVERYTHING;
    data[66] = 1;
    let read = Everything::decode(&data).unwrap();
    assert_eq!(read.name, everything().name);
    assert_eq!(Everything::view(&data).unwrap().name().padded_slice()[15], 1);
    assert!(read.key().as_bytes().ends_with(b"hello\0\0\0\0\0\0\0\0\0\0\x01"));
}

#[test]
fn any_byte_but_zero_is_true_and_keys_as_one() {
    let mut data = EVERYTHING;
    data[8] = 0x80;
    let read = Everything::decode(&data).unwrap();
    assert!(read.open);
    assert_eq!(read.key(), everything().key());
    assert_eq!(read.to_bytes(), EVERYTHING);
}

#[test]
fn fixed_bytes_take_what_fits_and_refuse_the_rest() {
    let value = FixedBytes::<4>::new(b"abc").unwrap();
    assert_eq!((value.len(), value.as_slice()), (3, b"abc".as_slice()));
    assert_eq!(value.padded_slice(), b"abc\0");
    assert_eq!(value, b"abc".into());
    assert_ne!(value, b"abc\0".into());
    let error = FixedBytes::<4>::new(b"abcde").unwrap_err();
    assert_eq!(error.to_string(), "5 bytes do not fit into FixedBytes<4>");
    assert!(FixedBytes::<0>::EMPTY.is_empty());
    assert_eq!(format!("{value:?}"), "FixedBytes(b\"abc\")");
}
