//! A visitor of a boxed plugin reads, and meanwhile the host calls the visitor again.

use crate::plugin::SUBJECT;
use statevec_fixtures::wrong_host::{
    call::{ALL, Call, Entry, Way, visits},
    instance::{Instance, assert_told, violation},
    script::{HONEST, Script},
};

fn reading_by_id() -> impl Iterator<Item = Call> {
    ALL.into_iter().filter(|call| call.entry == Entry::ReadById)
}

#[test]
fn visitor_reads_while_it_is_lent_a_record() {
    SUBJECT.put_to(|| {
        for call in reading_by_id() {
            assert_told(call, Way::Nested, HONEST, Ok(()));
        }
    });
}

#[test]
fn visitor_is_called_from_inside_itself() {
    SUBJECT.put_to(|| {
        let script = Script { revisits: true, ..HONEST };
        for call in reading_by_id() {
            let told = violation(call, "with_read_typed_raw called its visitor twice");
            assert_told(call, Way::Nested, script, told);
            let _ = Instance::new().make(call, Way::Nested, script);
            assert_eq!(visits(), 1, "{call:?}: the plugin's closure is not entered twice");
        }
    });
}
