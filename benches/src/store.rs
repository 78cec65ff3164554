//! The store that all peers work on.

/// The bytes of a record.
pub type Row = [u8; 48];

/// A new record.
const ZERO: Row = [0; 48];

/// How many accounts there are. The account with number n holds 1000·n at first.
pub const ACCOUNTS: u64 = 1024;

/// How many of the last created records and emitted events are kept. A power of two.
const KEPT: usize = 1024;

/// Record kinds, as in the plugins' schemas.
const ACCOUNT: u8 = 1;
const ENTRY: u8 = 2;
/// The event kind.
const BALANCE_CHANGED: u8 = 1;

/// Records in flat memory, found by their number without a search. It costs little, so that the
/// cost of the boundary shows.
///
/// It has no transactions, because no measured command fails after it wrote. Nothing allocates or
/// grows after [`new`](Self::new).
#[derive(Debug, Clone)]
pub struct FlatStore {
    accounts: Vec<Row>,
    entries: Vec<Row>,
    created: u64,
    events: Vec<EventSlot>,
    emitted: u64,
}

#[derive(Debug, Clone, Copy)]
struct EventSlot {
    len: usize,
    payload: [u8; 64],
}

/// The store's refusals: an unknown kind, or an event that is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused;

impl Refused {
    /// The reason, as every host of this store gives it.
    pub const TEXT: &str = "the bench store has no such record kind";
}

impl FlatStore {
    /// All accounts, no entries, no events.
    #[must_use]
    pub fn new() -> Self {
        let account = |number: u64| {
            let mut row = ZERO;
            row[..8].copy_from_slice(&number.to_le_bytes());
            row[8..16].copy_from_slice(&(number * 1000).to_le_bytes());
            row
        };
        Self {
            accounts: (1..=ACCOUNTS).map(account).collect(),
            entries: vec![ZERO; KEPT],
            created: 0,
            events: vec![EventSlot { len: 0, payload: [0; 64] }; KEPT],
            emitted: 0,
        }
    }

    /// A record by its number.
    ///
    /// # Errors
    ///
    /// There is no such kind.
    #[inline]
    pub fn by_id(&self, kind: u8, sys_id: u64) -> Result<Option<&Row>, Refused> {
        match kind {
            ACCOUNT => Ok(self.accounts.get(place(sys_id))),
            ENTRY => Ok(self.entries.get(place(sys_id))),
            _ => Err(Refused),
        }
    }

    /// A record by its key.
    ///
    /// # Errors
    ///
    /// There is no such kind.
    #[inline]
    pub fn by_pk(&self, kind: u8, pk: &[u8]) -> Result<Option<&Row>, Refused> {
        match kind {
            ACCOUNT => Ok(account_number(pk).and_then(|number| self.accounts.get(place(number)))),
            _ => Err(Refused),
        }
    }

    /// A record by its key, for writing.
    ///
    /// # Errors
    ///
    /// There is no such kind.
    #[inline]
    pub fn by_pk_mut(&mut self, kind: u8, pk: &[u8]) -> Result<Option<&mut Row>, Refused> {
        match kind {
            ACCOUNT => {
                Ok(account_number(pk).and_then(|number| self.accounts.get_mut(place(number))))
            }
            _ => Err(Refused),
        }
    }

    /// A new record of zeros, and its number.
    ///
    /// # Errors
    ///
    /// There is no such kind.
    #[inline]
    pub fn create(&mut self, kind: u8) -> Result<(u64, &mut Row), Refused> {
        let place = self.created as usize % KEPT;
        match (kind, self.entries.get_mut(place)) {
            (ENTRY, Some(row)) => {
                self.created += 1;
                *row = ZERO;
                Ok((self.created, row))
            }
            _ => Err(Refused),
        }
    }

    /// Stores an event.
    ///
    /// # Errors
    ///
    /// There is no such kind.
    #[inline]
    pub fn emit(&mut self, kind: u8, payload: &[u8]) -> Result<(), Refused> {
        let slot = self.events.get_mut(self.emitted as usize % KEPT).ok_or(Refused)?;
        match (kind, slot.payload.get_mut(..payload.len())) {
            (BALANCE_CHANGED, Some(place)) => {
                place.copy_from_slice(payload);
                slot.len = payload.len();
                self.emitted += 1;
                Ok(())
            }
            _ => Err(Refused),
        }
    }

    /// The numbers of accounts, for walks over their keys.
    pub fn account_numbers(&self) -> impl Iterator<Item = u64> {
        1..=ACCOUNTS
    }

    /// A number that depends on every byte, and on how often something was created or emitted
    /// (FNV-1a).
    #[must_use]
    pub fn checksum(&self) -> u64 {
        let rows = self.accounts.iter().chain(&self.entries).flatten();
        let events = self.events.iter().flat_map(|event| event.payload.iter().take(event.len));
        let counts = [self.created, self.emitted].map(u64::to_le_bytes);
        let bytes = rows.chain(events).chain(counts.iter().flatten());
        bytes.fold(0xcbf2_9ce4_8422_2325, |sum, &byte| {
            (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        })
    }
}

impl Default for FlatStore {
    fn default() -> Self {
        Self::new()
    }
}

/// Numbers count from 1.
#[inline]
fn place(number: u64) -> usize {
    number.wrapping_sub(1) as usize
}

#[inline]
fn account_number(pk: &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(pk.try_into().ok()?))
}
