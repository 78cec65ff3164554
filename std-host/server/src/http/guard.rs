//! Checks that every request passes, and what every response gets.

use std::{net::IpAddr, time::Instant};

use axum::{
    body::Body,
    extract::{MatchedPath, Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri,
        header::{AUTHORIZATION, HOST, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS},
    },
    middleware::Next,
    response::IntoResponse as _,
};

use super::{App, Token, problem::Problem};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Routes that need no token: whether the server lives, and the page, which asks for the token.
const OPEN_ROUTES: [&str; 8] =
    ["/", "/page.css", "/page.js", "/api.js", "/live.js", "/replicas.js", "/icon.svg", "/health"];

/// Checks a request, counts it, and adds the headers of every response.
pub(super) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response<Body> {
    let began = Instant::now();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let checked = check(&app, &request);
    let mut response = match checked {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    // A path that no route has is not a label: a client could make any number of them.
    let route = route.as_ref().map_or("other", MatchedPath::as_str);
    app.metrics.answered(route, response.status().as_u16(), began.elapsed());
    response
}

fn check(app: &App, request: &Request) -> Result<(), Problem> {
    let headers = request.headers();
    if app.token.is_none() && !app.insecure {
        check_host(headers, request.uri())?;
    }
    if let Some(token) = &app.token
        && !OPEN_ROUTES.contains(&request.uri().path())
    {
        check_token(token, headers)?;
    }
    if request.method() != Method::GET && request.method() != Method::HEAD {
        check_origin(headers)?;
    }
    Ok(())
}

/// A server without a token answers to names of this machine only. A page of another site whose
/// name was pointed to this machine (DNS rebinding) is refused.
fn check_host(headers: &HeaderMap, uri: &Uri) -> Result<(), Problem> {
    let host = match uri.host() {
        Some(host) => host,
        None => host_name(headers.get(HOST)),
    };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if bare.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok() {
        return Ok(());
    }
    let detail = "without a token, this server answers to localhost and to addresses in numbers only; \
         start it with --token-file to use another name";
    Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, detail))
}

/// The host without its port.
fn host_name(header: Option<&HeaderValue>) -> &str {
    let host = header.and_then(|host| host.to_str().ok()).unwrap_or_default();
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

fn check_token(token: &Token, headers: &HeaderMap) -> Result<(), Problem> {
    let shown = headers.get(AUTHORIZATION).and_then(|value| {
        let (scheme, shown) = value.as_bytes().split_at_checked(7)?;
        scheme.eq_ignore_ascii_case(b"Bearer ").then(|| shown.trim_ascii())
    });
    if shown.is_some_and(|shown| token.matches(shown)) {
        return Ok(());
    }
    let detail = "the request needs the server's token: Authorization: Bearer TOKEN";
    Err(Problem::new(StatusCode::UNAUTHORIZED, detail))
}

/// A page of another origin may not write. Clients that are no browsers send neither header.
fn check_origin(headers: &HeaderMap) -> Result<(), Problem> {
    let refused = || {
        let detail = "a page of another origin may not send commands";
        Problem::new(StatusCode::FORBIDDEN, detail)
    };
    if let Some(site) = headers.get(SEC_FETCH_SITE)
        && !["same-origin", "none"].iter().any(|allowed| site == allowed)
    {
        return Err(refused());
    }
    let Some(origin) = headers.get(ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    match (origin, host) {
        (Some((_, origin)), Some(host)) if origin.eq_ignore_ascii_case(host) => Ok(()),
        _ => Err(refused()),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri};

    use super::{check_host, check_origin, check_token};
    use crate::http::Token;

    fn headers(list: &[(&'static str, &str)]) -> HeaderMap {
        let header = |&(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        };
        list.iter().map(header).collect()
    }

    #[test]
    fn a_name_that_was_pointed_to_this_machine_is_refused() {
        let uri = Uri::from_static("/commands");
        for host in ["localhost", "localhost:7341", "127.0.0.1:80", "[::1]:7341", "10.0.0.1"] {
            assert!(check_host(&headers(&[("host", host)]), &uri).is_ok(), "{host}");
        }
        for host in ["evil.example", "evil.example:7341", "localhost.evil.example", "", ":80"] {
            assert!(check_host(&headers(&[("host", host)]), &uri).is_err(), "{host}");
        }
        let absolute = Uri::from_static("http://evil.example/commands");
        assert!(check_host(&headers(&[("host", "localhost")]), &absolute).is_err());
    }

    #[test]
    fn a_page_of_another_origin_may_not_write() {
        let allowed: [&[(&'static str, &str)]; 3] = [
            &[],
            &[("host", "localhost:7341"), ("origin", "http://localhost:7341")],
            &[("sec-fetch-site", "same-origin")],
        ];
        for list in allowed {
            assert!(check_origin(&headers(list)).is_ok(), "{list:?}");
        }
        let refused: [&[(&'static str, &str)]; 5] = [
            &[("host", "localhost:7341"), ("origin", "http://evil.example")],
            &[("host", "localhost:7341"), ("origin", "http://localhost:1")],
            &[("host", "localhost:7341"), ("origin", "null")],
            &[("origin", "http://localhost")],
            &[("sec-fetch-site", "cross-site")],
        ];
        for list in refused {
            assert!(check_origin(&headers(list)).is_err(), "{list:?}");
        }
    }

    #[test]
    fn a_token_counts_behind_its_scheme_only() {
        let token = Token::new("0123456789abcdef").unwrap();
        let check = |value| check_token(&token, &headers(&[("authorization", value)]));
        assert!(check("Bearer 0123456789abcdef").is_ok());
        assert!(check("bearer 0123456789abcdef").is_ok());
        for wrong in ["0123456789abcdef", "Basic 0123456789abcdef", "Bearer", "Bearer ", ""] {
            assert!(check(wrong).is_err(), "{wrong:?}");
        }
        assert!(check_token(&token, &headers(&[])).is_err());
    }
}
