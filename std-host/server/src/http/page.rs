//! The page at `/`: static files inside the program.

use axum::{
    http::{
        HeaderName,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    },
    response::IntoResponse,
};

/// Scripts and styles come from this server only, and nothing may embed the page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A file of the page. Browsers ask again each time, so a new version of the server is seen at
/// once.
fn file(media_type: &'static str, content: &'static str) -> impl IntoResponse {
    let headers: [(HeaderName, &str); 3] = [
        (CONTENT_TYPE, media_type),
        (CACHE_CONTROL, "no-cache"),
        (CONTENT_SECURITY_POLICY, POLICY),
    ];
    (headers, content)
}

pub(super) async fn index() -> impl IntoResponse {
    file("text/html; charset=utf-8", include_str!("../../page/index.html"))
}

pub(super) async fn style() -> impl IntoResponse {
    file("text/css; charset=utf-8", include_str!("../../page/page.css"))
}

const SCRIPT: &str = "text/javascript; charset=utf-8";

pub(super) async fn script() -> impl IntoResponse {
    file(SCRIPT, include_str!("../../page/page.js"))
}

pub(super) async fn api_script() -> impl IntoResponse {
    file(SCRIPT, include_str!("../../page/api.js"))
}

pub(super) async fn live_script() -> impl IntoResponse {
    file(SCRIPT, include_str!("../../page/live.js"))
}

pub(super) async fn replicas_script() -> impl IntoResponse {
    file(SCRIPT, include_str!("../../page/replicas.js"))
}

pub(super) async fn icon() -> impl IntoResponse {
    file("image/svg+xml", include_str!("../../page/icon.svg"))
}
