//! Parsing leaks nothing, whether it succeeds or fails. This is a binary of its own, because it
//! counts allocations.

use statevec_abi_alloc::schema::SchemaRegistry;
use statevec_fixtures::counting::{Counting, live_bytes};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn parsing_frees_all_that_it_allocates() {
    let text = include_str!("schemas/macro_made.json");
    let broken = text.replace("\"kind\": 7", "\"kind\": 0");
    assert_ne!(text, broken);
    let before = live_bytes();
    for _ in 0..100 {
        let registry = SchemaRegistry::from_idl_json(text).unwrap();
        assert!(live_bytes() > before, "the registry owns memory");
        drop(registry);
        drop(SchemaRegistry::from_idl_json(&broken).unwrap_err());
    }
    let leaked = live_bytes() - before;
    assert_eq!(leaked, 0, "bytes still allocated");
}
