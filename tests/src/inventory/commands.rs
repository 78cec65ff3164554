//! Commands that run every path of the inventory.

use statevec_abi::{boundary::RuntimeCommandRef, typed::Command};

use super::{Discontinue, Receive, Register, Ship, Sku};

/// A command and its encoded payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The command's kind.
    pub kind: u8,
    /// The payload.
    pub payload: Vec<u8>,
}

impl Sent {
    /// Encodes a command.
    ///
    /// # Panics
    ///
    /// The command's variable bytes are longer than 65535.
    pub fn of<C: Command>(command: &C) -> Self {
        let mut payload = vec![0; command.encoded_len()];
        if let Err(error) = command.encode(&mut payload) {
            panic!("a command that cannot be encoded: {error}");
        }
        Self { kind: C::KIND, payload }
    }

    /// The command as a host passes it on.
    #[must_use]
    pub fn command(&self, ext_seq: u64) -> RuntimeCommandRef<'_> {
        RuntimeCommandRef::new(self.kind, ext_seq, 1_000 * ext_seq, &self.payload)
    }
}

/// One command after another, for an inventory with `max_on_hand=100`: every commit, every
/// rejection, refusals of the host, and malformed commands.
#[must_use]
pub fn commands() -> Vec<Sent> {
    let (bolt, nut, absent) = (Sku::from(b"BOLT-M8"), Sku::from(b"NUT-M8-A2-XL"), Sku::from(b"?"));
    vec![
        Sent::of(&Receive { sku: bolt, quantity: 1 }),
        Sent::of(&Register { sku: bolt }),
        Sent::of(&Register { sku: bolt }),
        Sent::of(&Register { sku: nut }),
        Sent::of(&Receive { sku: bolt, quantity: 60 }),
        Sent::of(&Receive { sku: bolt, quantity: 41 }),
        Sent::of(&Receive { sku: bolt, quantity: 40 }),
        Sent::of(&Receive { sku: bolt, quantity: u32::MAX }),
        Sent::of(&Receive { sku: nut, quantity: 0 }),
        Sent::of(&Receive { sku: nut, quantity: 7 }),
        Sent::of(&Ship { sku: nut, quantity: 0 }),
        Sent::of(&Ship { sku: nut, quantity: 8 }),
        Sent::of(&Ship { sku: nut, quantity: 7 }),
        Sent::of(&Ship { sku: absent, quantity: 1 }),
        Sent::of(&Discontinue { sku: bolt }),
        Sent::of(&Discontinue { sku: nut }),
        Sent::of(&Discontinue { sku: nut }),
        // A number that was used is not used again.
        Sent::of(&Register { sku: nut }),
        Sent { kind: 9, payload: vec![] },
        Sent { kind: 1, payload: vec![] },
        Sent { kind: 2, payload: vec![0; 17] },
        Sent { kind: 3, payload: vec![0; 19] },
        Sent::of(&Ship { sku: bolt, quantity: 99 }),
    ]
}
