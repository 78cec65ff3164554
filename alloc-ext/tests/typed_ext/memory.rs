//! A context over a list of accounts, which breaks the contract in a chosen way.

use std::cell::RefCell;

use statevec_abi::{
    abi::{RecordKey, RecordKind, SysId},
    typed::{KeyedRecord, Record},
};
use statevec_abi_alloc::{BizInvariantReadContext, RuntimeHostContext, RuntimeHostError};

use crate::Account;

/// The ways in which a host lends a record wrongly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conduct {
    Good,
    Refuses,
    LendsTwice,
    NeverLends,
    DeniesAfterLending,
    LendsShort,
    NamesAnotherKind,
    ListsAnAbsentRecord,
}

pub(crate) struct Memory {
    pub(crate) events: Vec<(u8, Vec<u8>)>,
    conduct: Conduct,
    /// The data of record 1, 2, …; `None` where it was deleted.
    accounts: RefCell<Vec<Option<Vec<u8>>>>,
}

impl Memory {
    pub(crate) fn of(accounts: &[Account]) -> Self {
        let accounts = accounts.iter().map(|account| Some(account.to_bytes().to_vec())).collect();
        Self { events: Vec::new(), conduct: Conduct::Good, accounts: RefCell::new(accounts) }
    }

    /// The same host, with another conduct.
    pub(crate) fn that(self, conduct: Conduct) -> Self {
        Self { conduct, ..self }
    }

    pub(crate) fn accounts(&self) -> Vec<Account> {
        let accounts = self.accounts.borrow();
        accounts.iter().flatten().map(|data| Account::decode(data).unwrap()).collect()
    }

    /// Puts bytes where record 1 is.
    pub(crate) fn overwrite(&self, at: usize, bytes: &[u8]) {
        let mut accounts = self.accounts.borrow_mut();
        accounts[0].as_mut().unwrap()[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn at(&self, kind: RecordKind, pk: &[u8]) -> Option<usize> {
        assert_eq!(kind, Account::KIND);
        let has_key = |data: &Option<Vec<u8>>| {
            let account = data.as_ref().and_then(|data| Account::decode(data).ok());
            account.is_some_and(|account| account.key().as_bytes() == pk)
        };
        self.accounts.borrow().iter().position(has_key)
    }

    /// Lends the data at a position, as the conduct says.
    fn lend(
        &self,
        at: Option<usize>,
        f: &mut dyn FnMut(&mut [u8]),
    ) -> Result<bool, RuntimeHostError> {
        if self.conduct == Conduct::Refuses {
            return Err(RuntimeHostError::new("not today"));
        }
        let mut accounts = self.accounts.borrow_mut();
        let Some(Some(data)) = at.and_then(|at| accounts.get_mut(at)) else {
            return Ok(false);
        };
        match self.conduct {
            Conduct::NeverLends => {}
            Conduct::LendsShort => f(&mut data[..Account::DATA_SIZE - 1]),
            Conduct::LendsTwice => {
                f(data);
                f(data);
            }
            _ => f(data),
        }
        Ok(self.conduct != Conduct::DeniesAfterLending)
    }

    fn keys(&self, f: &mut dyn FnMut(RecordKey)) -> Result<(), RuntimeHostError> {
        let kind = match self.conduct {
            Conduct::NamesAnotherKind => Account::KIND + 1,
            _ => Account::KIND,
        };
        let present = |sys_id: &SysId| self.accounts.borrow()[*sys_id as usize - 1].is_some();
        let count = self.accounts.borrow().len() as SysId;
        for sys_id in (1..=count).filter(present) {
            f(RecordKey { kind, sys_id });
        }
        match self.conduct {
            Conduct::Refuses => return Err(RuntimeHostError::new("not today")),
            Conduct::ListsAnAbsentRecord => f(RecordKey { kind, sys_id: count + 1 }),
            _ => {}
        }
        Ok(())
    }
}

impl RuntimeHostContext for Memory {
    fn with_read_typed_raw(
        &self,
        record_kind: RecordKind,
        sys_id: SysId,
        f: &mut dyn FnMut(&[u8]),
    ) -> Result<bool, RuntimeHostError> {
        assert_eq!(record_kind, Account::KIND);
        let at = (sys_id as usize).checked_sub(1);
        self.lend(at, &mut |data| f(data))
    }

    fn with_read_typed_by_pk_raw(
        &self,
        record_kind: RecordKind,
        pk: &[u8],
        f: &mut dyn FnMut(&[u8]),
    ) -> Result<bool, RuntimeHostError> {
        self.lend(self.at(record_kind, pk), &mut |data| f(data))
    }

    fn create_typed_raw(
        &mut self,
        record_kind: RecordKind,
        init: &mut dyn FnMut(&mut [u8]),
    ) -> Result<RecordKey, RuntimeHostError> {
        let at = self.accounts.borrow().len();
        self.accounts.borrow_mut().push(Some(vec![0; Account::DATA_SIZE]));
        self.lend(Some(at), init)?;
        let kind = match self.conduct {
            Conduct::NamesAnotherKind => record_kind + 1,
            _ => record_kind,
        };
        Ok(RecordKey { kind, sys_id: at as SysId + 1 })
    }

    fn update_typed_by_pk_raw(
        &mut self,
        record_kind: RecordKind,
        pk: &[u8],
        f: &mut dyn FnMut(&mut [u8]),
    ) -> Result<bool, RuntimeHostError> {
        self.lend(self.at(record_kind, pk), f)
    }

    fn delete_by_pk_raw(
        &mut self,
        record_kind: RecordKind,
        pk: &[u8],
    ) -> Result<bool, RuntimeHostError> {
        let at = self.at(record_kind, pk);
        let found = self.lend(at, &mut |_| ())?;
        if let Some(at) = at {
            self.accounts.borrow_mut()[at] = None;
        }
        Ok(found)
    }

    fn emit_typed_event_raw(
        &mut self,
        event_kind: u8,
        payload: &[u8],
    ) -> Result<(), RuntimeHostError> {
        if self.conduct == Conduct::Refuses {
            return Err(RuntimeHostError::new("not today"));
        }
        self.events.push((event_kind, payload.to_vec()));
        Ok(())
    }

    fn for_each_record_key_raw(
        &self,
        kind: RecordKind,
        f: &mut dyn FnMut(RecordKey),
    ) -> Result<(), RuntimeHostError> {
        assert_eq!(kind, Account::KIND);
        self.keys(f)
    }
}

impl BizInvariantReadContext for Memory {
    fn with_read_typed_raw(
        &self,
        record_kind: RecordKind,
        sys_id: SysId,
        f: &mut dyn FnMut(&[u8]),
    ) -> Result<bool, RuntimeHostError> {
        RuntimeHostContext::with_read_typed_raw(self, record_kind, sys_id, f)
    }

    fn with_read_typed_by_pk_raw(
        &self,
        record_kind: RecordKind,
        pk: &[u8],
        f: &mut dyn FnMut(&[u8]),
    ) -> Result<bool, RuntimeHostError> {
        RuntimeHostContext::with_read_typed_by_pk_raw(self, record_kind, pk, f)
    }

    fn for_each_record_key_raw(
        &self,
        kind: RecordKind,
        f: &mut dyn FnMut(RecordKey),
    ) -> Result<(), RuntimeHostError> {
        RuntimeHostContext::for_each_record_key_raw(self, kind, f)
    }
}
