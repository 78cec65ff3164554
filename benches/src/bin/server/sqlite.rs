//! The handler over SQLite: one transaction, and so one sync, per request.

use std::{
    error::Error,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
    routing::post,
};
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;

const POST: &str = "UPDATE account SET balance = balance + ?2, changes = changes + 1 WHERE account_id = ?1 \
                    RETURNING balance";
const OPEN: &str = "INSERT INTO account VALUES (?1, ?2, 1)";
const KEEP: &str = "INSERT INTO entry (payload) VALUES (?1)";

#[derive(Deserialize)]
struct Command {
    command: String,
    payload: Deposit,
}

#[derive(Deserialize)]
struct Deposit {
    account_id: i64,
    amount: i64,
}

type Database = Arc<Mutex<Connection>>;

/// Serves `POST /commands` with a database in a folder, until the process is ended.
pub(crate) fn serve(folder: &Path) -> Result<(), Box<dyn Error>> {
    let connection = Connection::open(folder.join("bank.sqlite"))?;
    connection.execute_batch(
        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE account (account_id INTEGER PRIMARY KEY, balance INTEGER NOT NULL,
             changes INTEGER NOT NULL) STRICT;
         CREATE TABLE entry (ext_seq INTEGER PRIMARY KEY, payload TEXT NOT NULL) STRICT;",
    )?;
    let router = Router::new()
        .route("/commands", post(commands))
        .layer(DefaultBodyLimit::max(1 << 20))
        .with_state(Arc::new(Mutex::new(connection)));
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        eprintln!("ready: http://{}/", listener.local_addr()?);
        Ok(axum::serve(listener, router).await?)
    })
}

async fn commands(
    State(database): State<Database>,
    body: String,
) -> Result<Json<Value>, (StatusCode, String)> {
    let Command { command, payload } = serde_json::from_str(&body)
        .map_err(|error| (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))?;
    let ran = tokio::task::block_in_place(|| {
        let mut database = database.lock().unwrap_or_else(PoisonError::into_inner);
        deposit(&mut database, &payload, &body)
    });
    let (ext_seq, events) =
        ran.map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    Ok(Json(json!({
        "ext_seq": ext_seq,
        "command": command,
        "status": "committed",
        "events": events,
    })))
}

/// Books on the account and on the platform's, and keeps the command.
fn deposit(
    database: &mut Connection,
    deposit: &Deposit,
    body: &str,
) -> rusqlite::Result<(i64, Vec<Value>)> {
    let transaction = database.transaction()?;
    let mut events = Vec::new();
    for (account, delta) in [(deposit.account_id, deposit.amount), (0, -deposit.amount)] {
        let mut post = transaction.prepare_cached(POST)?;
        let posted: Option<i64> =
            post.query_row(params![account, delta], |row| row.get(0)).optional()?;
        let balance = match posted {
            Some(balance) => balance,
            None => {
                transaction.prepare_cached(OPEN)?.execute(params![account, delta])?;
                delta
            }
        };
        events.push(json!({ "account_id": account, "delta": delta, "balance": balance }));
    }
    transaction.prepare_cached(KEEP)?.execute([body])?;
    let ext_seq = transaction.last_insert_rowid();
    transaction.commit()?;
    Ok((ext_seq, events))
}
