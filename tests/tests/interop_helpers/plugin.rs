//! The plugin behind the helper functions, for two crates that use the same names: a macro writes
//! it where their names are in scope as `api`.

/// A plugin whose commands are host calls, and whose results its configuration decides.
macro_rules! probe_plugin {
    () => {
        struct Factory;

        /// Text that `validate` and `on_unload` fail with; none: they succeed.
        struct Probe(Option<String>);

        fn factory() -> Box<dyn api::RuntimePluginFactory> {
            Box::new(Factory)
        }

        impl api::RuntimePluginFactory for Factory {
            fn plugin_name(&self) -> &'static str {
                "probe"
            }

            fn schema_registry(&self) -> api::SchemaRegistry {
                api::SchemaRegistry::from_idl_json(statevec_tests::inventory::SCHEMA.json).unwrap()
            }

            fn create(
                &self,
                config: &str,
            ) -> Result<Box<dyn api::RuntimePlugin>, api::RuntimePluginLoadError> {
                match config.strip_prefix("refuse:") {
                    Some(reason) => Err(api::RuntimePluginLoadError::new(reason)),
                    None => Ok(Box::new(Probe(config.strip_prefix("fail:").map(str::to_owned)))),
                }
            }
        }

        impl api::RuntimePlugin for Probe {
            fn name(&self) -> &'static str {
                "probe"
            }

            fn schema_registry(&self) -> api::SchemaRegistry {
                api::SchemaRegistry::from_idl_json(statevec_tests::inventory::SCHEMA.json).unwrap()
            }

            /// Kind 0 succeeds, kind 1 rejects with the payload as its reason, and the others make
            /// a host call each on the record kind that the payload names, and reject with its
            /// result.
            fn run_tx(
                &self,
                tx: &mut dyn api::RuntimeHostContext,
                command: &dyn api::RuntimeCommandEnvelope,
            ) -> Result<(), api::RuntimePluginError> {
                let payload = command.payload();
                let kind = payload.first().copied().unwrap_or(0);
                let mut lent = Vec::new();
                let mut keys = Vec::new();
                let came = match command.command_kind() {
                    0 => return Ok(()),
                    1 => String::from_utf8_lossy(payload).into_owned(),
                    2 => format!(
                        "{:?}",
                        tx.with_read_typed_raw(kind, 7, &mut |b| lent.extend_from_slice(b))
                    ),
                    3 => format!(
                        "{:?}",
                        tx.with_read_typed_by_pk_raw(kind, b"pk", &mut |b| lent
                            .extend_from_slice(b))
                    ),
                    4 => format!(
                        "{:?}",
                        tx.create_typed_raw(kind, &mut |b| {
                            b.fill(1);
                            lent.extend_from_slice(b)
                        })
                    ),
                    5 => format!(
                        "{:?}",
                        tx.update_typed_by_pk_raw(kind, b"pk", &mut |b| {
                            b.fill(2);
                            lent.extend_from_slice(b)
                        })
                    ),
                    6 => format!("{:?}", tx.delete_by_pk_raw(kind, b"pk")),
                    7 => format!("{:?}", tx.emit_typed_event_raw(kind, payload)),
                    8 => {
                        format!("{:?}", tx.for_each_record_key_raw(kind, &mut |key| keys.push(key)))
                    }
                    _ => format!("{:?}", tx.debug_log(String::from_utf8_lossy(payload).into())),
                };
                let envelope = (command.ext_seq(), command.ref_ext_time_us());
                Err(api::RuntimePluginError::new(match command.command_kind() {
                    1 => came,
                    _ => format!("{came} {lent:?} {keys:?} {envelope:?}"),
                }))
            }

            /// Fails as it was configured, or else as its host calls do.
            fn validate_biz_invariants(
                &self,
                state: &dyn api::BizInvariantReadContext,
            ) -> Result<(), String> {
                let mut seen = Vec::new();
                if let Some(reason) = &self.0 {
                    return Err(reason.clone());
                }
                let by_id = state.with_read_typed_raw(1, 7, &mut |b| seen.extend_from_slice(b));
                let by_pk =
                    state.with_read_typed_by_pk_raw(1, b"pk", &mut |b| seen.extend_from_slice(b));
                let keys = state.for_each_record_key_raw(1, &mut |key| seen.push(key.kind));
                match (&by_id, &by_pk, &keys) {
                    (Ok(_), Ok(_), Ok(_)) => Ok(()),
                    _ => Err(format!("{by_id:?} {by_pk:?} {keys:?} {seen:?}")),
                }
            }

            fn on_unload(&mut self) -> Result<(), api::RuntimePluginUnloadError> {
                match self.0.take() {
                    Some(reason) => Err(api::RuntimePluginUnloadError::new(reason)),
                    None => Ok(()),
                }
            }
        }
    };
}
