//! Arbitrary values of every declaration, made with our types and turned into published ones.

use proptest::{collection::vec, prelude::*};
use statevec_abi::typed::{FixedBytes, KeyedRecord, Record};
use statevec_published::prelude::{GeneratedRecordAccess, PkCodec};

use crate::{
    ours::{self, Edge, Everything, Side, TwoSigned, elsewhere::Far},
    published,
};

pub(crate) fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Buy), Just(Side::Sell)]
}

pub(crate) fn edge() -> impl Strategy<Value = Edge> {
    prop_oneof![Just(Edge::Low), Just(Edge::High)]
}

pub(crate) fn far() -> impl Strategy<Value = Far> {
    prop_oneof![Just(Far::Zero), Just(Far::Nine)]
}

pub(crate) fn code<const N: usize>() -> impl Strategy<Value = FixedBytes<N>> {
    vec(any::<u8>(), 0..=N).prop_map(|bytes| FixedBytes::new(&bytes).unwrap())
}

pub(crate) fn everything() -> impl Strategy<Value = Everything> {
    let key = (any::<(u64, bool, u8, u16, u32, i32, i64)>(), code(), side(), edge());
    let rest = (any::<(u128, u32, i64, i32, bool)>(), code(), far());
    (key, rest).prop_map(|(key, rest)| {
        let ((id, b, small, short, word, n, low), code, side, edge) = key;
        let ((wide, spare_number, plain_i64, plain_i32, plain_bool), spare, far) = rest;
        Everything {
            id,
            b,
            small,
            short,
            word,
            n,
            low,
            wide,
            spare,
            code,
            side,
            far,
            edge,
            spare_number,
            plain_i64,
            plain_i32,
            plain_bool,
        }
    })
}

pub(crate) fn published_side(side: Side) -> published::Side {
    match side {
        Side::Buy => published::Side::Buy,
        Side::Sell => published::Side::Sell,
    }
}

pub(crate) fn published_edge(edge: Edge) -> published::Edge {
    match edge {
        Edge::Low => published::Edge::Low,
        Edge::High => published::Edge::High,
    }
}

pub(crate) fn published_far(far: Far) -> published::elsewhere::Far {
    match far {
        Far::Zero => published::elsewhere::Far::Zero,
        Far::Nine => published::elsewhere::Far::Nine,
    }
}

pub(crate) fn published_code<const N: usize>(
    code: FixedBytes<N>,
) -> statevec_published::FixedBytes<N> {
    statevec_published::FixedBytes::new(code.as_slice()).unwrap()
}

/// Data and key of a record, as both sides encode them.
type Encoded = (Vec<u8>, Vec<u8>);

pub(crate) fn our_record<R: KeyedRecord>(record: &R) -> Encoded {
    (record.to_bytes().as_ref().to_vec(), record.key().as_bytes().to_vec())
}

pub(crate) fn published_everything(value: &Everything) -> Encoded {
    type Published = published::Everything;
    let mut data = vec![0; Published::DATA_LEN];
    let code = published_code(value.code);
    let (side, edge) = (published_side(value.side), published_edge(value.edge));
    Published::wrap_new(&mut data)
        .init_id(value.id)
        .init_b(value.b)
        .init_small(value.small)
        .init_short(value.short)
        .init_word(value.word)
        .init_n(value.n)
        .init_low(value.low)
        .set_wide(value.wide)
        .init_code(&code)
        .init_side(side)
        .set_far(published_far(value.far))
        .init_edge(edge)
        .set_plain_i64(value.plain_i64)
        .set_plain_i32(value.plain_i32)
        .set_plain_bool(value.plain_bool);
    let key = Published::encode_pk_from_bytes(&data).to_vec();
    let named = Published::pk(
        side,
        value.id,
        value.n,
        edge,
        value.b,
        value.small,
        value.short,
        value.word,
        value.low,
        &code,
    );
    assert_eq!(key, named.as_slice());
    (data, key)
}

pub(crate) fn published_two_signed(value: &TwoSigned) -> Encoded {
    type Published = published::TwoSigned;
    let mut data = vec![0; Published::DATA_LEN];
    Published::wrap_new(&mut data).init_a(value.a).init_b(value.b).set_value(value.value);
    let key = Published::encode_pk_from_bytes(&data).to_vec();
    (data, key)
}

pub(crate) fn published_keyless(value: &ours::Keyless) -> Vec<u8> {
    let mut data = vec![0; ours::Keyless::DATA_SIZE];
    published::Keyless::wrap_new(&mut data).set_value(value.value);
    data
}
