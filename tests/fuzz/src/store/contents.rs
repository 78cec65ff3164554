//! Compares the records of a store with those of the model.

/// Compares all reading functions of a store with the model. It is a macro, because the two stores
/// have functions of the same names and no common trait.
macro_rules! assert_contents {
    ($store:expr, $model:expr) => {{
        let (store, model) = (&$store, &$model);
        assert_eq!(store.is_empty(), model.tables.values().all(|table| table.records.is_empty()));
        for (&kind, table) in &model.tables {
            assert_eq!(store.next_sys_id(kind), Some(table.next_id));
            assert_eq!(store.len(kind), table.records.len());
            let stored = store.records(kind).map(|record| (record.sys_id, record.data));
            assert!(stored.eq(table.records.iter().map(|(id, data)| (*id, data.as_slice()))));
            for id in 0..=table.next_id {
                assert_eq!(store.get(kind, id), table.records.get(&id).map(Vec::as_slice));
            }
            for (&id, data) in
                table.records.iter().filter(|_| $crate::store::schema::pk_len(kind).is_some())
            {
                let found = store.get_by_pk(kind, &$crate::store::schema::pk(kind, data));
                assert_eq!(found.map(|record| record.sys_id), Some(id));
            }
        }
    }};
}

pub(super) use assert_contents;
