//! Long answers (大文件): made on a thread of their own, handed over piece by piece through a short channel. Whoever takes slowly
//! makes the maker wait, so that a file of a million rows needs no more memory than a few pages of it.
use axum::body::{Body, Bytes};
use futures_util::{StreamExt as _, stream};
use tokio::sync::mpsc::channel;

use crate::WebError;

/// Pieces on their way.
const PIECES: usize = 4;

/// Hands over a piece; false once nobody takes it any more.
pub type Put<'a> = dyn Fn(Vec<u8>) -> bool + 'a;

/// A body that `make` fills. If it fails, the connection breaks off: the taker learns that the file is not whole.
pub fn poured(make: impl FnOnce(&Put<'_>) -> Result<(), WebError> + Send + 'static) -> Body {
    let (send, receive) = channel::<Result<Bytes, std::io::Error>>(PIECES);
    tokio::task::spawn_blocking(move || {
        let put = |bytes: Vec<u8>| bytes.is_empty() || send.blocking_send(Ok(bytes.into())).is_ok();
        if let Err(error) = make(&put) {
            tracing::warn!(%error, detail = error.detail, "a long answer was cut short");
            let _ = send.blocking_send(Err(std::io::Error::other("cut short")));
        }
    });
    let flow = stream::unfold(receive, |mut receive| async move { receive.recv().await.map(|part| (part, receive)) });
    // Compression asks once more after the end.
    Body::from_stream(flow.fuse())
}

/// Rows as CSV.
pub fn csv_lines<const N: usize>(rows: impl Iterator<Item = [String; N]>) -> Result<Vec<u8>, WebError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).map_err(WebError::internal)?;
    }
    writer.into_inner().map_err(WebError::internal)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use http_body_util::BodyExt as _;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_slow_taker_holds_the_maker_back() {
        let made = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&made);
        let mut body = poured(move |put| {
            for _ in 0..1_000 {
                if !put(vec![b'x'; 1_000]) {
                    return Ok(());
                }
                count.fetch_add(1, Ordering::SeqCst);
            }
            Ok(())
        });
        let mut taken = 0;
        while let Some(piece) = body.frame().await {
            taken += piece.unwrap().into_data().unwrap().len() / 1_000;
            if taken < 20 {
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            }
            // The channel's places, the piece that waits for one, and the one just taken.
            assert!(made.load(Ordering::SeqCst) <= taken + PIECES + 1, "made far ahead of what was taken");
        }
        assert_eq!(taken, 1_000);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn asking_again_after_the_end_is_answered() {
        let mut body = poured(|put| {
            put(b"all".to_vec());
            Ok(())
        });
        assert!(body.frame().await.is_some());
        assert!(body.frame().await.is_none());
        assert!(body.frame().await.is_none(), "still the end");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_fails_halfway_is_not_taken_for_whole() {
        let body = poured(|put| {
            put(b"half".to_vec());
            Err(WebError::internal("the rest is lost"))
        });
        assert!(body.collect().await.is_err());
    }
}
