//! Bodies of answers that count as memory until they are sent.

use axum::body::{Body, Bytes};
use tokio::sync::OwnedSemaphorePermit;

/// A body that keeps permits for memory until it is sent, or its connection has ended. Without them
/// clients that do not read could hold any number of answers.
pub(super) fn held(text: String, permits: Option<OwnedSemaphorePermit>) -> Body {
    match permits {
        Some(permits) => Body::from(Bytes::from_owner(Held { text, _permits: permits })),
        None => Body::from(text),
    }
}

struct Held {
    text: String,
    _permits: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        self.text.as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use http_body_util::BodyExt as _;
    use tokio::sync::Semaphore;

    use super::held;

    #[tokio::test]
    async fn permits_come_back_when_the_last_byte_is_gone() {
        let all = Arc::new(Semaphore::new(10));
        let permits = Arc::clone(&all).try_acquire_many_owned(7).unwrap();
        let body = held("seven".into(), Some(permits));
        let bytes = body.collect().await.unwrap().to_bytes();
        assert_eq!((&bytes[..], all.available_permits()), (&b"seven"[..], 3));
        let part = bytes.slice(..1);
        drop(bytes);
        assert_eq!(all.available_permits(), 3, "a part is still to be sent");
        drop(part);
        assert_eq!(all.available_permits(), 10);
    }
}
