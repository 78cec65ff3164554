//! Credentials, and TLS.

use std::{fs, path::Path, process::Command};

use super::{
    nodes::Nodes,
    process::deposit,
    replica::{init_stream, start},
};

#[test]
fn a_wrong_token_is_named_and_the_right_one_opens() {
    let Some(nodes) = Nodes::with(1, "authorization { token: \"the-secret-of-this-test\" }\n")
    else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let (right, wrong) = (dir.path().join("right"), dir.path().join("wrong"));
    fs::write(&right, "the-secret-of-this-test\n").unwrap();
    fs::write(&wrong, "another").unwrap();
    let url = nodes.url();
    let refused = init_stream(&url, 1, &["--nats-token-file", wrong.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(1));
    let text = String::from_utf8(refused.stderr).unwrap();
    assert!(text.contains("check --nats, the credentials"), "{text}");
    assert!(text.contains("authorization violation"), "{text}");
    let options = ["--nats-token-file", right.to_str().unwrap()];
    assert!(init_stream(&url, 1, &options).status.success());
    let replica = start("a", &url, &dir.path().join("data"), &options);
    replica.post(&deposit(1, 1)).expect(200, "committed");
}

#[test]
fn tls_with_an_own_authority_works_and_without_it_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    if !make_certificates(dir.path()) {
        eprintln!("skipped, because openssl makes no certificates");
        return;
    }
    let file = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let tls = format!(
        "tls {{ cert_file: {:?}, key_file: {:?}, ca_file: {:?}, verify: true }}\n",
        file("server.pem"),
        file("server.key"),
        file("ca.pem")
    );
    let Some(nodes) = Nodes::with(1, &tls) else { return };
    let url = nodes.url().replace("127.0.0.1", "localhost");
    let options = [
        "--nats-ca",
        &file("ca.pem"),
        "--nats-cert",
        &file("server.pem"),
        "--nats-key",
        &file("server.key"),
    ];
    let made = init_stream(&url, 1, &options);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let replica = start("a", &url, &dir.path().join("data"), &options);
    replica.post(&deposit(1, 1)).expect(200, "committed");
    let refused = init_stream(&url, 1, &options[..2]);
    assert_eq!(refused.status.code(), Some(1), "no client certificate");
    assert_eq!(init_stream(&url, 1, &["--nats-tls"]).status.code(), Some(1), "no authority");
}

/// An authority, and one certificate of it for both sides.
fn make_certificates(dir: &Path) -> bool {
    let subject = "subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth,clientAuth\n";
    fs::write(dir.join("extensions"), subject).unwrap();
    let commands = [
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=authority \
         -keyout ca.key -out ca.pem",
        "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost -keyout server.key \
         -out server.csr",
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile extensions \
         -out server.pem",
    ];
    commands.iter().all(|command| {
        let openssl = Command::new("openssl").args(command.split(' ')).current_dir(dir).output();
        openssl.is_ok_and(|output| output.status.success())
    })
}
