//! The work of a child process.

use std::{io, path::Path};

use super::{
    catalog::{self, Way},
    field_values::Flavour,
    job::{Job, Task, Variation, journal_path},
    journal::{Journal, Line},
    limits,
    report::{Finding, Status},
    run::Run,
    script::ScriptCommand,
    session::{Seen, Session},
    steps::process::State,
    watch,
};
use crate::{LoadError, LoadOptions, LoadedPlugin};

/// Makes the part of a run that the parent process wrote into a folder, and notes the findings
/// there. A program that calls [`run`](super::run) calls this when it is started again with the
/// arguments that it gave.
///
/// # Errors
///
/// The folder does not hold a job, or cannot be written to.
///
/// # Safety
///
/// As [`LoadedPlugin::open`], for the plugin that the parent process was given.
pub unsafe fn run_child(folder: &Path) -> io::Result<()> {
    let job = Job::read(folder)?;
    let journal = Journal::create(&journal_path(folder))?;
    limits::set(&job);
    let _memory = match job.task {
        Task::Transcribe { variation: Variation::Addresses, .. } => reordered_memory(),
        _ => Vec::new(),
    };
    let before = State::read();
    // SAFETY: this function's caller vouches for the plugin (rule 6).
    match unsafe { load(&job) } {
        Ok(plugin) => perform(plugin, &job, &journal, before),
        Err(error) => {
            let source = std::error::Error::source(&error);
            let source = source.map(|source| format!(": {source}")).unwrap_or_default();
            journal.write(&Line::Finding(Finding {
                status: Status::Fail,
                step: "the library".into(),
                why: format!("{error}{source}"),
                commands: Vec::new(),
            }));
        }
    }
    journal.write(&Line::Done);
    Ok(())
}

/// # Safety
///
/// As [`LoadedPlugin::open`].
unsafe fn load(job: &Job) -> Result<LoadedPlugin, LoadError> {
    let mut options = LoadOptions::new().allow_world_writable(job.allow_world_writable);
    if let Some(Ok(digest)) = job.sha256.as_deref().map(str::parse) {
        options = options.sha256(digest);
    }
    // SAFETY: the caller vouches for the plugin (rule 6).
    unsafe { options.open(&job.plugin) }
}

fn perform(plugin: LoadedPlugin, job: &Job, journal: &Journal, before: State) {
    match &job.task {
        Task::Describe => journal.write(&Line::Described {
            name: plugin.name().into(),
            schema: plugin.schema_json().into(),
            catches_panics: plugin.catches_panics(),
        }),
        Task::Check { name, .. } | Task::Replay { name, .. } => {
            let Some(Way::Steps(steps)) = catalog::find(name).map(|check| check.way) else {
                return;
            };
            match watch::over(&plugin) {
                Ok(watched) => steps(&Run::new(watched, before, job, journal)),
                Err(error) => journal.write(&Line::Finding(Finding {
                    status: Status::Fail,
                    step: "name and schema again".into(),
                    why: error.to_string(),
                    commands: Vec::new(),
                })),
            }
        }
        Task::Transcribe { script, .. } => {
            transcribe(&Run::new(plugin, before, job, journal), script.as_deref());
        }
    }
}

/// Notes the outcomes of a script, or of all that are generated.
fn transcribe(run: &Run<'_>, script: Option<&[ScriptCommand]>) {
    let mut case = 0;
    let mut note = |script: &[ScriptCommand]| {
        if let Some(seen) = outcomes(run, script) {
            run.write(&Line::Transcript { case, seen });
        }
        case += 1;
    };
    if let Some(script) = script {
        note(script);
        return;
    }
    for flavour in TRANSCRIBED {
        let Some(generator) = run.generator(flavour) else { return };
        for number in 0..run.job.cases {
            run.write(&Line::Case { generator: flavour, number });
            note(&generator.script(number));
        }
    }
}

/// The flavours of the scripts that processes are compared by.
pub(super) const TRANSCRIBED: [Flavour; 3] = [Flavour::Plain, Flavour::Boundary, Flavour::Any];

fn outcomes(run: &Run<'_>, script: &[ScriptCommand]) -> Option<Vec<Seen>> {
    let session: Option<Session> = run.session();
    Some(session?.run_all(script))
}

/// Blocks of many sizes, with gaps between them, so that later blocks lie in another order.
fn reordered_memory() -> Vec<Vec<u8>> {
    let mut blocks: Vec<Vec<u8>> =
        (0..4_000_usize).map(|number| vec![1; 16 + number % 64 * 16]).collect();
    // The allocator hands out freed blocks last first, so addresses descend.
    let mut place = 0;
    blocks.retain(|_| {
        place += 1;
        place % 2 == 0
    });
    blocks
}
