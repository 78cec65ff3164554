//! One visit of one record, by a host that may call the visitor wrongly (rule 4).

use core::mem;

use alloc::{format, string::ToString};

use statevec_abi::{
    abi::{RecordKey, RecordKind, SysId},
    typed::{DecodeError, Record},
};

use crate::errors::RuntimeHostError;

/// Reads a record. `call` is the raw call; it is given the visitor.
pub(super) fn read<R: Record, T>(
    f: impl FnOnce(R::View<'_>) -> T,
    call: impl FnOnce(&mut dyn FnMut(&[u8])) -> Result<bool, RuntimeHostError>,
) -> Result<Option<T>, RuntimeHostError> {
    let mut visitor_state = VisitorState::NotCalled(f);
    let found = call(&mut |data| visitor_state.call(|f| R::view(data).map(f)))?;
    visitor_state.found::<R>(found)
}

/// Changes a record. `call` is the raw call; it is given the visitor.
pub(super) fn update<R: Record, T>(
    f: impl FnOnce(&mut R::Update<'_>) -> T,
    call: impl FnOnce(&mut dyn FnMut(&mut [u8])) -> Result<bool, RuntimeHostError>,
) -> Result<Option<T>, RuntimeHostError> {
    let mut visitor_state = VisitorState::NotCalled(f);
    let found = call(&mut |data| {
        visitor_state.call(|f| R::update(data).map(|mut record| f(&mut record)));
    })?;
    visitor_state.found::<R>(found)
}

/// Creates a record, and hands its bytes to `f` while the host lends them. `call` is the raw call;
/// it is given the visitor.
pub(super) fn create<R: Record, T>(
    record: &R,
    f: impl FnOnce(&mut [u8]) -> Result<T, DecodeError>,
    call: impl FnOnce(&mut dyn FnMut(&mut [u8])) -> Result<RecordKey, RuntimeHostError>,
) -> Result<(RecordKey, T), RuntimeHostError> {
    let mut visitor_state = VisitorState::NotCalled(f);
    let key = call(&mut |data| visitor_state.call(|f| record.write_to(data).and_then(f)))?;
    of_kind::<R>(key)?;
    Ok((key, visitor_state.lent::<R>()?))
}

/// Reads every record of a type. `keys` is the raw call that lists them, and `call` the one that
/// reads; each is given its visitor.
pub(super) fn each<R: Record, E: From<RuntimeHostError>>(
    mut f: impl FnMut(RecordKey, R::View<'_>) -> Result<(), E>,
    keys: impl FnOnce(&mut dyn FnMut(RecordKey)) -> Result<(), RuntimeHostError>,
    call: impl Fn(SysId, &mut dyn FnMut(&[u8])) -> Result<bool, RuntimeHostError>,
) -> Result<(), E> {
    let mut visit = |key: RecordKey| {
        of_kind::<R>(key)?;
        let visited = read::<R, _>(|record| f(key, record), |visitor| call(key.sys_id, visitor))?;
        visited.unwrap_or_else(|| Err(listed_but_absent::<R>(key.sys_id).into()))
    };
    let mut result = Ok(());
    let listed = keys(&mut |key| {
        if result.is_ok() {
            result = visit(key);
        }
    });
    result.and(listed.map_err(E::from))
}

/// Refuses a key of another kind of record.
fn of_kind<R: Record>(key: RecordKey) -> Result<(), RuntimeHostError> {
    if key.kind == R::KIND { Ok(()) } else { Err(wrong_kind::<R>(key.kind)) }
}

/// The number of calls of a visitor so far, and the result of the first one.
enum VisitorState<F, T> {
    NotCalled(F),
    Called(Result<T, DecodeError>),
    CalledAgain,
}

impl<F, T> VisitorState<F, T> {
    /// A call of the visitor. Only the first one reaches the plugin's closure.
    fn call(&mut self, first: impl FnOnce(F) -> Result<T, DecodeError>) {
        *self = match mem::replace(self, Self::CalledAgain) {
            Self::NotCalled(f) => Self::Called(first(f)),
            Self::Called(_) | Self::CalledAgain => Self::CalledAgain,
        };
    }

    /// The result of the visit, after a call that succeeded and said whether the record exists.
    fn found<R: Record>(self, found: bool) -> Result<Option<T>, RuntimeHostError> {
        match (self, found) {
            (Self::NotCalled(_), false) => Ok(None),
            (Self::Called(_), false) => {
                Err(misconduct::<R>("lent it and then reported that there is none"))
            }
            (state, _) => state.lent::<R>().map(Some),
        }
    }

    /// The closure's result, for a call that must have lent the record.
    fn lent<R: Record>(self) -> Result<T, RuntimeHostError> {
        match self {
            Self::Called(result) => result.map_err(undecodable),
            Self::NotCalled(_) => Err(misconduct::<R>("succeeded without lending it")),
            Self::CalledAgain => Err(misconduct::<R>("lent it twice")),
        }
    }
}

#[cold]
fn undecodable(error: DecodeError) -> RuntimeHostError {
    RuntimeHostError::new(error.to_string())
}

#[cold]
fn misconduct<R: Record>(what: &str) -> RuntimeHostError {
    RuntimeHostError::new(format!("record {}: the host {what}", R::DEF.name))
}

#[cold]
fn wrong_kind<R: Record>(kind: RecordKind) -> RuntimeHostError {
    let (name, expected) = (R::DEF.name, R::KIND);
    RuntimeHostError::new(format!(
        "record {name}: the host answered with a key of kind {kind}; its kind is {expected}"
    ))
}

#[cold]
fn listed_but_absent<R: Record>(sys_id: SysId) -> RuntimeHostError {
    let name = R::DEF.name;
    RuntimeHostError::new(format!(
        "record {name}: the host listed number {sys_id} and then had no such record"
    ))
}
