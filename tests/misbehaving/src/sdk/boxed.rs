//! The plugin that panics, behind the published traits.

use std::sync::OnceLock;

use statevec_abi::abi::RuntimePluginApiV1;
use statevec_abi_alloc::{
    BizInvariantReadContext, ExportedFactory, RuntimeCommandEnvelope, RuntimeHostContext,
    RuntimeHostContextExt, RuntimeHostError, RuntimePlugin, RuntimePluginError,
    RuntimePluginFactory, RuntimePluginLoadError, RuntimePluginUnloadError, SchemaCell,
    SchemaRegistry, factory_api,
};

use super::thrown::{Grenade, Thrown, drop_at_the_end, parse, throw, throw_if_told};
use crate::schema::{ACCOUNT, Account, SCHEMA, VALUE_AT, WELL, key};

pub(crate) const TABLE: RuntimePluginApiV1 = factory_api::<Exported>();

struct Exported;

impl ExportedFactory for Exported {
    fn factory() -> Box<dyn RuntimePluginFactory> {
        Box::new(Factory)
    }

    fn schema_cache() -> &'static impl SchemaCell {
        static SCHEMA: OnceLock<String> = OnceLock::new();
        &SCHEMA
    }
}

struct Factory;

struct Boxed {
    place: String,
    thrown: Thrown,
}

impl RuntimePluginFactory for Factory {
    fn plugin_name(&self) -> &'static str {
        throw_if_told("name");
        "boxed"
    }

    fn schema_registry(&self) -> SchemaRegistry {
        registry()
    }

    fn create(&self, config: &str) -> Result<Box<dyn RuntimePlugin>, RuntimePluginLoadError> {
        match parse(config) {
            Some(("create", thrown)) => throw("create", thrown),
            Some((place, thrown)) => Ok(Box::new(Boxed { place: place.into(), thrown })),
            None => Err(RuntimePluginLoadError::new(format!("{config:?} is no panic"))),
        }
    }
}

impl RuntimePlugin for Boxed {
    fn name(&self) -> &'static str {
        "boxed"
    }

    fn schema_registry(&self) -> SchemaRegistry {
        registry()
    }

    fn run_tx(
        &self,
        tx: &mut dyn RuntimeHostContext,
        command: &dyn RuntimeCommandEnvelope,
    ) -> Result<(), RuntimePluginError> {
        if command.command_kind() == WELL {
            create(tx, command.ext_seq(), 0)?;
            return Ok(());
        }
        // Something to undo.
        create(tx, 1000, 7)?;
        let first = key(1);
        tx.update_typed_by_pk_raw(ACCOUNT, &first, &mut |data| data[VALUE_AT] = 7)?;
        match &*self.place {
            "run_tx" => self.throw(),
            "read_by_id visitor" => {
                tx.with_read_typed_raw(ACCOUNT, 1, &mut |_| self.throw())?;
            }
            "read_by_pk visitor" => {
                tx.with_read_typed_by_pk_raw(ACCOUNT, &first, &mut |_| self.throw())?;
            }
            "for_each visitor" => tx.for_each_record_key_raw(ACCOUNT, &mut |_| self.throw())?,
            "create visitor" => {
                tx.create_typed_raw(ACCOUNT, &mut |_| self.throw())?;
            }
            "update visitor" => {
                tx.update_typed_by_pk_raw(ACCOUNT, &first, &mut |data| {
                    data.fill(0xEE);
                    self.throw()
                })?;
            }
            "destructor of a visitor that ran" => {
                let grenade = Grenade(self.thrown);
                tx.with_read_typed_raw(ACCOUNT, 1, &mut move |_| drop_at_the_end(&grenade))?;
            }
            "destructor of a visitor that never ran" => {
                let grenade = Grenade(self.thrown);
                tx.with_read_typed_raw(ACCOUNT, 404, &mut move |_| drop_at_the_end(&grenade))?;
            }
            _ => {}
        }
        Ok(())
    }

    fn validate_biz_invariants(&self, state: &dyn BizInvariantReadContext) -> Result<(), String> {
        let result = match &*self.place {
            "validate" => self.throw(),
            "validate read_by_id visitor" => {
                state.with_read_typed_raw(ACCOUNT, 1, &mut |_| self.throw()).map(drop)
            }
            "validate read_by_pk visitor" => {
                state.with_read_typed_by_pk_raw(ACCOUNT, &key(1), &mut |_| self.throw()).map(drop)
            }
            "validate for_each visitor" => {
                state.for_each_record_key_raw(ACCOUNT, &mut |_| self.throw())
            }
            _ => Ok(()),
        };
        result.map_err(|error| error.to_string())
    }

    fn on_unload(&mut self) -> Result<(), RuntimePluginUnloadError> {
        if self.place == "on_unload" {
            self.throw();
        }
        Ok(())
    }
}

impl Drop for Boxed {
    fn drop(&mut self) {
        if self.place == "drop" {
            self.throw();
        }
    }
}

impl Boxed {
    fn throw(&self) -> ! {
        throw(&self.place, self.thrown)
    }
}

fn create(tx: &mut dyn RuntimeHostContext, id: u64, value: u64) -> Result<(), RuntimeHostError> {
    tx.create_typed(&Account { id, value }).map(drop)
}

fn registry() -> SchemaRegistry {
    match SchemaRegistry::from_def(SCHEMA.def) {
        Ok(registry) => registry,
        Err(error) => panic!("the schema is in order: {error}"),
    }
}
