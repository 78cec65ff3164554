//! Commands as messages of the stream.

use async_nats::HeaderMap;
use statevec_abi::{boundary::limits, queue::SubmitRequest};
use statevec_abi_alloc::schema::SchemaRegistry;
use statevec_host::json::parse_command;

/// The header that tells the form of a command: `application/json`, or a submit request.
pub(super) const CONTENT_TYPE: &str = "Content-Type";
/// The value for commands in JSON.
pub(super) const JSON: &str = "application/json";

/// Reads a command; the payload is added to `payload`.
///
/// The answer depends on the message and the schema alone, so it is the same on every replica.
pub(super) fn read_command(
    schema: &SchemaRegistry,
    headers: Option<&HeaderMap>,
    body: &[u8],
    payload: &mut Vec<u8>,
) -> Result<u8, String> {
    let content_type = headers.and_then(|headers| headers.get(CONTENT_TYPE));
    let is_json = content_type.is_some_and(|value| value.as_str() == JSON);
    let start = payload.len();
    let kind = if is_json {
        let parsed = parse_command(schema, body, payload).map_err(|error| error.to_string());
        parsed.map(|parsed| parsed.kind)
    } else {
        SubmitRequest::decode(body).map_err(|error| error.to_string()).map(|request| {
            payload.extend_from_slice(request.payload);
            request.command_kind
        })
    };
    let problem = match kind {
        Ok(kind) if schema.try_get_command(kind).is_none() => {
            format!("the plugin has no command of kind {kind}")
        }
        Ok(_) if payload.len() - start > limits::COMMAND_PAYLOAD => {
            format!("the payload has more than {} bytes", limits::COMMAND_PAYLOAD)
        }
        Ok(kind) => return Ok(kind),
        Err(problem) => problem,
    };
    payload.truncate(start);
    Err(problem)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use async_nats::HeaderMap;
    use statevec_abi::queue::SubmitRequest;
    use statevec_abi_alloc::schema::{CommandDefinition, SchemaRegistry, Version};

    use super::{CONTENT_TYPE, JSON, read_command};

    fn schema() -> SchemaRegistry {
        let name = Cow::Borrowed("Ping");
        let ping = CommandDefinition { kind: 7, name, version: 1, fields: Cow::Borrowed(&[]) };
        SchemaRegistry::new(Version::new(1, 0), &[], &[ping], &[], &[]).unwrap()
    }

    fn record(command_kind: u8) -> Vec<u8> {
        let request = SubmitRequest { command_kind, payload: b"abc" };
        let mut bytes = vec![0; request.encoded_len()];
        request.encode(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn submit_requests_and_json_are_told_apart_by_the_header() {
        let mut payload = Vec::new();
        assert_eq!(read_command(&schema(), None, &record(7), &mut payload), Ok(7));
        assert_eq!(payload, b"abc");
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, JSON);
        let json = br#"{"command":"Ping","payload":{}}"#;
        assert_eq!(read_command(&schema(), Some(&headers), json, &mut payload), Ok(7));
        assert!(read_command(&schema(), None, json, &mut payload).is_err());
    }

    #[test]
    fn messages_that_are_no_command_leave_nothing_behind() {
        let mut payload = b"before".to_vec();
        for (body, problem) in [(record(8), "kind 8"), (b"x".to_vec(), "ends before")] {
            let error = read_command(&schema(), None, &body, &mut payload).unwrap_err();
            assert!(error.contains(problem), "{error}");
            assert_eq!(payload, b"before");
        }
    }
}
