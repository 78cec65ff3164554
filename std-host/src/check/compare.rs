//! Compares the results of one script in two runs.

use statevec_abi_alloc::schema::SchemaRegistry;

use super::session::{End, Seen};
use crate::json::JsonWriter;

/// The first difference, in words that name the command by its place from 1; `None` if the runs are
/// alike.
pub(super) fn first_difference(
    schema: &SchemaRegistry,
    first: &[Seen],
    second: &[Seen],
) -> Option<String> {
    let pairs = (1..).zip(first.iter().zip(second));
    let found = pairs.into_iter().find_map(|(place, (first, second))| {
        Some(format!("command {place}: {}", difference(schema, first, second)?))
    });
    found.or_else(|| {
        let (first, second) = (first.len(), second.len());
        (first != second).then(|| format!("{first} commands have a result, then {second}"))
    })
}

fn difference(schema: &SchemaRegistry, first: &Seen, second: &Seen) -> Option<String> {
    if first == second {
        return None;
    }
    if (first.end, first.kind) != (second.end, second.kind) {
        let (first, second) = (first.in_short(), second.in_short());
        return Some(format!("the outcome is {first}; and then it is {second}"));
    }
    if first.text != second.text {
        return Some(format!("the text is {:?}, and then {:?}", first.text, second.text));
    }
    if first.events != second.events {
        return Some(events(schema, first, second));
    }
    Some(match first.end {
        End::Committed => "the records differ after it".into(),
        End::Rejected | End::Failed => "the records differ".into(),
    })
}

fn events(schema: &SchemaRegistry, first: &Seen, second: &Seen) -> String {
    let writer = JsonWriter::new(schema);
    let shown = |event: Option<&(u8, Vec<u8>)>| match event {
        None => "no event".to_owned(),
        Some((kind, payload)) => {
            let mut text = String::new();
            writer.event(*kind, payload, &mut text);
            text
        }
    };
    let most = first.events.len().max(second.events.len());
    let place = (0..most).find(|&place| first.events.get(place) != second.events.get(place));
    let place = place.unwrap_or_default();
    let (first, second) = (first.events.get(place), second.events.get(place));
    format!("event {} is {}, and then {}", place + 1, shown(first), shown(second))
}
