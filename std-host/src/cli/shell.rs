//! `completions` and `man`: what shells and manual readers take from the arguments.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use clap::{Command, CommandFactory as _};
use clap_complete::{Shell, generate};
use clap_mangen::Man;

use super::args::Args;
use super::error::CliError;
use super::output::unless_closed;
use super::stdio::Stdout;

/// Print the completions of a shell
///
/// Bash finds them in ~/.local/share/bash-completion/completions/statevec-host, zsh as
/// _statevec-host in a folder of its fpath, fish in ~/.config/fish/completions/statevec-host.fish.
#[derive(Debug, clap::Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Write the manual pages: one of the program, and one of each command
///
/// In ~/.local/share/man/man1, `man statevec-host` and `man statevec-host-run` find them.
#[derive(Debug, clap::Args)]
pub(crate) struct ManArgs {
    /// The folder to write to; it is made if need be
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub(crate) fn completions(args: &CompletionsArgs) -> Result<(), CliError> {
    let mut out = Stdout::take().map_err(|source| CliError::Setup { source })?;
    let mut text = Vec::new();
    generate(args.shell, &mut Args::command(), "statevec-host", &mut text);
    if args.shell == Shell::Bash {
        text = with_one_name(&String::from_utf8_lossy(&text)).into_bytes();
    }
    let written = out.write_all(&text).and_then(|()| out.flush());
    unless_closed(written.map_err(|source| CliError::Output { source }))
}

/// clap_complete 4.6 spells a program's name with a hyphen in two ways in the states of bash, so
/// that no option of a command is completed. Names of commands have no hyphen.
fn with_one_name(text: &str) -> String {
    text.replace("statevec__subcmd__host", "statevec__host")
}

pub(crate) fn man(args: &ManArgs) -> Result<(), CliError> {
    let folder = &args.folder;
    let fault = |source| CliError::ManPages { path: folder.clone(), source };
    fs::create_dir_all(folder).map_err(fault)?;
    let mut program = Args::command();
    // Gives subcommands their whole names, and the version.
    program.build();
    let mut pages = vec![program.clone()];
    pages.extend(visible(&program));
    pages.extend(pages.clone().iter().skip(1).flat_map(visible));
    for page in pages {
        let page = page.disable_help_subcommand(true);
        let man = Man::new(page).source(SOURCE).manual("StateVec");
        let mut text = Vec::new();
        man.render(&mut text).map_err(fault)?;
        fs::write(folder.join(man.get_filename()), text).map_err(fault)?;
    }
    Ok(())
}

/// The program and its version, at the foot of each page.
const SOURCE: &str = concat!("statevec-host ", env!("CARGO_PKG_VERSION"));

/// The commands below a command that people call.
fn visible(command: &Command) -> Vec<Command> {
    let is_shown = |command: &&Command| !command.is_hide_set() && command.get_name() != "help";
    command.get_subcommands().filter(is_shown).cloned().collect()
}
