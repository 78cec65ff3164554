//! No line of input takes more memory than the schema's commands need. It counts allocations, so it
//! is a program of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says where")]

use std::time::Duration;

use statevec_abi_alloc::schema::SchemaRegistry;
use statevec_fixtures::counting::{Counting, peak_of};
use statevec_host::json::parse_command;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The most memory that was in use beyond the line and the schema, in bytes, and the processor's
/// time.
fn cost(schema: &SchemaRegistry, line: &str) -> (isize, Duration) {
    let mut payload = Vec::new();
    let start = processor_time();
    let (parsed, peak) = peak_of(|| parse_command(schema, line.as_bytes(), &mut payload));
    parsed.expect_err("no command");
    (peak, processor_time() - start)
}

/// The time that the processor spent on this process. Other processes do not change it.
#[cfg(unix)]
fn processor_time() -> Duration {
    use rustix::time::{ClockId, clock_gettime};
    clock_gettime(ClockId::ProcessCPUTime).try_into().unwrap()
}

#[cfg(not(unix))]
fn processor_time() -> Duration {
    use std::{sync::LazyLock, time::Instant};
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
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
