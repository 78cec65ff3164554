//! Options of a replica on NATS JetStream.

use std::{path::PathBuf, time::Duration};

use async_nats::ServerAddr;

use super::{
    Given, OptionsError,
    settings::{range, size},
    text_file::read_text,
};

/// Options of a replica, checked.
#[derive(Debug, Clone)]
pub(crate) struct NatsSettings {
    pub(crate) servers: Vec<ServerAddr>,
    pub(crate) stream: String,
    /// The first part of all subjects.
    pub(crate) subject: String,
    pub(crate) credentials: Option<String>,
    pub(crate) token: Option<String>,
    pub(crate) ca: Option<PathBuf>,
    pub(crate) client_certificate: Option<(PathBuf, PathBuf)>,
    pub(crate) requires_tls: bool,
    pub(crate) name: String,
    /// The address at which clients reach this replica, for the page of the others.
    pub(crate) advertised: Option<String>,
    pub(crate) replicas: usize,
    pub(crate) digest_every: u64,
    pub(crate) command_time: Duration,
}

impl NatsSettings {
    /// Takes the options; `None` without `nats`.
    pub(super) fn check(given: &mut Given, port: u16) -> Result<Option<Self>, OptionsError> {
        let Some(nats) = given.nats.take() else {
            return if Self::has_dependent(given) {
                Err(OptionsError::Missing { option: "nats", example: "nats://HOST:4222" })
            } else {
                Ok(None)
            };
        };
        let servers = servers(&nats)?;
        let stream = given
            .stream
            .take()
            .ok_or(OptionsError::Missing { option: "stream", example: "BANK" })?;
        check_name("stream", &stream, "")?;
        let subject = given.subject.take().unwrap_or_else(|| stream.to_lowercase());
        check_name("subject", &subject, ".")?;
        let name = given.replica_name.take().unwrap_or_else(|| default_name(port));
        check_name("replica-name", &name, ".:")?;
        let read = |option, path: Option<PathBuf>| match path {
            Some(path) => Ok(Some(read_text(option, &path, 64 << 10)?.trim().to_owned())),
            None => Ok::<_, OptionsError>(None),
        };
        let credentials = read("nats-credentials", given.nats_credentials.take())?;
        let token = read("nats-token-file", given.nats_token_file.take())?;
        if credentials.is_some() && token.is_some() {
            return Err(OptionsError::Both { one: "nats-credentials", other: "nats-token-file" });
        }
        let ca = given.nats_ca.take();
        let client_certificate = match (given.nats_cert.take(), given.nats_key.take()) {
            (Some(cert), Some(key)) => Some((cert, key)),
            (None, None) => None,
            (Some(_), None) => {
                return Err(OptionsError::Missing { option: "nats-key", example: "key.pem" });
            }
            (None, Some(_)) => {
                return Err(OptionsError::Missing { option: "nats-cert", example: "cert.pem" });
            }
        };
        let files = [("nats-ca", ca.as_ref())].into_iter().chain(
            client_certificate
                .iter()
                .flat_map(|(cert, key)| [("nats-cert", Some(cert)), ("nats-key", Some(key))]),
        );
        for (option, path) in files {
            if let Some(path) = path {
                read_text(option, path, 1 << 20)?;
            }
        }
        let seconds = range("command-seconds", given.command_seconds.take(), 30, 1, 3600)?;
        Ok(Some(Self {
            servers,
            stream,
            subject,
            credentials,
            token,
            requires_tls: given.nats_tls.take().unwrap_or_default()
                || ca.is_some()
                || client_certificate.is_some(),
            ca,
            client_certificate,
            name,
            advertised: given.advertise.take(),
            replicas: size(range("replicas", given.replicas.take(), 3, 1, 100)?),
            digest_every: range(
                "digest-commands",
                given.digest_commands.take(),
                10_000,
                1,
                1 << 40,
            )?,
            command_time: Duration::from_secs(seconds),
        }))
    }

    /// Returns true if there are options that say nothing without `nats`.
    fn has_dependent(given: &Given) -> bool {
        given.stream.is_some()
            || given.subject.is_some()
            || given.nats_credentials.is_some()
            || given.nats_token_file.is_some()
            || given.nats_ca.is_some()
            || given.nats_cert.is_some()
            || given.nats_key.is_some()
            || given.nats_tls.is_some()
            || given.replica_name.is_some()
            || given.advertise.is_some()
            || given.replicas.is_some()
            || given.digest_commands.is_some()
            || given.command_seconds.is_some()
    }
}

fn servers(text: &str) -> Result<Vec<ServerAddr>, OptionsError> {
    let address = |address: &str| {
        address.trim().parse().map_err(|error| OptionsError::Nats {
            address: address.trim().into(),
            problem: format!("{error}"),
        })
    };
    text.split(',').map(address).collect()
}

fn check_name(option: &'static str, name: &str, more: &str) -> Result<(), OptionsError> {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c) || more.contains(c);
    let has_parts = name.split('.').all(|part| !part.is_empty());
    if has_parts && name.len() <= 200 && name.chars().all(is_allowed) {
        return Ok(());
    }
    Err(OptionsError::Name { option, found: name.into(), more: more.into() })
}

/// The machine's name and the port, which differ among replicas on one machine.
fn default_name(port: u16) -> String {
    let host = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    let host: String = host
        .trim()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' })
        .collect();
    if host.is_empty() { format!("replica-{port}") } else { format!("{host}-{port}") }
}

#[cfg(test)]
mod tests {
    use super::{Given, NatsSettings, OptionsError};

    fn given(stream: &str) -> Given {
        Given {
            nats: Some("nats://a:4222, tls://b:4222".into()),
            stream: Some(stream.into()),
            ..Given::default()
        }
    }

    #[test]
    fn a_stream_without_servers_is_refused() {
        let mut given = Given { stream: Some("BANK".into()), ..Given::default() };
        let error = NatsSettings::check(&mut given, 1).unwrap_err();
        assert!(
            error.to_string().starts_with("the option nats is missing; give --nats nats://"),
            "{error}"
        );
        assert!(NatsSettings::check(&mut Given::default(), 1).unwrap().is_none());
    }

    #[test]
    fn names_that_are_no_part_of_a_subject_are_refused() {
        for stream in ["", "a b", "a.b", "a*", "a>", "a/b"] {
            let error = NatsSettings::check(&mut given(stream), 1).unwrap_err();
            assert!(matches!(error, OptionsError::Name { option: "stream", .. }), "{error}");
        }
        let settings = NatsSettings::check(&mut given("BANK_1"), 1).unwrap().unwrap();
        assert_eq!((settings.subject.as_str(), settings.servers.len()), ("bank_1", 2));
    }

    #[test]
    fn half_of_a_client_certificate_is_refused() {
        let mut given = Given { nats_cert: Some("cert.pem".into()), ..given("BANK") };
        let error = NatsSettings::check(&mut given, 1).unwrap_err();
        assert!(error.to_string().contains("nats-key"), "{error}");
    }
}
