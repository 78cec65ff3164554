//! The process that tries another build of the plugin.

use std::{
    io::{self, Read as _, Write as _},
    path::PathBuf,
    process,
    sync::Arc,
    thread,
};

use statevec_host::{
    LoadOptions, LoadedPlugin, Sha256,
    durable::{DataDirectory, ReplaceError, check_same_schema},
    replay::{BuildDivergence, Comparison, DescribedDivergence, compare_builds},
    storage::FileSystem,
};

use super::verdict::{Reason, Verdict};
use crate::{
    engine::with_causes,
    options::{OptionsError, Settings},
    plugin,
};

/// The task of a trial.
#[derive(Debug)]
pub(crate) struct Job {
    /// The server's data directory.
    pub(crate) data: PathBuf,
    /// The build that runs.
    pub(crate) now: Sha256,
    /// The build that is expected, if the request says it.
    pub(crate) expected: Option<Sha256>,
    /// The entries to run again.
    pub(crate) from: u64,
    pub(crate) to: u64,
}

/// A trial of another build, in a process of its own.
#[derive(Debug)]
pub struct Trial {
    pub(crate) job: Job,
    /// The options as they are by now.
    pub(crate) settings: Result<Settings, OptionsError>,
}

impl Trial {
    /// Tries the build that the options name, and prints the findings on standard output.
    pub fn run(&self) {
        end_with_the_server();
        end_before_the_server();
        let verdict = self.verdict().unwrap_or_else(|refused| refused);
        let line = verdict.to_line();
        // Without a reader the server has ended.
        let _written = io::stdout().lock().write_all(line.as_bytes());
    }

    fn verdict(&self) -> Result<Verdict, Verdict> {
        let Job { data, now, from, to, .. } = &self.job;
        let settings = self.settings.as_ref();
        let settings =
            settings.map_err(|error| Verdict::refused(Reason::Options, with_causes(error)))?;
        let (path, next) = self.load(settings)?;
        let unread =
            |error: &dyn std::error::Error| Verdict::refused(Reason::Load, with_causes(error));
        let sha256 = next.file_sha256().map_err(|error| unread(&error))?;
        let sha256 =
            sha256.ok_or_else(|| Verdict::refused(Reason::Load, "the plugin has no file"))?;
        if sha256 == *now {
            return Ok(Verdict::Same { sha256: sha256.to_string() });
        }
        let directory = DataDirectory::new(Arc::new(FileSystem), data);
        let options = LoadOptions::new().sha256(*now);
        // SAFETY: the server runs the file with this digest for the same user, and put it into its
        // directory (rule 6).
        let running = unsafe { options.open(directory.plugin_file(now)) };
        let running = running.map_err(|error| unread(&error))?;
        check_same_schema(&directory, &running, &next).map_err(|error| {
            let is_other = matches!(error, ReplaceError::OtherPlugin { .. });
            Verdict::refused(
                if is_other { Reason::Plugin } else { Reason::Schema },
                error.to_string(),
            )
        })?;
        let (from, commands) = match to {
            0 => (1, 0),
            _ => compare(&directory, &running, &next, *from, *to)?,
        };
        Ok(Verdict::Fits { path, sha256: sha256.to_string(), from, to: *to, commands })
    }

    /// Loads the build that the options name, if it has the digest that is expected.
    fn load(&self, settings: &Settings) -> Result<(PathBuf, LoadedPlugin), Verdict> {
        let mut settings = settings.clone();
        if let Some(expected) = self.job.expected {
            if let Some(pin) = settings.sha256.filter(|pin| *pin != expected) {
                let text = format!(
                    "the request expects a build with SHA-256 {expected}, and the option sha256 pins {pin}; \
                     change the option in the file of --options"
                );
                return Err(Verdict::refused(Reason::Load, text));
            }
            settings.sha256 = Some(expected);
        }
        let loaded = plugin::open(&settings);
        let (path, plugin) =
            loaded.map_err(|error| Verdict::refused(Reason::Load, with_causes(&error)))?;
        // The server may have another working folder by now.
        match std::path::absolute(&path) {
            Ok(path) if path.to_str().is_some() => Ok((path, plugin)),
            _ => {
                let text = format!("{} is no path in UTF-8; give it another name", path.display());
                Err(Verdict::refused(Reason::Load, text))
            }
        }
    }
}

/// Returns the first entry that was compared, and the number of commands.
fn compare(
    directory: &DataDirectory,
    now: &LoadedPlugin,
    next: &LoadedPlugin,
    from: u64,
    to: u64,
) -> Result<(u64, u64), Verdict> {
    let compared = compare_builds(directory, now, next, from, to)
        .map_err(|error| Verdict::refused(Reason::Log, with_causes(&error)))?;
    let Comparison { from, ran, divergence, invariant, .. } = compared;
    let described = |divergence: &_| {
        let schema = next.schema();
        DescribedDivergence { schema, divergence }.to_string()
    };
    match (divergence, invariant) {
        (Some(BuildDivergence::Next(divergence)), _) => Err(Verdict::refused(
            Reason::Divergence,
            format!("the build gives another result than the log: {}", described(&divergence)),
        )),
        (Some(BuildDivergence::Now(divergence)), _) => Err(Verdict::refused(
            Reason::RunningBuild,
            format!(
                "the build that runs does not give the result that it recorded, so builds cannot be compared: {}",
                described(&divergence)
            ),
        )),
        (None, Some(failure)) => Err(Verdict::refused(
            Reason::Invariant,
            format!("the build refuses the records: {failure}"),
        )),
        (None, None) => Ok((from, ran)),
    }
}

/// Makes this process, which holds a second copy of the records, the first to end when memory runs
/// out.
fn end_before_the_server() {
    #[cfg(target_os = "linux")]
    {
        // Without it the kernel chooses by size.
        let _written = std::fs::write("/proc/self/oom_score_adj", "1000");
    }
}

/// Ends this process when the server has ended, also if the build never returns.
fn end_with_the_server() {
    thread::spawn(|| {
        // The server writes nothing; the end comes when it is gone.
        let _ended = io::stdin().lock().read(&mut [0]);
        process::exit(1);
    });
}
