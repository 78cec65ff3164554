//! Round trips of every field type, and arbitrary bytes.

use proptest::collection::vec;
use proptest::prelude::*;
use statevec_abi::typed::{DecodePayload, FixedBytes, KeyedRecord, Payload, Record};
use statevec_fixtures::declared::{
    Account, Alpha, Bare, Changed, Everything, Fixed, Note, Noted, Side, deep,
};

fn fixed_bytes<const N: usize>() -> impl Strategy<Value = FixedBytes<N>> {
    vec(any::<u8>(), 0..=N).prop_map(|bytes| FixedBytes::new(&bytes).unwrap())
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Buy), Just(Side::Sell)]
}

fn far() -> impl Strategy<Value = deep::Far> {
    prop_oneof![Just(deep::Far::A), Just(deep::Far::B)]
}

fn everything() -> impl Strategy<Value = Everything> {
    let key = (
        any::<(u64, bool, u8, u16, u32, i32, i64)>(),
        fixed_bytes(),
        side(),
        prop_oneof![Just(Alpha::Z), Just(Alpha::Y)],
    );
    let rest = (any::<u128>(), far(), any::<i64>(), fixed_bytes(), any::<bool>());
    (key, rest).prop_map(|(key, (wide, far, amount, label, flag))| {
        let ((id, open, small, short, word, low, lower), name, side, alpha) = key;
        Everything {
            id,
            open,
            small,
            short,
            word,
            low,
            lower,
            wide,
            spare: FixedBytes::EMPTY,
            name,
            side,
            far,
            alpha,
            later: 0,
            amount,
            label,
            flag,
        }
    })
}

fn fixed() -> impl Strategy<Value = Fixed> {
    let numbers = any::<(u64, u128, i32, bool, u8, u16, u32, i64)>();
    (numbers, fixed_bytes(), far()).prop_map(|(numbers, name, far)| {
        let (id, wide, low, open, small, short, word, lower) = numbers;
        Fixed { id, wide, low, name, far, open, small, short, word, lower }
    })
}

fn round_trip<'a, P: DecodePayload<'a> + PartialEq + std::fmt::Debug>(
    payload: &P,
    out: &'a mut Vec<u8>,
) -> Result<(), TestCaseError> {
    out.resize(payload.encoded_len(), 0xaa);
    prop_assert_eq!(payload.encode(out), Ok(payload.encoded_len()));
    prop_assert_eq!(&P::decode(out).unwrap(), payload);
    Ok(())
}

/// Equal fixed bytes of decoded payloads are equal in keys, too.
fn has_one_key<const N: usize>(value: FixedBytes<N>) -> Result<(), TestCaseError> {
    let equal = FixedBytes::<N>::new(value.as_slice()).unwrap();
    prop_assert_eq!(value.padded_slice(), equal.padded_slice());
    Ok(())
}

proptest! {
    #[test]
    fn records_round_trip(value in everything()) {
        let bytes = value.to_bytes();
        prop_assert_eq!(&Everything::decode(&bytes).unwrap(), &value);
        prop_assert_eq!(Everything::view(&bytes).unwrap().wide(), value.wide);
    }

    #[test]
    fn what_an_update_sets_is_what_a_view_reads(before in everything(), after in everything()) {
        let mut bytes = before.to_bytes();
        let mut update = Everything::update(&mut bytes).unwrap();
        update.set_wide(after.wide);
        update.set_far(after.far);
        update.set_amount(after.amount);
        update.set_label(after.label);
        update.set_flag(after.flag);
        let expected = Everything {
            wide: after.wide,
            far: after.far,
            amount: after.amount,
            label: after.label,
            flag: after.flag,
            ..before
        };
        prop_assert_eq!(bytes, expected.to_bytes());
    }

    #[test]
    fn keys_order_as_their_fields_do(a in everything(), b in everything()) {
        let fields = |v: &Everything| {
            let numbers = (v.side as u8, v.id, v.low, v.alpha as u8, v.open, v.small);
            (numbers, v.short, v.word, v.lower, *v.name.padded_slice())
        };
        prop_assert_eq!(a.key().cmp(&b.key()), fields(&a).cmp(&fields(&b)));
    }

    #[test]
    fn commands_of_fixed_length_round_trip(value in fixed()) {
        round_trip(&value, &mut Vec::new())?;
    }

    #[test]
    fn commands_of_variable_length_round_trip(
        id in any::<u64>(),
        text in vec(any::<u8>(), 0..300),
        more in vec(any::<u8>(), 0..300),
        name in fixed_bytes(),
        side in side(),
        open in any::<bool>(),
    ) {
        let note = Note { id, text: &text, side, name, more: &more, open };
        round_trip(&note, &mut Vec::new())?;
    }

    #[test]
    fn arbitrary_bytes_never_panic(mut bytes in vec(any::<u8>(), 0..160)) {
        // A value that decodes also encodes, to as many bytes.
        if let Ok(value) = Everything::decode(&bytes) {
            prop_assert_eq!(value.to_bytes().len(), 112);
        }
        let accepted = Account::decode(&bytes).is_ok();
        prop_assert_eq!(Account::view(&bytes).is_ok(), accepted);
        prop_assert_eq!(Account::update(&mut bytes).is_ok(), accepted);
        prop_assert_eq!(Bare::decode(&bytes).is_ok(), bytes.len() >= 48);
        if let Ok(value) = Note::decode(&bytes) {
            prop_assert_eq!(value.encoded_len(), bytes.len());
            has_one_key(value.name)?;
        }
        if let Ok(value) = Noted::decode(&bytes) {
            prop_assert_eq!(value.encoded_len(), bytes.len());
        }
        prop_assert_eq!(Changed::decode(&bytes).is_ok(), bytes.len() == 16);
        if let Ok(value) = Fixed::decode(&bytes) {
            prop_assert_eq!(value.encoded_len(), bytes.len());
            has_one_key(value.name)?;
        }
    }

    #[test]
    fn bytes_that_almost_decode_never_panic(
        value in everything(),
        at in 0_usize..112,
        byte in any::<u8>(),
    ) {
        let mut bytes = value.to_bytes();
        bytes[at] = byte;
        if let Ok(read) = Everything::decode(&bytes) {
            prop_assert_eq!(&Everything::decode(&read.to_bytes()).unwrap(), &read);
        }
    }
    #[test]
    fn payloads_that_almost_decode_hide_nothing_in_keys(
        mut value in fixed(),
        name in vec(any::<u8>(), 5),
        len in 0_u8..8,
    ) {
        value.name = FixedBytes::new(&name).unwrap();
        let mut bytes = [0; 52];
        prop_assert_eq!(value.encode(&mut bytes), Ok(52));
        bytes[28] = len;
        if let Ok(value) = Fixed::decode(&bytes) {
            has_one_key(value.name)?;
        }

        let note = Note { id: 1, text: &name, side: Side::Buy, name: FixedBytes::new(&name).unwrap(), more: &[], open: true };
        let mut bytes = vec![0; note.encoded_len()];
        prop_assert_eq!(note.encode(&mut bytes), Ok(bytes.len()));
        bytes[16] = len;
        if let Ok(value) = Note::decode(&bytes) {
            has_one_key(value.name)?;
        }
    }
}
