//! No line of input takes more memory than the schema's commands need. This test counts all
//! allocations of the process, so it is a program of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says where")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use statevec_abi_alloc::schema::SchemaRegistry;
use statevec_host::json::parse_command;

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

struct Counting;

// SAFETY: every call goes to `System` unchanged, whose contract is the same (rule 10).
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        PEAK.fetch_max(NOW.fetch_add(layout.size(), Relaxed) + layout.size(), Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`, which is that of `System` (rule 10).
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the block came from `System`, through `alloc` (rule 10).
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// The most memory that was in use beyond the line and the schema, in bytes, and the time.
fn cost(schema: &SchemaRegistry, line: &str) -> (usize, Duration) {
    let mut payload = Vec::new();
    PEAK.store(NOW.load(Relaxed), Relaxed);
    let (before, start) = (NOW.load(Relaxed), Instant::now());
    parse_command(schema, line.as_bytes(), &mut payload).expect_err("no command");
    (PEAK.load(Relaxed) - before, start.elapsed())
}

/// One test, because a second would allocate at the same time.
#[test]
fn hostile_lines_take_neither_memory_nor_time() {
    let schema = SchemaRegistry::from_idl_json(include_str!("json/schema.json")).unwrap();
    let fields = |name: &str| {
        let fields: Vec<String> = (0..60_000).map(|n| format!(r#""{name}{n}":{n}"#)).collect();
        fields.join(",")
    };
    let every = r#"{"command":"Every","payload":"#;
    let nested = r#"{"a":"#.repeat((16 << 20) / 5);
    for line in [
        nested.clone(),
        format!("{every}{nested}"),
        format!(r#"{{"payload":{nested}"#),
        format!(r#"{every}{{"note":{nested}"#),
        format!(r#"{every}{{"note":{}"#, "[".repeat(16 << 20)),
        format!("{{{}}}", fields("f")),
        format!("{every}{{{}}}}}", fields("f")),
        format!(r#"{{"payload":{{{}}},"command":"Every"}}"#, fields("f")),
        format!(r#"{every}{{"on":true,{}}}}}"#, vec![r#""byte":1"#; 60_000].join(",")),
        format!(r#"{every}{{"note":"{}"}}}}"#, "a".repeat(16 << 20)),
        format!(r#"{every}{{"note":{{"hex":"{}"}}}}}}"#, "00".repeat(8 << 20)),
        format!(r#"{{"command":"{}"}}"#, "a".repeat(16 << 20)),
    ] {
        let start = line.get(..40).unwrap();
        let (bytes, time) = cost(&schema, &line);
        assert!(bytes < 16 << 10, "{bytes} bytes for {start}");
        assert!(time < Duration::from_secs(5), "{time:?} for {start}");
    }
}
