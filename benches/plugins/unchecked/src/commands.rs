//! The commands, with one C visitor each.

use core::{ffi::c_void, fmt::Write as _, ptr};

use statevec_abi::abi::{
    RuntimeBytesMutRef, RuntimeBytesRef, RuntimeCallStatus, RuntimeErrorBuf, RuntimeErrorPhase,
    RuntimeHostContextV1, RuntimeRecordKeyView, runtime_error_kind::PLUGIN_REJECTED,
};

use crate::payload::{
    ACCOUNT, BALANCE_CHANGED, ENTRY, MISSING, Read, account_and_amount, balance, balance_changed,
    book, fill_entry,
};

const FAILURE: RuntimeCallStatus = RuntimeCallStatus::Failure;

/// A failed host call has written into the caller's buffer already.
pub(crate) unsafe fn read_by_id(
    host: RuntimeHostContextV1,
    payload: *const u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let read = Read::decode(payload);
    let entry = (*host.vtable).with_read_typed_raw.unwrap_unchecked();
    let mut sum = 0_i64;
    for sys_id in read.first..read.first + read.count {
        let mut found = 0;
        let sum = (&raw mut sum).cast();
        let visitor = Some(add_balance as _);
        let found_ptr = &raw mut found;
        if entry(host.ctx_ptr, ACCOUNT, sys_id, sum, visitor, found_ptr, out_error) == FAILURE {
            return FAILURE;
        }
        if found == 0 {
            return reject("there is no such account", out_error);
        }
    }
    expect(sum, read.expected, out_error)
}

pub(crate) unsafe fn read_by_pk(
    host: RuntimeHostContextV1,
    payload: *const u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let read = Read::decode(payload);
    let entry = (*host.vtable).with_read_typed_by_pk_raw.unwrap_unchecked();
    let mut sum = 0_i64;
    for account_id in read.first..read.first + read.count {
        let mut found = 0;
        let key = account_id.to_be_bytes();
        let pk = RuntimeBytesRef::from_slice(&key);
        let sum = (&raw mut sum).cast();
        let visitor = Some(add_balance as _);
        let found_ptr = &raw mut found;
        if entry(host.ctx_ptr, ACCOUNT, pk, sum, visitor, found_ptr, out_error) == FAILURE {
            return FAILURE;
        }
        if found == 0 {
            return reject("there is no such account", out_error);
        }
    }
    expect(sum, read.expected, out_error)
}

unsafe extern "C" fn add_balance(sum: *mut c_void, bytes: RuntimeBytesRef) {
    let sum = sum.cast::<i64>();
    *sum = (*sum).wrapping_add(balance(bytes.ptr));
}

struct Booking {
    account_id: u64,
    amount: i64,
    limit: i64,
    now_us: u64,
    balance: Option<i64>,
}

pub(crate) unsafe fn deposit(
    host: RuntimeHostContextV1,
    payload: *const u8,
    limit: i64,
    now_us: u64,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let (account_id, amount) = account_and_amount(payload);
    let table = &*host.vtable;
    let mut booking = Booking { account_id, amount, limit, now_us, balance: None };
    let key = account_id.to_be_bytes();
    let pk = RuntimeBytesRef::from_slice(&key);
    let mut found = 0;

    let update = table.update_typed_by_pk_raw.unwrap_unchecked();
    let ctx = (&raw mut booking).cast();
    if update(host.ctx_ptr, ACCOUNT, pk, ctx, Some(book_it), &raw mut found, out_error) == FAILURE {
        return FAILURE;
    }
    if found == 0 {
        return reject("there is no such account", out_error);
    }
    let Some(balance) = booking.balance else {
        return reject("the balance would overflow", out_error);
    };

    let create = table.create_typed_raw.unwrap_unchecked();
    let mut made = RuntimeRecordKeyView { kind: 0, sys_id: 0 };
    let ctx = (&raw mut booking).cast();
    if create(host.ctx_ptr, ENTRY, ctx, Some(enter_it), &raw mut made, out_error) == FAILURE {
        return FAILURE;
    }

    let emit = table.emit_typed_event_raw.unwrap_unchecked();
    let event = balance_changed(account_id, amount, balance);
    emit(host.ctx_ptr, BALANCE_CHANGED, RuntimeBytesRef::from_slice(&event), out_error)
}

unsafe extern "C" fn book_it(booking: *mut c_void, bytes: RuntimeBytesMutRef) {
    let booking = &mut *booking.cast::<Booking>();
    booking.balance = book(bytes.ptr, booking.amount, booking.limit, booking.now_us);
}

unsafe extern "C" fn enter_it(booking: *mut c_void, bytes: RuntimeBytesMutRef) {
    let booking = &*booking.cast::<Booking>();
    let balance = booking.balance.unwrap_unchecked() as u64;
    fill_entry(bytes.ptr, [booking.account_id, booking.amount as u64, balance, booking.now_us]);
}

pub(crate) unsafe fn fail_in_host(
    host: RuntimeHostContextV1,
    payload: *const u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let id = u64::from_le_bytes(crate::field(payload, 0));
    let key = id.to_be_bytes();
    let pk = RuntimeBytesRef::from_slice(&key);
    let mut found = 0;
    let update = (*host.vtable).update_typed_by_pk_raw.unwrap_unchecked();
    let visitor = Some(ignore as _);
    let found_ptr = &raw mut found;
    if update(host.ctx_ptr, MISSING, pk, ptr::null_mut(), visitor, found_ptr, out_error) == FAILURE
    {
        return FAILURE;
    }
    if found == 0 {
        return reject("there is no such record", out_error);
    }
    RuntimeCallStatus::Success
}

unsafe extern "C" fn ignore(_ctx: *mut c_void, _bytes: RuntimeBytesMutRef) {}

unsafe fn expect(sum: i64, expected: i64, out_error: *mut RuntimeErrorBuf) -> RuntimeCallStatus {
    if sum == expected {
        return RuntimeCallStatus::Success;
    }
    reject("the balances read are not those expected", out_error)
}

pub(crate) unsafe fn reject(text: &str, out_error: *mut RuntimeErrorBuf) -> RuntimeCallStatus {
    let target = (&raw mut (*out_error).message_buf).cast::<u8>();
    ptr::copy_nonoverlapping(text.as_ptr(), target, text.len());
    write_header(text.len(), out_error)
}

pub(crate) unsafe fn reject_formatted(
    payload: *const u8,
    out_error: *mut RuntimeErrorBuf,
) -> RuntimeCallStatus {
    let (account_id, amount) = account_and_amount(payload);
    let start = (&raw mut (*out_error).message_buf).cast::<u8>();
    let mut text = Text { start, len: 0 };
    let _written = write!(text, "account {account_id} cannot pay {amount}: insufficient balance");
    write_header(text.len, out_error)
}

unsafe fn write_header(len: usize, out_error: *mut RuntimeErrorBuf) -> RuntimeCallStatus {
    (*out_error).phase = RuntimeErrorPhase::RunTx;
    (*out_error).kind = PLUGIN_REJECTED;
    (*out_error).message_len = len;
    FAILURE
}

struct Text {
    start: *mut u8,
    len: usize,
}

impl core::fmt::Write for Text {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        unsafe { ptr::copy_nonoverlapping(text.as_ptr(), self.start.add(self.len), text.len()) };
        self.len += text.len();
        Ok(())
    }
}
