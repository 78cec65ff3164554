//! The paths and their answers.

use serde_json::{Map, Value, json};
use statevec_abi_alloc::schema::SchemaRegistry;
use statevec_host::json_schema::{self, whole};

use super::schemas::reference;

pub(super) fn paths(schema: &SchemaRegistry) -> Map<String, Value> {
    let mut paths = Map::new();
    paths.insert("/commands".into(), json!({ "post": commands() }));
    for record in schema.record_defs() {
        let name = &*record.name;
        let path = format!("/records/{}", percent_encoded(name));
        let key = record.is_pk_idx.then(|| json_schema::key(schema, record));
        paths.insert(path, json!({ "get": records(name, key, record.support_range_scan) }));
    }
    for (path, items) in [("/entries", "entries"), ("/events", "events")] {
        paths.insert(path.into(), json!({ "get": log(items) }));
    }
    let object = json!({ "type": "object" });
    for (path, summary) in [
        ("/schema", "The plugin's schema"),
        ("/status", "The state of engine and log"),
        ("/state/stats", "The number of records of each kind"),
        ("/openapi.json", "This description"),
    ] {
        let answers = answers(&[("200", json_content("application/json", &object))], &["503"]);
        paths.insert(path.into(), json!({ "get": { "summary": summary, "responses": answers } }));
    }
    let replicas = answers(&[("200", json_content("application/json", &object))], &["404", "503"]);
    let replicas = json!({ "summary": "This replica and the others", "responses": replicas });
    paths.insert("/replicas".into(), json!({ "get": replicas }));
    paths.insert("/plugin".into(), json!({ "post": plugin() }));
    let health = json_content("application/json", &object);
    let answers_health = json!({
        "200": { "description": "the engine takes commands", "content": health },
        "503": { "description": "the engine takes no commands", "content": health },
    });
    let health = json!({ "summary": "Whether commands are taken", "responses": answers_health });
    paths.insert("/health".into(), json!({ "get": health }));
    let text = json_content("application/openmetrics-text", &json!({ "type": "string" }));
    let metrics = answers(&[("200", text)], &["503"]);
    let metrics = json!({ "summary": "Metrics for Prometheus", "responses": metrics });
    paths.insert("/metrics".into(), json!({ "get": metrics }));
    paths
}

fn commands() -> Value {
    let outcomes = json_content("application/x-ndjson", &json!({ "type": "string" }));
    let errors = ["400", "403", "408", "409", "413", "415", "422", "429", "503", "504", "507"];
    json!({
        "summary": "Run commands, and return their outcomes when they are durable",
        "description": "One JSON object per line, or submit requests one after another. The \
            outcomes come in the order of the commands, one JSON object per line.",
        "parameters": [{
            "name": "Idempotency-Key",
            "in": "header",
            "description": "A key of this request. If it comes again, it does not run again",
            "schema": { "type": "string", "pattern": "^[!-~]{1,255}$" },
        }],
        "requestBody": {
            "required": true,
            "content": {
                "application/json": { "schema": reference("Command") },
                "application/x-ndjson": { "schema": reference("Command") },
                "application/octet-stream": {
                    "schema": { "type": "string", "format": "binary" },
                },
            },
        },
        "responses": answers(&[("200", outcomes)], &errors),
    })
}

fn plugin() -> Value {
    let digest = json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" });
    let compared = json!({
        "type": "object",
        "description": "the entries that both builds ran again, and the commands among them",
        "properties": {
            "from": { "type": "integer" },
            "to": { "type": "integer" },
            "commands": { "type": "integer" },
        },
    });
    let taken = json!({
        "type": "object",
        "required": ["changed", "plugin_sha256"],
        "properties": {
            "changed": { "type": "boolean", "description": "false: this build runs already" },
            "plugin_sha256": digest,
            "before_sha256": digest,
            "entry": { "type": "integer", "description": "the entry that records the change" },
            "compared": compared,
            "pause_seconds": { "type": "number", "description": "how long commands waited" },
        },
    });
    let expected = json!({ "type": "string", "pattern": "^[0-9A-Fa-f]{64}$" });
    let errors = ["400", "403", "409", "422", "429", "503", "507"];
    json!({
        "summary": "Take another build of the plugin",
        "description": "Loads the file that the option plugin names again, and runs the last \
            entries again with it and with the build that runs. If both give the recorded \
            results, the new build goes on; otherwise the build before does (409).",
        "parameters": [
            parameter("compare_entries", "how many entries to run again", &whole(0, u64::MAX)),
            parameter("sha256", "the digest that the file must have", &expected),
        ],
        "responses": answers(&[("200", json_content("application/json", &taken))], &errors),
    })
}

fn records(name: &str, key: Option<Value>, has_ranges: bool) -> Value {
    let record = reference(&format!("record.{name}"));
    let page = json!({
        "type": "object",
        "required": ["entry", "total", "records"],
        "properties": {
            "entry": { "type": "integer", "description": "the entry that the page shows" },
            "total": { "type": "integer" },
            "next": { "type": ["integer", "null"], "description": "from, for the next page" },
            "next_key": {
                "type": ["object", "null"],
                "description": "key_from, for the next page of a range of keys",
            },
            "records": { "type": "array", "items": record },
        },
    });
    let mut parameters = vec![
        parameter("sys_id", "the number of one record", &whole(0, u64::MAX)),
        parameter("from", "the number that a page begins at", &whole(0, u64::MAX)),
        parameter("limit", "records of a page", &whole(1, 1000)),
        parameter("min_entry", "wait until the state has this entry", &whole(0, u64::MAX)),
        parameter("min_ext_seq", "wait until the state has this command", &whole(0, u64::MAX)),
    ];
    if let Some(key) = key {
        let of_one = [("key", "the primary key of one record, as JSON")];
        let of_range = [
            ("key_from", "the first key of a range, as JSON"),
            ("key_to", "the last key of a range, as JSON"),
        ];
        let of_range = of_range.iter().filter(|_| has_ranges);
        for (name, description) in of_one.iter().chain(of_range) {
            parameters.push(json!({
                "name": name,
                "in": "query",
                "description": description,
                "content": json_content("application/json", &key),
            }));
        }
    }
    let found = json!({ "anyOf": [page, record] });
    json!({
        "summary": format!("Records of {name}: one, or a page"),
        "parameters": parameters,
        "responses":
            answers(&[("200", json_content("application/json", &found))], &["400", "404", "503", "504"]),
    })
}

fn log(items: &str) -> Value {
    let page = json!({
        "type": "object",
        "required": ["durable", "next", items],
        "properties": {
            "durable": { "type": "integer", "description": "the last durable entry" },
            "next": { "type": "integer", "description": "from, for the next page" },
            items: { "type": "array", "items": { "type": "object" } },
        },
    });
    json!({
        "summary": format!("The {items} of the log from an entry on"),
        "description": "With Accept: text/event-stream, they are sent as they come.",
        "parameters": [
            parameter("from", "the first entry", &whole(0, u64::MAX)),
            parameter("limit", "entries of a page", &whole(1, 1000)),
        ],
        "responses":
            answers(&[("200", json_content("application/json", &page))], &["400", "410", "500"]),
    })
}

fn parameter(name: &str, description: &str, schema: &Value) -> Value {
    json!({ "name": name, "in": "query", "description": description, "schema": schema })
}

fn json_content(media_type: &str, schema: &Value) -> Value {
    json!({ media_type: { "schema": schema } })
}

/// Answers with a content, and those that are problems.
fn answers(found: &[(&str, Value)], problems: &[&str]) -> Map<String, Value> {
    let found = found.iter().map(|(status, content)| {
        let answer = json!({ "description": "the answer", "content": content });
        ((*status).to_owned(), answer)
    });
    let common = ["401", "405", "421"];
    let problems = problems.iter().chain(&common).map(|status| {
        let content = json_content("application/problem+json", &reference("Problem"));
        ((*status).to_owned(), json!({ "description": "a problem", "content": content }))
    });
    found.chain(problems).collect()
}

/// A name as one part of a path.
fn percent_encoded(name: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    name.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::percent_encoded;

    #[test]
    fn names_that_are_no_part_of_a_path_are_encoded() {
        assert_eq!(percent_encoded("Account_1"), "Account_1");
        assert_eq!(percent_encoded("a/b?{c}\u{e4}"), "a%2Fb%3F%7Bc%7D%C3%A4");
    }
}
