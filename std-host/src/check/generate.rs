//! Scripts of commands, generated from a schema.
//!
//! Values of fields come from small pools, so that keys meet again: a transfer needs two accounts
//! that exist. A script is made from the seed, the flavour and the number of the case alone, so the
//! parent process can make the script again in which a child ended.

use proptest::{
    collection::vec,
    prelude::{BoxedStrategy, Just, any},
    prop_oneof,
    sample::select,
    strategy::{Strategy, Union, ValueTree},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use statevec_abi_alloc::schema::{PayloadDefinition, SchemaRegistry};

use super::{
    field_values::{self, Flavour},
    script::ScriptCommand,
};

/// A generator of scripts.
pub(super) struct Generator {
    seed: u64,
    flavour: Flavour,
    script: BoxedStrategy<Vec<ScriptCommand>>,
}

/// The most commands of a script.
const LONGEST: usize = 40;

impl Generator {
    /// `examples` are commands of the user, which are mixed in. `None` if there is nothing to make
    /// commands from.
    pub(super) fn new(
        schema: &SchemaRegistry,
        examples: &[ScriptCommand],
        flavour: Flavour,
        seed: u64,
    ) -> Option<Self> {
        let mut commands: Vec<(u32, BoxedStrategy<ScriptCommand>)> = Vec::new();
        if !examples.is_empty() {
            commands.push((4, select(examples.to_vec()).boxed()));
        }
        for def in schema.command_defs() {
            commands.push((4, valid(schema, def, flavour)));
        }
        if flavour == Flavour::Any {
            commands.push((1, garbage(schema)));
        }
        if commands.is_empty() {
            return None;
        }
        let script = vec(Union::new_weighted(commands), 1..LONGEST).boxed();
        Some(Self { seed, flavour, script })
    }

    pub(super) fn flavour(&self) -> Flavour {
        self.flavour
    }

    /// The script of a case, with the simpler ones that can be made from it.
    pub(super) fn tree(
        &self,
        case: u32,
    ) -> Option<impl ValueTree<Value = Vec<ScriptCommand>> + use<>> {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.seed.to_le_bytes());
        seed[8..12].copy_from_slice(&case.to_le_bytes());
        seed[12] = self.flavour as u8;
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        let config = Config { failure_persistence: None, ..Config::default() };
        self.script.new_tree(&mut TestRunner::new_with_rng(config, rng)).ok()
    }

    /// The script of a case.
    pub(super) fn script(&self, case: u32) -> Vec<ScriptCommand> {
        self.tree(case).map(|tree| tree.current()).unwrap_or_default()
    }
}

/// The simplest script that still fails, beginning with one that does. `test` returns the failure,
/// and runs at most `budget` times.
pub(super) fn shrink<F>(
    mut tree: impl ValueTree<Value = Vec<ScriptCommand>>,
    found: F,
    mut budget: u32,
    mut test: impl FnMut(&[ScriptCommand]) -> Option<F>,
) -> (Vec<ScriptCommand>, F) {
    let mut best = (tree.current(), found);
    while budget > 0 && tree.simplify() {
        loop {
            if budget == 0 {
                return best;
            }
            budget -= 1;
            let script = tree.current();
            match test(&script) {
                Some(failure) => {
                    best = (script, failure);
                    break;
                }
                None if tree.complicate() => {}
                None => return best,
            }
        }
    }
    best
}

fn valid(
    schema: &SchemaRegistry,
    def: &PayloadDefinition,
    flavour: Flavour,
) -> BoxedStrategy<ScriptCommand> {
    let kind = def.kind;
    let fields: Vec<_> =
        def.fields.iter().map(|def| field_values::bytes(schema, def, flavour)).collect();
    let command = |kind, fields: Vec<Vec<u8>>, gap_us| ScriptCommand {
        kind,
        payload: fields.concat(),
        gap_us,
    };
    (fields, gap()).prop_map(move |(fields, gap_us)| command(kind, fields, gap_us)).boxed()
}

/// Time mostly stands still or passes slowly.
fn gap() -> impl Strategy<Value = u64> {
    prop_oneof![4 => 0..3_u64, 2 => 0..10_000_000_u64, 1 => Just(86_400_000_000)]
}

/// Bytes of any command kind, declared or not.
fn garbage(schema: &SchemaRegistry) -> BoxedStrategy<ScriptCommand> {
    let kinds: Vec<u8> = schema.command_defs().map(|def| def.kind).collect();
    let kind = if kinds.is_empty() {
        any::<u8>().boxed()
    } else {
        prop_oneof![3 => select(kinds), 1 => any::<u8>()].boxed()
    };
    let payload = vec(any::<u8>(), 0..64);
    (kind, payload, gap())
        .prop_map(|(kind, payload, gap_us)| ScriptCommand { kind, payload, gap_us })
        .boxed()
}
