//! Looks up the records of commands to come.

use std::hint::black_box;

use statevec_abi::{abi::RecordKind, boundary::RuntimeCommandRef};
use statevec_abi_alloc::schema::{
    PayloadDefinition, PayloadFieldDefinition, PkLayout, RecordDefinition, SchemaRegistry,
};

use crate::store::Store;

/// Guesses the keys that commands use, and looks them up before the commands run.
///
/// With many records a command mostly waits for memory: for a bucket of the index, and then for the
/// row. The waits of independent lookups overlap, those of a command and the next do not. A lookup
/// changes nothing, so a wrong guess costs its time only.
///
/// The guess is made from the schema: fields of the command that have the names and types of a
/// record's key; without such names, every field that has the type of a key of one field.
#[derive(Debug)]
pub(super) struct Lookahead {
    /// By command kind.
    keys: Vec<Vec<GuessedKey>>,
}

/// Commands whose records are looked up together. The rows of so many fit the fastest cache.
pub(super) const AHEAD: usize = 16;

/// At most so many lookups are made for a command.
const GUESSES: usize = 4;

/// A key that is made of fields of a command.
#[derive(Debug)]
struct GuessedKey {
    record: RecordKind,
    layout: PkLayout,
    fields: Vec<FieldMove>,
    /// A record's data with the key fields only.
    data: Vec<u8>,
    pk: Vec<u8>,
}

/// From where in the payload to where in the record's data a field moves.
#[derive(Debug, Clone, Copy)]
struct FieldMove {
    from: usize,
    to: usize,
    len: usize,
}

impl Lookahead {
    pub(super) fn new(schema: &SchemaRegistry) -> Self {
        let mut keys: Vec<Vec<GuessedKey>> = Vec::new();
        keys.resize_with(256, Vec::new);
        for command in schema.command_defs() {
            if let Some(keys) = keys.get_mut(usize::from(command.kind)) {
                *keys = guess(schema, command);
            }
        }
        Self { keys }
    }

    /// Looks up the records that commands will probably use, where there are so many records that
    /// the lookups wait for memory.
    pub(super) fn look_up(&mut self, commands: &[RuntimeCommandRef<'_>], store: &Store) {
        for command in commands {
            let keys = self.keys.get_mut(usize::from(command.command_kind()));
            for key in keys.into_iter().flatten() {
                let record = key.record;
                if !store.outgrows_caches(record) {
                    continue;
                }
                if let Some(pk) = key.encode(command.payload()) {
                    black_box(store.get_by_pk(record, pk));
                }
            }
        }
    }
}

impl GuessedKey {
    fn encode(&mut self, payload: &[u8]) -> Option<&[u8]> {
        for &FieldMove { from, to, len } in &self.fields {
            let field = payload.get(from..)?.get(..len)?;
            self.data.get_mut(to..)?.get_mut(..len)?.copy_from_slice(field);
        }
        self.layout.encode(&self.data, &mut self.pk)
    }
}

fn guess(schema: &SchemaRegistry, command: &PayloadDefinition) -> Vec<GuessedKey> {
    let placed = placed(command);
    let named = schema.record_defs().filter_map(|record| by_name(schema, record, &placed));
    let named: Vec<_> = named.take(GUESSES).collect();
    if named.is_empty() { by_type(schema, &placed) } else { named }
}

/// The fields at fixed places, with these.
fn placed(command: &PayloadDefinition) -> Vec<(usize, &PayloadFieldDefinition)> {
    let mut at = 0_usize;
    let fields = command.fields.iter().map_while(|field| {
        let place = at;
        at = at.checked_add(field.fixed_size? as usize)?;
        Some((place, field))
    });
    fields.collect()
}

/// The key of a record, if the command has a field of the same name and type for each of the key's.
fn by_name(
    schema: &SchemaRegistry,
    record: &RecordDefinition,
    placed: &[(usize, &PayloadFieldDefinition)],
) -> Option<GuessedKey> {
    let moves = record.pk_fields.iter().map(|name| {
        let to = record.field_by_name(name)?;
        let (from, field) = placed.iter().find(|(_, field)| field.name == *name)?;
        let fits = field.ty == to.ty && field.fixed_size == Some(to.len);
        let (to, len) = (to.offset as usize, to.len as usize);
        fits.then_some(FieldMove { from: *from, to, len })
    });
    GuessedKey::new(schema, record, moves.collect::<Option<_>>()?)
}

/// Every field as the key of every record whose key is one field of that type.
fn by_type(
    schema: &SchemaRegistry,
    placed: &[(usize, &PayloadFieldDefinition)],
) -> Vec<GuessedKey> {
    let mut keys = Vec::new();
    for record in schema.record_defs() {
        let [name] = &*record.pk_fields else { continue };
        let Some(to) = record.field_by_name(name) else { continue };
        for (from, field) in placed {
            if field.ty == to.ty && field.fixed_size == Some(to.len) {
                let (to, len) = (to.offset as usize, to.len as usize);
                keys.extend(GuessedKey::new(
                    schema,
                    record,
                    vec![FieldMove { from: *from, to, len }],
                ));
            }
        }
    }
    keys.truncate(GUESSES);
    keys
}

impl GuessedKey {
    fn new(
        schema: &SchemaRegistry,
        record: &RecordDefinition,
        fields: Vec<FieldMove>,
    ) -> Option<Self> {
        let layout = schema.pk_layout(record.kind).filter(|_| !fields.is_empty())?.clone();
        let (data, pk) = (vec![0; layout.data_len()], vec![0; layout.pk_len()]);
        Some(Self { record: record.kind, layout, fields, data, pk })
    }
}

#[cfg(test)]
mod tests {
    use statevec_abi::{
        schema,
        typed::{Command, Record},
    };
    use statevec_abi_alloc::schema::SchemaRegistry;

    use super::Lookahead;

    #[derive(Record)]
    #[record(kind = 1, len = 64, pk(account_id))]
    struct Account {
        #[field(immutable)]
        account_id: u64,
        balance: i64,
    }

    #[derive(Command)]
    #[command(kind = 1)]
    struct Deposit {
        account_id: u64,
        amount: u64,
    }

    #[derive(Command)]
    #[command(kind = 3)]
    struct Transfer {
        from: u64,
        to: u64,
        amount: u64,
    }

    schema! {
        const SCHEMA = {
            version: "1.0",
            records: [Account],
            commands: [Deposit, Transfer],
            events: [],
        };
    }

    /// The keys that are guessed for a payload.
    fn guessed(kind: usize, payload: &[u8]) -> Vec<Vec<u8>> {
        let mut lookahead = Lookahead::new(&SchemaRegistry::from_idl_json(SCHEMA.json).unwrap());
        let keys = lookahead.keys[kind].iter_mut();
        keys.filter_map(|key| key.encode(payload).map(<[u8]>::to_vec)).collect()
    }

    fn payload(words: &[u64]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    #[test]
    fn field_with_the_name_of_the_key_is_the_only_guess() {
        assert_eq!(guessed(1, &payload(&[7, 1000])), [7_u64.to_be_bytes()]);
    }

    #[test]
    fn fields_of_the_key_type_are_guessed_without_such_a_name() {
        let keys = [3_u64, 4, 1000].map(|key| key.to_be_bytes().to_vec());
        assert_eq!(guessed(3, &payload(&[3, 4, 1000])), keys);
    }

    #[test]
    fn short_payload_and_unknown_command_give_no_guess() {
        assert!(guessed(1, &[0; 7]).is_empty());
        assert!(guessed(9, &payload(&[7, 1000])).is_empty());
    }
}
