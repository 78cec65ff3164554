//! A file: the bytes that a process reads, those on the medium, and the unsynced changes between
//! them.

use fastrand::Rng;

use super::crash::Survival;

/// Bytes that reach the medium together.
const SECTOR: usize = 512;
const WORD: usize = size_of::<u64>();

#[derive(Debug, Clone, Default)]
pub(super) struct Inode {
    cached: Vec<u8>,
    stable: Vec<u8>,
    /// Sectors written since the last sync, in order, each with the bytes that it got.
    unsynced: Vec<(usize, [u8; SECTOR])>,
    /// Lengths since the last sync, in order.
    unsynced_lens: Vec<usize>,
    /// Places of words that were written through a mapping since the last sync.
    unsynced_words: Vec<usize>,
    /// The handle that has the lock.
    pub(super) locked_by: Option<u64>,
}

impl Inode {
    pub(super) fn stable_from(bytes: &[u8]) -> Self {
        Self { cached: bytes.into(), stable: bytes.into(), ..Self::default() }
    }

    pub(super) fn cached(&self) -> &[u8] {
        &self.cached
    }

    pub(super) fn write(&mut self, bytes: &[u8], offset: usize) {
        if bytes.is_empty() {
            return;
        }
        let end = offset + bytes.len();
        if end > self.cached.len() {
            self.set_len(end);
        }
        if let Some(place) = self.cached.get_mut(offset..end) {
            place.copy_from_slice(bytes);
        }
        for sector in offset / SECTOR..end.div_ceil(SECTOR) {
            let mut image = [0; SECTOR];
            let part = &self.cached[sector * SECTOR..self.cached.len().min((sector + 1) * SECTOR)];
            image[..part.len()].copy_from_slice(part);
            self.unsynced.push((sector, image));
        }
    }

    /// Writes bytes past the cache, stable at once. Unsynced lengths become stable with them.
    pub(super) fn write_synced(&mut self, bytes: &[u8], offset: usize) {
        self.write(bytes, offset);
        self.sync();
    }

    /// Writes some of the sectors, in no order, stable at once.
    pub(super) fn write_some_synced(&mut self, bytes: &[u8], offset: usize, random: &mut Rng) {
        for (number, sector) in bytes.chunks(SECTOR).enumerate() {
            if random.bool() {
                self.write_synced(sector, offset + number * SECTOR);
            }
        }
    }

    pub(super) fn set_len(&mut self, len: usize) {
        if len < self.cached.len() {
            self.cached.truncate(len);
            // Sectors that were written before must not come back with their old bytes when the
            // file grows again: the file system hands out zeros there.
            self.unsynced.retain_mut(|(sector, image)| {
                let keep = len.saturating_sub(*sector * SECTOR).min(SECTOR);
                image[keep..].fill(0);
                keep > 0
            });
        }
        self.cached.resize(len, 0);
        self.unsynced_lens.push(len);
    }

    pub(super) fn sync(&mut self) {
        if let Some(&smallest) = self.unsynced_lens.iter().min() {
            self.stable.truncate(smallest);
            self.stable.resize(self.cached.len(), 0);
        }
        // Only unsynced sectors: a sync that failed has forgotten about others, and they stay lost.
        for (sector, _) in &self.unsynced {
            let start = sector * SECTOR;
            let end = self.cached.len().min(start + SECTOR);
            if start < end {
                self.stable.resize(self.stable.len().max(end), 0);
                self.stable[start..end].copy_from_slice(&self.cached[start..end]);
            }
        }
        for start in std::mem::take(&mut self.unsynced_words) {
            self.settle_word(start);
        }
        self.unsynced.clear();
        self.unsynced_lens.clear();
    }

    /// A sync that failed: some sectors reach the medium, the others are no longer considered
    /// unsynced.
    pub(super) fn fail_to_sync(&mut self, random: &mut Rng) {
        self.settle(random);
        self.unsynced.clear();
        self.unsynced_lens.clear();
    }

    pub(super) fn lose_power(&mut self, random: &mut Rng) {
        if !self.unsynced.is_empty() || !self.unsynced_lens.is_empty() {
            self.settle(random);
        }
        self.unsynced.clear();
        self.unsynced_lens.clear();
        // The system may write mapped pages back at any time.
        for start in std::mem::take(&mut self.unsynced_words) {
            if random.bool() {
                self.settle_word(start);
            }
        }
        self.cached.clone_from(&self.stable);
    }

    fn settle_word(&mut self, start: usize) {
        let range = start..start + WORD;
        if let (Some(to), Some(from)) = (self.stable.get_mut(range.clone()), self.cached.get(range))
        {
            to.copy_from_slice(from);
        }
    }

    /// Decides which unsynced changes reach the medium.
    fn settle(&mut self, random: &mut Rng) {
        let choice = random.usize(..=self.unsynced_lens.len());
        // The smallest length on the way cuts off what was there; it survives with the length
        // behind it.
        let (before, last) = match choice.checked_sub(1) {
            Some(last) => (&self.unsynced_lens[..last], self.unsynced_lens[last]),
            None => (&[][..], self.stable.len()),
        };
        if let Some(&smallest) = before.iter().min() {
            self.stable.truncate(smallest);
        }
        self.stable.resize(last, 0);
        let survival = Survival::choose(random, self.unsynced.len());
        for (position, (sector, image)) in self.unsynced.iter().enumerate() {
            let len = survival.of(random, position, SECTOR);
            let start = sector * SECTOR;
            let end = self.stable.len().min(start + len);
            if start < end {
                self.stable[start..end].copy_from_slice(&image[..end - start]);
            }
        }
    }

    pub(super) fn flip_bit(&mut self, byte: usize, bit: u8) -> bool {
        for bytes in [&mut self.cached, &mut self.stable] {
            if let Some(byte) = bytes.get_mut(byte) {
                *byte ^= 1 << (bit % 8);
            }
        }
        byte < self.cached.len()
    }

    pub(super) fn store_word(&mut self, offset: u64, value: u64) {
        let start = offset as usize;
        if let Some(place) = self.cached.get_mut(start..start + WORD) {
            place.copy_from_slice(&value.to_le_bytes());
        }
        if !self.unsynced_words.contains(&start) {
            self.unsynced_words.push(start);
        }
    }

    pub(super) fn load_word(&self, offset: u64) -> u64 {
        let start = offset as usize;
        let bytes = self.cached.get(start..).and_then(|bytes| bytes.first_chunk());
        bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
    }
}
