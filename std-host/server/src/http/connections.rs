//! Accepts connections, within limits of number and time.

use std::{future::Future, io, sync::Arc, time::Duration};

use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{sleep, timeout},
};
use tracing::{debug, warn};

use super::{App, router::router, stalled::StalledWrites};
use crate::options::Settings;

/// Most headers of a request.
const HEADERS: usize = 64;

/// Most bytes of a request's head, and of what is read ahead.
const HEAD_BYTES: usize = 32 << 10;

/// The answer to a connection above the limit.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\
    Connection: close\r\n\r\n";

/// Serves connections until `end`, and waits for the requests that are running then.
pub(crate) async fn serve(
    listener: TcpListener,
    settings: &Settings,
    app: App,
    end: impl Future<Output = ()>,
) {
    let metrics = Arc::clone(&app.metrics);
    let service = TowerToHyperService::new(router(app.clone()));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(settings.request_time)
        .max_headers(HEADERS)
        .max_buf_size(HEAD_BYTES);
    let places = Arc::new(Semaphore::new(settings.connections));
    let graceful = GracefulShutdown::new();
    tokio::pin!(end);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut end => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                accept_failed(&error).await;
                continue;
            }
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            metrics.connection_refused();
            refuse(&stream);
            continue;
        };
        // Answers are small, and must not wait for more of them.
        let _set = stream.set_nodelay(true);
        let io = TokioIo::new(StalledWrites::new(stream, settings.response_time));
        let connection = graceful.watch(http.serve_connection(io, service.clone()));
        let metrics = Arc::clone(&metrics);
        tokio::spawn(async move {
            metrics.connections().inc();
            if let Err(error) = connection.await {
                debug!(%error, "a connection ended");
            }
            metrics.connections().dec();
            drop(place);
        });
    }
    drop(listener);
    app.end_streams();
    if timeout(settings.stop_time, graceful.shutdown()).await.is_err() {
        warn!("some requests did not end in time");
    }
}

/// Tells a client that there are too many connections. It is not waited for.
fn refuse(stream: &TcpStream) {
    let _written = stream.try_write(FULL);
}

/// The process may have no more descriptors: those of other connections come back.
async fn accept_failed(error: &io::Error) {
    warn!(%error, "a connection cannot be accepted");
    sleep(Duration::from_millis(50)).await;
}
