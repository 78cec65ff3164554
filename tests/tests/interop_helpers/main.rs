//! Every helper function of the published crate, beside ours of the same name, with the same
//! inputs: same status, phase, kind and text.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

mod differences;
mod host;
#[macro_use]
mod plugin;
mod probe;

use std::ptr;

use probe::{Bytes, Seen, ours, published};
use proptest::prelude::*;

fn failed(seen: &Seen, phase: u32, kind: u16, text: &str) {
    assert_eq!((seen.status, seen.phase, seen.kind), (1, phase, kind), "{seen:?}");
    assert_eq!(String::from_utf8_lossy(&seen.text[..seen.len]), text);
}

#[test]
fn create_differs() {
    let long = format!("refuse:{}", "ü€𝄞".repeat(100));
    let configs = [
        Bytes::Null(0),
        Bytes::Null(1),
        Bytes::Of(b""),
        Bytes::Of(b"anything"),
        Bytes::Of(b"bad \xFF utf-8"),
        Bytes::Of(b"cut \xE2\x82"),
        Bytes::Of(b"refuse:"),
        Bytes::Of("refuse:nö".as_bytes()),
        Bytes::Of(long.as_bytes()),
    ];
    for config in configs {
        let (ours_seen, published_seen) =
            (ours::Runtime::create(config).1, published::Runtime::create(config).1);
        assert_eq!(ours_seen, published_seen, "{config:?}");
        let (ours_seen, published_seen) =
            (ours::Runtime::create_nowhere(config), published::Runtime::create_nowhere(config));
        assert_eq!(ours_seen, published_seen, "{config:?}");
        failed(&ours_seen, 2, 1, "out_runtime is null");
    }
    failed(&ours::Runtime::create(Bytes::Of(b"refuse:no")).1, 2, 1002, "no");
}

#[test]
fn run_tx_differs_in_what_it_checks_and_in_its_order() {
    let (ours, published) =
        (ours::Runtime::create(Bytes::Null(0)).0, published::Runtime::create(Bytes::Null(0)).0);
    let (no_ours, no_published) = (ours::Runtime::null(), published::Runtime::null());
    for payload in [Bytes::Null(0), Bytes::Null(9), Bytes::Of(b""), Bytes::Of(&[1])] {
        for kind in 0..=9 {
            for table in [&raw const host::HOST, ptr::null()] {
                assert_eq!(
                    ours.run(kind, payload, table),
                    published.run(kind, payload, table),
                    "{kind} {payload:?} {table:?}"
                );
                assert_eq!(
                    no_ours.run(kind, payload, table),
                    no_published.run(kind, payload, table),
                    "no runtime, {kind} {payload:?} {table:?}"
                );
            }
        }
    }
    failed(
        &no_ours.run(0, Bytes::Null(1), ptr::null()),
        3,
        1,
        "bytes pointer is null but len is non-zero",
    );
    failed(&no_ours.run(0, Bytes::Null(0), ptr::null()), 3, 1, "runtime handle is null");
    let success = Seen { status: 0, phase: 1, kind: 4002, text: Vec::new(), len: 0 };
    assert_eq!(ours.run(0, Bytes::Null(0), ptr::null()), success);
}

#[test]
fn an_adapter_gives_a_plugin_another_answer() {
    let (ours, published) =
        (ours::Runtime::create(Bytes::Null(0)).0, published::Runtime::create(Bytes::Null(0)).0);
    for call in 2..=9 {
        for record_kind in 1..=6 {
            let payload = Bytes::Of(&[record_kind]);
            let table = &raw const host::HOST;
            assert_eq!(
                ours.run(call, payload, table),
                published.run(call, payload, table),
                "host call {call} on record kind {record_kind}"
            );
        }
    }
    let refused = ours.run(2, Bytes::Of(&[3]), &raw const host::HOST);
    assert!(
        String::from_utf8_lossy(&refused.text)
            .contains("phase=RunTx kind=4001 message=grüße, no such kind")
    );
}

#[test]
fn validate_and_on_unload_differ() {
    let long = format!("fail:{}", "é".repeat(400));
    let configs =
        [Bytes::Null(0), Bytes::Of(b"fail:"), Bytes::Of(b"fail:no"), Bytes::Of(long.as_bytes())];
    for config in configs {
        let (ours, published) =
            (ours::Runtime::create(config).0, published::Runtime::create(config).0);
        for table in [&raw const host::READ, &raw const host::FAILING_READ, ptr::null()] {
            assert_eq!(ours.validate(table), published.validate(table), "{config:?} {table:?}");
        }
        assert_eq!(ours.unload(), published.unload(), "{config:?}");
    }
    let (ours, published) = (ours::Runtime::null(), published::Runtime::null());
    assert_eq!(ours.validate(ptr::null()), published.validate(ptr::null()));
    assert_eq!(ours.unload(), published.unload());
    failed(&ours.unload(), 5, 1, "runtime handle is null");
}

#[test]
fn name_or_schema_differ() {
    assert_eq!(ours::name_and_schema(), published::name_and_schema());
}

#[test]
fn null_bytes_or_a_null_buffer_are_taken_otherwise() {
    for bytes in [Bytes::Null(0), Bytes::Null(3), Bytes::Of(b""), Bytes::Of(b"abc")] {
        assert_eq!(ours::slice(bytes), published::slice(bytes), "{bytes:?}");
    }
    for len in [0, 3] {
        assert_eq!(
            ours::slice_mut(ptr::null_mut(), len),
            published::slice_mut(ptr::null_mut(), len)
        );
    }
    let mut bytes = *b"abc";
    let (ptr, len) = (bytes.as_mut_ptr(), bytes.len());
    assert_eq!(ours::slice_mut(ptr, len), published::slice_mut(ptr, len));
    assert_eq!(ours::clear(), published::clear());
    ours::write_and_clear_nowhere();
    published::write_and_clear_nowhere();
}

proptest! {
    #[test]
    fn a_text_is_cut_elsewhere(text in "\\PC{0,600}") {
        prop_assert_eq!(ours::write(&text), published::write(&text));
        let (ours, published) =
            (ours::Runtime::create(Bytes::Null(0)).0, published::Runtime::create(Bytes::Null(0)).0);
        let reason = Bytes::Of(text.as_bytes());
        prop_assert_eq!(ours.run(1, reason, ptr::null()), published.run(1, reason, ptr::null()));
    }

    #[test]
    fn a_foreign_text_reads_otherwise(
        kind: u16,
        len in prop_oneof![0_usize..600, Just(usize::MAX)],
        text in prop::collection::vec(any::<u8>(), 512),
    ) {
        let text = text.try_into().unwrap();
        prop_assert_eq!(ours::texts(kind, len, &text), published::texts(kind, len, &text));
    }
}
