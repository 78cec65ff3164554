//! The plugin's behaviour, on the same store as in production.

use statevec_abi::prelude::*;
@USE@use statevec_host::harness::{Harness, HarnessError};

use @IDENT@::{Changed, @PLUGIN@};

const PLUGIN: StaticPlugin = @LINKED@;

#[test]
fn pieces_come_and_go() -> Result<(), HarnessError> {
    let mut shelf = Harness::linked(&PLUGIN, "")?;
    shelf.run(&Put { item: 7, pieces: 60 })?;
    let committed = shelf.run(&Take { item: 7, pieces: 20 })?;
    assert_eq!(committed.events::<Changed>()?, [Changed { item: 7, pieces: 40 }]);
    assert_eq!(shelf.get(Stock::pk(7))?, Some(Stock { item: 7, pieces: 40 }));
    shelf.check_invariants()
}

#[test]
fn a_rejected_command_changes_something() -> Result<(), HarnessError> {
    let mut shelf = Harness::linked(&PLUGIN, "50")?;
    shelf.run(&Put { item: 7, pieces: 50 })?;
    let full = shelf.expect_rejection(&Put { item: 7, pieces: 1 });
    assert_eq!(full.message, "no room for 1 more of item 7");
    let short = shelf.expect_rejection(&Take { item: 7, pieces: 51 });
    assert_eq!(short.message, "item 7 has fewer than 51");
    let absent = shelf.expect_rejection(&Take { item: 8, pieces: 1 });
    assert_eq!(absent.message, "there is no item 8");
    Ok(())
}

#[test]
fn a_configuration_that_is_no_number_is_taken() {
    let error = Harness::linked(&PLUGIN, "many").unwrap_err().to_string();
    assert!(error.contains("cannot be created"), "{error}");
}
