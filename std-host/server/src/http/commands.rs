//! `POST /commands`.

use axum::{
    body::Body,
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, Response, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
};

use super::{App, answer::held, body::read_body, problem::Problem};
use crate::commands::{Commands, IdempotencyKey};

/// The content type of outcomes.
pub(super) const JSON_LINES: &str = "application/x-ndjson";

/// The header of a sender's key.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The header that tells that commands of the request ran before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Bodies that take longer to parse are parsed where they hold up no other request.
const LONG: usize = 64 << 10;

/// The forms of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    JsonLines,
    Records,
}

/// Runs commands, and answers with their outcomes when these are durable.
pub(super) async fn post(
    State(app): State<App>,
    request: Request,
) -> Result<Response<Body>, Problem> {
    let (head, body) = request.into_parts();
    let form = form(&head.headers)?;
    let body = read_body(&app, &head.headers, body).await?;
    let parse = || parse(&app, &head.headers, form, &body);
    let commands = if body.len() > LONG { tokio::task::block_in_place(parse) } else { parse() }?;
    // The text of the body is parsed, and its memory is the answer's from here on.
    let permits = body.into_permits();
    let answer = app.ingress.submit(commands).await?;
    if let Some(refusal) = answer.cut {
        let outcomes: Vec<serde_json::Value> =
            answer.outcomes.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        return Err(Problem::from(refusal).with("outcomes", outcomes));
    }
    let mut response = Response::new(held(answer.outcomes, permits));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON_LINES));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if answer.has_duplicates {
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

fn parse(app: &App, headers: &HeaderMap, form: Form, body: &[u8]) -> Result<Commands, Problem> {
    let schema = app.plugin.schema();
    let mut commands = match form {
        Form::JsonLines => Commands::from_json_lines(schema, body)?,
        Form::Records => Commands::from_records(schema, body)?,
    };
    if let Some(key) = headers.get(IDEMPOTENCY_KEY) {
        let unusable = |detail: String| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail);
        if let Some(number) = commands.first_numbered() {
            return Err(unusable(format!(
                "a command has ext_seq {number}, and the request an Idempotency-Key; use one of them"
            )));
        }
        let key = IdempotencyKey::new(key.as_bytes(), body);
        commands.key = Some(key.map_err(|error| unusable(error.to_string()))?);
    }
    Ok(commands)
}

fn form(headers: &HeaderMap) -> Result<Form, Problem> {
    let full = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let name = full.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    match name.to_ascii_lowercase().as_slice() {
        b"application/x-ndjson" | b"application/jsonl" | b"application/json" => Ok(Form::JsonLines),
        b"application/octet-stream" | b"application/vnd.statevec.submit-request" => {
            Ok(Form::Records)
        }
        _ => Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the Content-Type must be application/x-ndjson for commands in JSON, one per line, or \
             application/octet-stream for submit requests",
        )),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header::CONTENT_TYPE};

    use super::{Form, form};

    fn form_of(content_type: &'static str) -> Option<Form> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        form(&headers).ok()
    }

    #[test]
    fn content_types_that_a_form_in_a_page_can_send_are_refused() {
        // A browser sends these to another origin without asking it first.
        for simple in ["text/plain", "multipart/form-data", "application/x-www-form-urlencoded", ""]
        {
            assert_eq!(form_of(simple), None, "{simple}");
        }
        assert!(form(&HeaderMap::new()).is_err());
    }

    #[test]
    fn parameters_and_case_of_the_content_type_do_not_count() {
        assert_eq!(form_of("Application/JSON; charset=utf-8"), Some(Form::JsonLines));
        assert_eq!(form_of("application/x-ndjson"), Some(Form::JsonLines));
        assert_eq!(form_of("application/octet-stream"), Some(Form::Records));
        assert_eq!(form_of("application/jsonx"), None);
    }
}
