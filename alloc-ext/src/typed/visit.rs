//! One visit of one record, whatever the host makes of it (rule 4).

use core::{convert::identity, mem};

use alloc::format;

use statevec_abi::{DecodeError, Record, RecordKey, RecordKind};

use crate::errors::RuntimeHostError;

/// Reads a record: `call` is the raw call, given the visitor that decodes.
pub(super) fn read<R: Record, T>(
    f: impl FnOnce(R::View<'_>) -> T,
    call: impl FnOnce(&mut dyn FnMut(&[u8])) -> Result<bool, RuntimeHostError>,
) -> Result<Option<T>, RuntimeHostError> {
    let mut visit = Visit::Awaited(f);
    let found = call(&mut |data| visit.pay(|f| R::view(data).map(f)))?;
    visit.answer::<R>(found)
}

/// Changes a record: `call` is the raw call, given the visitor that decodes.
pub(super) fn update<R: Record, T>(
    f: impl FnOnce(&mut R::Update<'_>) -> T,
    call: impl FnOnce(&mut dyn FnMut(&mut [u8])) -> Result<bool, RuntimeHostError>,
) -> Result<Option<T>, RuntimeHostError> {
    let mut visit = Visit::Awaited(f);
    let found =
        call(&mut |data| visit.pay(|f| R::update(data).map(|mut record| f(&mut record))))?;
    visit.answer::<R>(found)
}

/// Creates a record, and hands it to `f` while the host lends it: `call` is the raw call, given the visitor that fills it in.
pub(super) fn create<R: Record, T>(
    record: &R,
    f: impl FnOnce(&mut [u8]) -> Result<T, DecodeError>,
    call: impl FnOnce(&mut dyn FnMut(&mut [u8])) -> Result<RecordKey, RuntimeHostError>,
) -> Result<(RecordKey, T), RuntimeHostError> {
    let mut visit = Visit::Awaited(f);
    let key = call(&mut |data| {
        visit.pay(|f| {
            let found = data.len();
            let place = data.get_mut(..R::DATA_SIZE).ok_or(DecodeError::Short {
                name: R::DEF.name,
                needed: R::DATA_SIZE,
                found,
            })?;
            place.copy_from_slice(record.to_bytes().as_ref());
            f(place)
        });
    })?;
    of_kind::<R>(key)?;
    let value = visit.answer::<R>(true)?;
    Ok((key, value.ok_or_else(|| misconduct::<R>("did not lend"))?))
}

/// Refuses a key of another kind of record.
pub(super) fn of_kind<R: Record>(key: RecordKey) -> Result<(), RuntimeHostError> {
    if key.kind == R::KIND { Ok(()) } else { Err(other_kind::<R>(key.kind)) }
}

/// What the host has made of a visitor so far.
enum Visit<F, T> {
    Awaited(F),
    Paid(Result<T, DecodeError>),
    Repeated,
}

impl<F, T> Visit<F, T> {
    /// A call of the visitor. Only the first one reaches the plugin's closure.
    fn pay(&mut self, first: impl FnOnce(F) -> Result<T, DecodeError>) {
        *self = match mem::replace(self, Self::Repeated) {
            Self::Awaited(f) => Self::Paid(first(f)),
            Self::Paid(_) | Self::Repeated => Self::Repeated,
        };
    }

    /// The visit's result, after a call that succeeded and said whether it found the record.
    fn answer<R: Record>(self, found: bool) -> Result<Option<T>, RuntimeHostError> {
        match (self, found) {
            (Self::Awaited(_), false) => Ok(None),
            (Self::Paid(result), true) => result.map(Some).map_err(undecodable),
            (Self::Awaited(_), true) => Err(misconduct::<R>("found and did not lend")),
            (Self::Paid(_), false) => Err(misconduct::<R>("lent and then did not find")),
            (Self::Repeated, _) => Err(misconduct::<R>("lent twice")),
        }
    }
}
