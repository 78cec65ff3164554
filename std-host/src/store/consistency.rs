//! Checks for tests: rows, numbers, index and key order of a table agree with each other.

use std::ops::Bound;

use statevec_abi::abi::RecordKind;

use super::{Store, rows::Slot, table::RecordTable};

impl Store {
    /// Checks, for tests, that indexes, orders and rows agree with each other outside of a
    /// transaction.
    ///
    /// # Errors
    ///
    /// The first disagreement.
    #[doc(hidden)]
    pub fn check_consistency(&self) -> Result<(), String> {
        for table in self.tables.iter() {
            check(table).map_err(|what| format!("{}: {what}", table.layout().name()))?;
        }
        if !self.open && self.undo.size() == 0 {
            Ok(())
        } else {
            Err("a transaction is running".into())
        }
    }

    /// The free rows of a kind, for tests. The last one is used first.
    #[doc(hidden)]
    #[must_use]
    pub fn free_rows(&self, kind: RecordKind) -> Vec<u32> {
        self.tables.get(kind).map_or_else(Vec::new, |table| table.free_rows().collect())
    }
}

fn check(table: &RecordTable) -> Result<(), String> {
    check_rows(table)?;
    check_keys(table)?;
    check_order(table)
}

/// Checks that every row belongs to one record or is free, and that the numbers ascend.
fn check_rows(table: &RecordTable) -> Result<(), String> {
    let mut used = vec![false; table.row_count()];
    let mut use_up = |slot: Slot| match used.get_mut(slot as usize) {
        Some(used) if !*used => {
            *used = true;
            Ok(())
        }
        _ => Err(format!("slot {slot} is used twice, or does not exist")),
    };
    let mut last = 0;
    for (id, slot) in table.ids().zip(table.slots()) {
        use_up(slot)?;
        if id <= last
            || id >= table.next_id()
            || table.record(slot).sys_id != id
            || table.find_by_id(id) != Some(slot)
        {
            return Err(format!("record {id} is out of order; next {}", table.next_id()));
        }
        last = id;
    }
    table.free_rows().try_for_each(use_up)?;
    match used.iter().position(|used| !used) {
        Some(lost) => Err(format!("slot {lost} is neither used nor free")),
        None => Ok(()),
    }
}

/// Checks that every record is found by the key that its data holds, and nothing else is.
fn check_keys(table: &RecordTable) -> Result<(), String> {
    let pk = table.layout().pk();
    let keys = if pk.is_some() { table.len() } else { 0 };
    if table.key_count() != keys {
        return Err(format!("{} keys for {} records", table.key_count(), table.len()));
    }
    let Some(pk) = pk else { return Ok(()) };
    for slot in table.slots() {
        let mut key = vec![0; pk.pk_len()];
        let key = pk.encode(table.data(slot), &mut key);
        if key != Some(table.key(slot)) || table.find(table.key(slot)) != Some(slot) {
            let id = table.record(slot).sys_id;
            return Err(format!("record {id} is not found by its key"));
        }
    }
    Ok(())
}

fn check_order(table: &RecordTable) -> Result<(), String> {
    let Some(slots) = table.range(Bound::Unbounded, Bound::Unbounded) else { return Ok(()) };
    let slots: Vec<_> = slots.collect();
    if slots.len() != table.len() {
        return Err(format!("{} ordered keys for {} records", slots.len(), table.len()));
    }
    if !slots.is_sorted_by(|a, b| table.key(*a) < table.key(*b)) {
        return Err("the keys are out of order".into());
    }
    Ok(())
}
