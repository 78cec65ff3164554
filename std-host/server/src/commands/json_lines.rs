//! One command per line, as JSON.

use statevec_abi_alloc::schema::SchemaRegistry;
use statevec_host::json::parse_command;

use super::{Command, Commands, InvalidBody, Place};

impl Commands {
    /// Reads a body of JSON lines. Blank lines are skipped.
    pub(crate) fn from_json_lines(
        schema: &SchemaRegistry,
        body: &[u8],
    ) -> Result<Self, InvalidBody> {
        let mut commands = Self::new();
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        for (number, line) in (1..).zip(body.split(|byte| *byte == b'\n')) {
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let start = commands.payloads.len();
            let parsed = parse_command(schema, line, &mut commands.payloads);
            let parsed = parsed.map_err(|error| InvalidBody {
                problem: error.to_string(),
                place: Some(Place::Line { line: number, column: error.column() }),
            })?;
            commands.list.push(Command {
                kind: parsed.kind,
                ext_seq: parsed.ext_seq,
                ref_ext_time_us: parsed.ref_ext_time_us,
                payload: start..commands.payloads.len(),
            });
        }
        if commands.list.is_empty() {
            let problem = r#"the body has no command; send one per line, such as {"command":"…","payload":{…}}"#;
            return Err(InvalidBody { problem: problem.into(), place: None });
        }
        Ok(commands)
    }
}

#[cfg(test)]
mod tests {
    use statevec_abi_alloc::schema::{SchemaRegistry, Version};

    use super::{Commands, InvalidBody, Place};

    fn empty_schema() -> SchemaRegistry {
        SchemaRegistry::new(Version::new(1, 0), &[], &[], &[], &[]).unwrap()
    }

    #[test]
    fn a_line_that_is_no_command_is_named_with_its_column() {
        let error = Commands::from_json_lines(&empty_schema(), b"\n \n[]").unwrap_err();
        assert_eq!(error.place, Some(Place::Line { line: 3, column: 1 }));
        assert!(error.to_string().starts_with("line 3, column 1: expected an object"), "{error}");
    }

    #[test]
    fn a_body_of_blank_lines_is_no_request() {
        for body in [&b""[..], b"\n\r\n \t\n", b"\xef\xbb\xbf\n"] {
            let InvalidBody { problem, place } =
                Commands::from_json_lines(&empty_schema(), body).unwrap_err();
            assert_eq!(place, None);
            assert!(problem.contains("has no command"), "{problem}");
        }
    }
}
