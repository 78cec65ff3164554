//! Makes the streams and buckets of replicas, or checks those that exist.

use std::{fmt::Display, time::Duration};

use async_nats::jetstream::{
    Context,
    context::GetStreamErrorKind,
    object_store,
    stream::{Config, DiscardPolicy, RetentionPolicy, StorageType},
};

use super::{
    Names, NatsError, connect_now,
    connection::{COMMAND, jetstream},
};
use crate::options::InitSettings;

/// Makes what is missing, and returns what there is, in lines, and the settings of what exists that
/// should be others.
pub(crate) async fn init_stream(
    settings: &InitSettings,
) -> Result<(Vec<String>, Vec<String>), NatsError> {
    let client = connect_now(&settings.nats).await?;
    let (names, jetstream) = (Names::new(&settings.nats), jetstream(&client, COMMAND));
    let (mut lines, mut differences) = (Vec::new(), Vec::new());
    let commands = vec![names.commands()];
    let results = vec![names.results(), names.events()];
    for (name, subjects) in [(names.stream.clone(), commands), (names.results_stream(), results)] {
        let wanted =
            stream_config(&name, subjects, settings.stream_replicas, settings.duplicate_window);
        lines.push(init_one(&jetstream, &wanted, &mut differences).await?);
    }
    let nodes = settings.stream_replicas;
    lines.push(init_lease(&jetstream, &names, nodes, &mut differences).await?);
    lines.push(init_checkpoints(&jetstream, &names, nodes, &mut differences).await?);
    Ok((lines, differences))
}

/// A stream that keeps everything, and from which nothing can be removed.
fn stream_config(
    name: &str,
    subjects: Vec<String>,
    nodes: usize,
    duplicate_window: Duration,
) -> Config {
    Config {
        name: name.into(),
        subjects,
        retention: RetentionPolicy::Limits,
        discard: DiscardPolicy::New,
        storage: StorageType::File,
        num_replicas: nodes,
        duplicate_window,
        deny_delete: true,
        deny_purge: true,
        allow_direct: true,
        max_messages: -1,
        max_bytes: -1,
        max_messages_per_subject: -1,
        max_consumers: -1,
        max_message_size: -1,
        ..Config::default()
    }
}

async fn init_one(
    jetstream: &Context,
    wanted: &Config,
    differences: &mut Vec<String>,
) -> Result<String, NatsError> {
    let name = &wanted.name;
    match jetstream.get_stream(name).await {
        Ok(stream) => {
            let info = stream.cached_info();
            differences.extend(differ(wanted, &info.config));
            let (last, nodes) = (info.state.last_sequence, info.config.num_replicas);
            Ok(format!("stream {name} exists, with {last} messages on {nodes} nodes"))
        }
        Err(error) if !matches!(error.kind(), GetStreamErrorKind::JetStream(_)) => {
            Err(NatsError::new(format!("cannot ask for the stream {name}"), error))
        }
        Err(_) => {
            let made = jetstream.create_stream(wanted.clone()).await;
            made.map_err(|error| NatsError::new(format!("cannot make the stream {name}"), error))?;
            let nodes = wanted.num_replicas;
            Ok(format!(
                "stream {name} made, for {} on {nodes} nodes",
                wanted.subjects.join(" and ")
            ))
        }
    }
}

/// The settings of an existing stream that would let messages be lost or repeated.
fn differ(wanted: &Config, found: &Config) -> Vec<String> {
    let mut differences = Vec::new();
    let name = &wanted.name;
    let mut compare = |setting: &str, wanted: &dyn Display, found: &dyn Display| {
        let (wanted, found) = (wanted.to_string(), found.to_string());
        if wanted != found {
            differences
                .push(format!("stream {name}: {setting} is {found}, and should be {wanted}"));
        }
    };
    compare("subjects", &wanted.subjects.join(", "), &found.subjects.join(", "));
    compare("num_replicas", &wanted.num_replicas, &found.num_replicas);
    compare("deny_delete", &wanted.deny_delete, &found.deny_delete);
    compare("deny_purge", &wanted.deny_purge, &found.deny_purge);
    compare("storage", &text(&wanted.storage), &text(&found.storage));
    compare("retention", &text(&wanted.retention), &text(&found.retention));
    compare("discard", &text(&wanted.discard), &text(&found.discard));
    compare("max_age in seconds", &wanted.max_age.as_secs(), &found.max_age.as_secs());
    compare("max_msgs", &wanted.max_messages, &found.max_messages);
    compare("max_bytes", &wanted.max_bytes, &found.max_bytes);
    compare(
        "duplicate_window in seconds",
        &wanted.duplicate_window.as_secs(),
        &found.duplicate_window.as_secs(),
    );
    differences
}

fn text(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}").to_lowercase()
}

async fn init_lease(
    jetstream: &Context,
    names: &Names,
    nodes: usize,
    differences: &mut Vec<String>,
) -> Result<String, NatsError> {
    let bucket = names.lease_bucket();
    if let Ok(store) = jetstream.get_key_value(&bucket).await {
        let found = store.stream.cached_info().config.num_replicas;
        if found != nodes {
            differences
                .push(format!("bucket {bucket}: num_replicas is {found}, and should be {nodes}"));
        }
        return Ok(format!("bucket {bucket} exists, on {found} nodes"));
    }
    // The library's own way asks for the account, whose description by 2.9 it cannot read.
    let config = Config {
        name: format!("KV_{bucket}"),
        subjects: vec![format!("$KV.{bucket}.>")],
        discard: DiscardPolicy::New,
        storage: StorageType::File,
        num_replicas: nodes,
        max_messages_per_subject: 1,
        allow_rollup: true,
        deny_delete: true,
        allow_direct: true,
        max_messages: -1,
        max_bytes: -1,
        max_consumers: -1,
        max_message_size: -1,
        ..Config::default()
    };
    let made = jetstream.create_stream(config).await;
    made.map_err(|error| NatsError::new(format!("cannot make the bucket {bucket}"), error))?;
    Ok(format!("bucket {bucket} made, on {nodes} nodes"))
}

async fn init_checkpoints(
    jetstream: &Context,
    names: &Names,
    nodes: usize,
    differences: &mut Vec<String>,
) -> Result<String, NatsError> {
    let bucket = names.checkpoint_bucket();
    if let Ok(stream) = jetstream.get_stream(format!("OBJ_{bucket}")).await {
        let found = stream.cached_info().config.num_replicas;
        if found != nodes {
            differences.push(format!(
                "object store {bucket}: num_replicas is {found}, and should be {nodes}"
            ));
        }
        return Ok(format!("object store {bucket} exists, on {found} nodes"));
    }
    let config = object_store::Config {
        bucket: bucket.clone(),
        num_replicas: nodes,
        ..object_store::Config::default()
    };
    let made = jetstream.create_object_store(config).await;
    made.map_err(|error| NatsError::new(format!("cannot make the object store {bucket}"), error))?;
    Ok(format!("object store {bucket} made, on {nodes} nodes"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{differ, stream_config};

    #[test]
    fn settings_that_let_messages_be_lost_are_named() {
        let window = Duration::from_secs(120);
        let wanted = stream_config("BANK", vec!["bank.commands".into()], 3, window);
        assert_eq!(differ(&wanted, &wanted), Vec::<String>::new());
        let mut found = wanted.clone();
        (found.deny_purge, found.num_replicas) = (false, 1);
        found.max_age = Duration::from_secs(60);
        let texts = differ(&wanted, &found);
        assert_eq!(
            texts,
            [
                "stream BANK: num_replicas is 1, and should be 3",
                "stream BANK: deny_purge is false, and should be true",
                "stream BANK: max_age in seconds is 60, and should be 0",
            ]
        );
    }
}
