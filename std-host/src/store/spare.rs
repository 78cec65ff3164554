//! Memory that a store gives back after a transaction of unusual size.

/// Buffers of up to this many bytes are always kept for the next transaction.
pub(super) const KEPT_BYTES: usize = 1 << 20;

/// Gives back the memory of a buffer that is far larger than its contents.
///
/// Twice the contents are kept, so that giving back and growing again take turns at most once per
/// doubling.
pub(super) fn release_spare<T>(buffer: &mut Vec<T>) {
    let kept = kept_capacity(buffer.len(), size_of::<T>());
    if buffer.capacity() / 2 > kept {
        buffer.shrink_to(kept);
    }
}

/// How many elements a buffer keeps room for.
pub(super) fn kept_capacity(len: usize, element_bytes: usize) -> usize {
    len.saturating_mul(2).max(KEPT_BYTES / element_bytes.max(1))
}

#[cfg(test)]
mod tests {
    use super::{KEPT_BYTES, release_spare};

    #[test]
    fn small_and_well_filled_buffers_stay_as_they_are() {
        let mut small: Vec<u8> = Vec::with_capacity(KEPT_BYTES);
        release_spare(&mut small);
        assert_eq!(small.capacity(), KEPT_BYTES);

        let mut filled: Vec<u64> = Vec::with_capacity(KEPT_BYTES);
        filled.resize(KEPT_BYTES / 2, 0);
        release_spare(&mut filled);
        assert_eq!(filled.capacity(), KEPT_BYTES);
    }

    #[test]
    fn large_and_empty_buffers_shrink() {
        let mut buffer: Vec<u64> = Vec::with_capacity(KEPT_BYTES);
        buffer.push(7);
        release_spare(&mut buffer);
        assert!(buffer.capacity() <= KEPT_BYTES / 4, "{}", buffer.capacity());
        assert_eq!(buffer, [7]);
    }
}
