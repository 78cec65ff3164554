//! The plugin in wasmtime, as a peer of the benches.

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use statevec_abi::boundary::RuntimeCommandRef;
use statevec_benches::{
    Failure, FlatStore, Peer,
    store::{Refused, Row},
};
use wasmtime::{Caller, Engine, Linker, Memory, Module, Result, Store, TypedFunc, bail};

/// The module, beside the program's folder.
const MODULE: &str = "wasm32-unknown-unknown/release/statevec_bench_wasm_guest.wasm";

/// Answers to the module's calls.
const NONE: i32 = 0;
const FOUND: i32 = 1;
const REFUSED: i32 = -1;

type Run = TypedFunc<(u32, u32, u64, u64, u32), u32>;

/// The plugin of the core SDK, compiled to WebAssembly, in wasmtime.
pub(crate) struct Sandbox {
    store: Store<Host>,
    memory: Memory,
    instance: u32,
    payload: u32,
    text: u32,
    run: Run,
    create: TypedFunc<(), u32>,
    destroy: TypedFunc<u32, u32>,
    schema_len: TypedFunc<(), u32>,
    failure: Vec<u8>,
}

/// The bench store, and the module's memory, which every call needs.
struct Host {
    records: FlatStore,
    memory: Option<Memory>,
}

impl Peer for Sandbox {
    const NAME: &'static str = "core SDK, wasmtime 43";

    fn load() -> std::result::Result<Self, Box<dyn Error>> {
        let engine = Engine::default();
        let module = Module::new(&engine, fs::read(path()?)?)?;
        let mut store = Store::new(&engine, Host { records: FlatStore::new(), memory: None });
        let linker = linker(&engine)?;
        let module = linker.instantiate(&mut store, &module)?;
        let memory = module.get_memory(&mut store, "memory").ok_or("the module has no memory")?;
        store.data_mut().memory = Some(memory);
        let create = module.get_typed_func::<(), u32>(&mut store, "create")?;
        let instance = create.call(&mut store, ())?;
        if instance == 0 {
            return Err("the plugin was not created".into());
        }
        let mut place = |name| -> Result<u32> {
            module.get_typed_func::<u32, u32>(&mut store, name)?.call(&mut store, instance)
        };
        let (payload, text) = (place("payload")?, place("text")?);
        Ok(Self {
            run: module.get_typed_func(&mut store, "run")?,
            destroy: module.get_typed_func(&mut store, "destroy")?,
            schema_len: module.get_typed_func(&mut store, "schema_len")?,
            create,
            store,
            memory,
            instance,
            payload,
            text,
            failure: Vec::new(),
        })
    }

    #[inline]
    fn run(&mut self, command: &RuntimeCommandRef<'_>) -> std::result::Result<(), Failure<'_>> {
        match self.try_run(command) {
            Ok(0) => Ok(()),
            Ok(kind) => Err(Failure { kind, text: &self.failure }),
            Err(error) => {
                self.failure = error.to_string().into_bytes();
                Err(Failure { kind: u16::MAX, text: &self.failure })
            }
        }
    }

    fn create_and_destroy(&mut self) -> bool {
        let created = self.create.call(&mut self.store, ());
        created.is_ok_and(|instance| {
            instance != 0 && self.destroy.call(&mut self.store, instance).is_ok_and(|ok| ok == 1)
        })
    }

    fn entry_and_schema(&mut self) -> Option<usize> {
        Some(self.schema_len.call(&mut self.store, ()).ok()? as usize)
    }

    fn store(&self) -> &FlatStore {
        &self.store.data().records
    }
}

impl Sandbox {
    /// Returns 0, or the kind of a failure, whose text is copied out of the module.
    #[inline]
    fn try_run(&mut self, command: &RuntimeCommandRef<'_>) -> Result<u16> {
        let payload = command.payload();
        self.memory.write(&mut self.store, self.payload as usize, payload)?;
        let arguments = (
            self.instance,
            command.command_kind().into(),
            command.ext_seq(),
            command.ref_ext_time_us(),
            payload.len() as u32,
        );
        let kind = self.run.call(&mut self.store, arguments)?;
        if kind != 0 {
            let memory = self.memory.data(&self.store);
            let word = |at| Ok::<_, wasmtime::Error>(u32::from_le_bytes(array(memory, at)?));
            let text = slice(memory, word(self.text)?, word(self.text + 4)?)?;
            self.failure.clear();
            self.failure.extend_from_slice(text);
        }
        Ok(kind as u16)
    }
}

/// The module's path, from that of this program.
fn path() -> std::result::Result<PathBuf, Box<dyn Error>> {
    let program = env::current_exe()?;
    let target = program.parent().and_then(Path::parent).ok_or("the program is in no folder")?;
    Ok(target.join(MODULE))
}

fn linker(engine: &Engine) -> Result<Linker<Host>> {
    let mut linker = Linker::new(engine);
    linker.func_wrap(
        "host",
        "read_by_id",
        |mut caller: Caller<'_, Host>, kind: u32, id: u64, row| {
            let (memory, records) = parts(&mut caller)?;
            answer(memory, row, records.by_id(kind as u8, id))
        },
    )?;
    linker.func_wrap(
        "host",
        "read_by_pk",
        |mut caller: Caller<'_, Host>, kind: u32, pk, pk_len, row| {
            let (memory, records) = parts(&mut caller)?;
            let found = records.by_pk(kind as u8, slice(memory, pk, pk_len)?);
            answer(memory, row, found)
        },
    )?;
    linker.func_wrap(
        "host",
        "write_by_pk",
        |mut caller: Caller<'_, Host>, kind: u32, pk, pk_len, row| {
            let (memory, records) = parts(&mut caller)?;
            let bytes = array(memory, row)?;
            let found = records.by_pk_mut(kind as u8, slice(memory, pk, pk_len)?);
            Ok(match found {
                Ok(Some(row)) => {
                    *row = bytes;
                    FOUND
                }
                Ok(None) => NONE,
                Err(_) => REFUSED,
            })
        },
    )?;
    linker.func_wrap("host", "create", |mut caller: Caller<'_, Host>, kind: u32, row| {
        let (memory, records) = parts(&mut caller)?;
        let bytes = array(memory, row)?;
        let created = records.create(kind as u8).map(|(sys_id, row)| {
            *row = bytes;
            sys_id.cast_signed()
        });
        Ok(created.unwrap_or(REFUSED.into()))
    })?;
    linker.func_wrap("host", "emit", |mut caller: Caller<'_, Host>, kind: u32, payload, len| {
        let (memory, records) = parts(&mut caller)?;
        let emitted = records.emit(kind as u8, slice(memory, payload, len)?);
        Ok(if emitted.is_ok() { FOUND } else { REFUSED })
    })?;
    Ok(linker)
}

/// The module's memory, and the records.
#[inline]
fn parts<'c>(caller: &'c mut Caller<'_, Host>) -> Result<(&'c mut [u8], &'c mut FlatStore)> {
    let Some(memory) = caller.data().memory else { bail!("the module has no memory yet") };
    let (memory, host) = memory.data_and_store_mut(caller);
    Ok((memory, &mut host.records))
}

/// Copies a record that was found into the module.
#[inline]
fn answer(
    memory: &mut [u8],
    place: u32,
    found: std::result::Result<Option<&Row>, Refused>,
) -> Result<i32> {
    Ok(match found {
        Ok(Some(row)) => {
            let Some(place) = memory.get_mut(place as usize..).and_then(<[u8]>::first_chunk_mut)
            else {
                bail!("a record's place lies outside of the module's memory");
            };
            *place = *row;
            FOUND
        }
        Ok(None) => NONE,
        Err(Refused) => REFUSED,
    })
}

/// Bytes of the module's memory.
#[inline]
fn slice(memory: &[u8], start: u32, len: u32) -> Result<&[u8]> {
    let bytes = memory.get(start as usize..).and_then(|bytes| bytes.get(..len as usize));
    match bytes {
        Some(bytes) => Ok(bytes),
        None => bail!("bytes lie outside of the module's memory"),
    }
}

#[inline]
fn array<const N: usize>(memory: &[u8], start: u32) -> Result<[u8; N]> {
    let bytes = slice(memory, start, N as u32)?;
    Ok(bytes.try_into()?)
}
