//! The log to replay, and the files that the replay must not overwrite.

use std::{io, path::Path, sync::Arc};

use statevec_abi::boundary::limits;
use statevec_abi_alloc::schema::SchemaRegistry;
use statevec_host::{
    LoadOptions, LoadedPlugin, Sha256,
    replay::{LoadBuild, ReplayOptions, Replayer},
    storage::{FileSystem, Storage},
    text_file,
    txlog::LogHeader,
};

use super::{ReplayArgs, StateOut};
use crate::cli::{
    error::CliError,
    log_place::LogPlace,
    state::{Identity, StateError},
};

/// Finds the destination of the records. It must be none of the files that the replay reads.
pub(super) fn find_state_out(args: &ReplayArgs) -> Result<Option<StateOut>, StateError> {
    let Some(path) = &args.state_out else { return Ok(None) };
    let state_out = StateOut::find(path, false).map_err(|error| match error {
        StateError::Outcomes { path } => StateError::Report { path },
        error => error,
    })?;
    for (input, path) in [
        ("a file of the log", Some(&args.path)),
        ("the plugin", args.plugin.as_ref().filter(|plugin| plugin.is_file())),
        ("the configuration file", args.config.config_file.as_ref()),
        ("the schema file", args.schema.as_ref()),
    ] {
        if let Some(path) = path {
            state_out.check_differs(input, Identity::of_path(path))?;
            state_out.check_is_outside(input, path)?;
        }
    }
    Ok(Some(state_out))
}

/// Opens the log to replay.
pub(super) fn open(
    log: &LogPlace,
    schema: Option<&Path>,
    plugin: Option<&LoadedPlugin>,
    options: ReplayOptions,
) -> Result<Replayer, CliError> {
    Ok(match log {
        LogPlace::Directory(directory) => Replayer::of_directory(directory, plugin, options)?,
        LogPlace::File(path) => {
            let storage: Arc<dyn Storage> = Arc::new(FileSystem);
            let schema = schema.map(read_schema).transpose()?;
            Replayer::of_file(&storage, path, plugin, schema, options)?
        }
    })
}

/// Loads the builds that a data directory keeps; `None` for a log file.
pub(super) fn kept_builds(log: &LogPlace) -> Option<Box<LoadBuild>> {
    let LogPlace::Directory(directory) = log else { return None };
    let directory = directory.clone();
    Some(Box::new(move |header: &LogHeader| {
        if header.plugin_sha256 == [0; 32] {
            return Err(KEPT_NOWHERE.into());
        }
        let sha256 = Sha256::from_bytes(header.plugin_sha256);
        let options = LoadOptions::new().sha256(sha256);
        // SAFETY: the log says that the file with this digest ran on the directory before, for the
        // user who asks for it to run again (rule 6).
        Ok(unsafe { options.open(directory.plugin_file(&sha256)) }?)
    }))
}

const KEPT_NOWHERE: &str = "it was linked into its program, so the directory keeps no file of it; begin behind \
                            these entries with --from, or give a build with --plugin";

fn read_schema(path: &Path) -> Result<Arc<SchemaRegistry>, CliError> {
    let refused = |source| CliError::SchemaFile { path: path.into(), source };
    let text = text_file::read(path, limits::SCHEMA).map_err(refused)?;
    let schema = SchemaRegistry::from_idl_json(&text);
    schema
        .map(Arc::new)
        .map_err(|source| refused(io::Error::new(io::ErrorKind::InvalidData, source)))
}
