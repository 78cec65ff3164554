//! Submit requests, one after another, as the records of the published queues.

use statevec_abi::{
    boundary::limits,
    queue::{SUBMIT_REQUEST_HEADER_LEN, SubmitRequest},
};
use statevec_abi_alloc::schema::SchemaRegistry;

use super::{Command, Commands, InvalidBody, Place};

impl Commands {
    /// Reads a body of submit requests.
    pub(crate) fn from_records(schema: &SchemaRegistry, body: &[u8]) -> Result<Self, InvalidBody> {
        let mut commands = Self::new();
        let mut rest = body;
        while !rest.is_empty() {
            let byte = body.len() - rest.len() + 1;
            let record = commands.list.len() + 1;
            let invalid = |problem: String| InvalidBody {
                problem,
                place: Some(Place::Record { record, byte }),
            };
            // An incomplete header is left to the decoder, which says how long it must be.
            let len = record_len(rest).unwrap_or(rest.len()).min(rest.len());
            let (bytes, behind) = rest.split_at(len);
            let request =
                SubmitRequest::decode(bytes).map_err(|error| invalid(error.to_string()))?;
            if schema.try_get_command(request.command_kind).is_none() {
                let kind = request.command_kind;
                return Err(invalid(format!("the plugin has no command of kind {kind}")));
            }
            if request.payload.len() > limits::COMMAND_PAYLOAD {
                let most = limits::COMMAND_PAYLOAD;
                return Err(invalid(format!("the payload has more than {most} bytes")));
            }
            let start = commands.payloads.len();
            commands.payloads.extend_from_slice(request.payload);
            commands.list.push(Command {
                kind: request.command_kind,
                ext_seq: None,
                ref_ext_time_us: 0,
                payload: start..commands.payloads.len(),
            });
            rest = behind;
        }
        if commands.list.is_empty() {
            let problem = "the body has no submit request".into();
            return Err(InvalidBody { problem, place: None });
        }
        Ok(commands)
    }
}

/// The length of the record at the start, as its header states it.
fn record_len(bytes: &[u8]) -> Option<usize> {
    let &[_version, _kind, a, b, c, d] = bytes.first_chunk::<SUBMIT_REQUEST_HEADER_LEN>()?;
    let payload = usize::try_from(u32::from_le_bytes([a, b, c, d])).ok()?;
    payload.checked_add(SUBMIT_REQUEST_HEADER_LEN)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use statevec_abi::queue::SubmitRequest;
    use statevec_abi_alloc::schema::{CommandDefinition, SchemaRegistry, Version};

    use super::{Commands, Place};

    fn schema() -> SchemaRegistry {
        let name = Cow::Borrowed("Ping");
        let ping = CommandDefinition { kind: 7, name, version: 1, fields: Cow::Borrowed(&[]) };
        SchemaRegistry::new(Version::new(1, 0), &[], &[ping], &[], &[]).unwrap()
    }

    fn record(command_kind: u8, payload: &[u8]) -> Vec<u8> {
        let request = SubmitRequest { command_kind, payload };
        let mut bytes = vec![0; request.encoded_len()];
        request.encode(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn records_are_split_by_the_lengths_in_their_headers() {
        let body = [record(7, b"abc"), record(7, b""), record(7, b"d")].concat();
        let commands = Commands::from_records(&schema(), &body).unwrap();
        let payloads: Vec<&[u8]> =
            commands.list.iter().map(|command| commands.payload(command)).collect();
        assert_eq!(payloads, [&b"abc"[..], b"", b"d"]);
    }

    #[test]
    fn a_record_that_is_cut_off_is_named_with_its_first_byte() {
        let whole = [record(7, b"abc"), record(7, b"de")].concat();
        for end in 10..whole.len() {
            let error = Commands::from_records(&schema(), &whole[..end]).unwrap_err();
            assert_eq!(error.place, Some(Place::Record { record: 2, byte: 10 }), "{end}");
        }
    }

    #[test]
    fn a_kind_that_the_plugin_does_not_have_is_refused() {
        let error = Commands::from_records(&schema(), &record(8, b"")).unwrap_err();
        assert_eq!(error.to_string(), "record 1, byte 1: the plugin has no command of kind 8");
    }

    #[test]
    fn an_empty_body_is_refused() {
        let error = Commands::from_records(&schema(), b"").unwrap_err();
        assert_eq!(error.to_string(), "the body has no submit request");
    }
}
