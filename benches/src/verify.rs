//! The proof that a peer does the work of all the others.

use crate::{FlatStore, Operation, Peer, operation::COMMANDS};

/// Runs every operation through a peer, and compares every outcome with the expected one. Returns
/// the checksum of the store afterwards: the same for every peer.
///
/// # Errors
///
/// The first outcome that differs, in words.
pub fn verify<P: Peer>(peer: &mut P) -> Result<u64, String> {
    for operation in Operation::ALL {
        for (number, command) in (1..).zip(operation.commands()) {
            let expected = operation.expected(number);
            let expected = match operation {
                Operation::HostError => {
                    expected.map(|(kind, text)| P::host_error_passed_on(kind, text))
                }
                _ => expected,
            };
            let failed = |kind, text: &[u8]| (kind, String::from_utf8_lossy(text).into_owned());
            let got = peer.run(&command).err().map(|failure| failed(failure.kind, failure.text));
            if got != expected {
                let (name, operation) = (P::NAME, operation.name());
                return Err(format!(
                    "{name}: {operation} {number} ended with {got:?} and not with {expected:?}"
                ));
            }
        }
    }
    if !(0..COMMANDS).all(|_| peer.create_and_destroy()) {
        return Err(format!("{}: an instance could not be created", P::NAME));
    }
    if peer.entry_and_schema() == Some(0) {
        return Err(format!("{}: no schema", P::NAME));
    }
    Ok(peer.store().checksum())
}

/// The checksum that [`verify`] must find, computed without any plugin.
#[must_use]
pub fn expected_checksum() -> u64 {
    let mut store = FlatStore::new();
    for (number, command) in (1_u64..).zip(Operation::Deposit.commands()) {
        let (account_id, amount, at_us) = (512 + number, number * 7, command.ref_ext_time_us());
        let balance = account_id * 1000 + amount;
        let Ok(Some(account)) = store.by_pk_mut(1, &account_id.to_be_bytes()) else { continue };
        account[8..16].copy_from_slice(&balance.to_le_bytes());
        account[16..24].copy_from_slice(&1_u64.to_le_bytes());
        account[24..32].copy_from_slice(&at_us.to_le_bytes());
        let Ok((_, entry)) = store.create(2) else { continue };
        let fields = [account_id, amount, balance, at_us].map(u64::to_le_bytes);
        entry[..32].copy_from_slice(fields.as_flattened());
        let mut event = [1; 25];
        event[..24].copy_from_slice(&fields.as_flattened()[..24]);
        if store.emit(1, &event).is_err() {
            continue;
        }
    }
    store.checksum()
}
