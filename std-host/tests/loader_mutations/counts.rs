//! Counts the outcomes of loads.

use std::{collections::BTreeMap, fmt};

use crate::{
    child::{End, Stage},
    mutation::Change,
};

#[derive(Default)]
pub(crate) struct Counts {
    ends: BTreeMap<End, u32>,
    /// Files that crashed the host, for reproduction.
    host: Vec<String>,
}

impl Counts {
    pub(crate) fn add(&mut self, number: u64, changes: &[Change], end: End) {
        *self.ends.entry(end).or_default() += 1;
        if is_host_s(end) {
            let changes: Vec<String> = changes
                .iter()
                .map(|change| format!("{:#x}: {:x?}", change.at, change.new))
                .collect();
            self.host.push(format!("file {number}: {end:?} after {}", changes.join(", ")));
        }
    }

    pub(crate) fn loaded(&self) -> u32 {
        self.ends.get(&End::Loaded).copied().unwrap_or_default()
    }

    pub(crate) fn refused(&self) -> u32 {
        self.ends.get(&End::RefusedByChecks).copied().unwrap_or_default()
    }

    pub(crate) fn crashes_of_the_host(&self) -> usize {
        self.host.len()
    }
}

/// Returns true if the host died before the dynamic linker was called, or in its own code.
fn is_host_s(end: End) -> bool {
    match end {
        End::Crashed { stage: Stage::Before, .. } | End::Exited { stage: Stage::Before, .. } => {
            true
        }
        End::Crashed { in_host, .. } => in_host,
        _ => false,
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} files", self.ends.values().sum::<u32>())?;
        for (end, count) in &self.ends {
            writeln!(f, "{count:8}  {end:?}")?;
        }
        self.host.iter().try_for_each(|crash| writeln!(f, "{crash}"))
    }
}
