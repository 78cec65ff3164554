//! Plugins that call their own functions from inside `run_tx`, through the table that the host has.

use crate::run::reported;

const BUSY: &str = "1 the plugin instance is in the middle of a call; one call at a time";
const READ_ONLY: &str = "4001 write refused: inside a read or key visitor, and while invariants are validated, the state is read-only";
const LENT: &str =
    "4001 host call refused: inside a create or update visitor no host call is legal";

macro_rules! reports {
    ($($name:ident: $table:literal, $config:literal, $expected:expr;)*) => {$(
        #[test]
        fn $name() {
            assert_eq!(reported($table, $config), $expected);
        }
    )*};
}

reports! {
    run_tx_calls_run_tx: "reentrant", "run_tx from run_tx", BUSY;
    read_visitor_calls_run_tx: "reentrant", "run_tx from read visitor", BUSY;
    update_visitor_calls_run_tx: "reentrant", "run_tx from update visitor", BUSY;
    run_tx_calls_validate: "reentrant", "validate_biz_invariants from run_tx", BUSY;
    read_visitor_calls_validate: "reentrant", "validate_biz_invariants from read visitor", BUSY;
    update_visitor_calls_validate: "reentrant", "validate_biz_invariants from update visitor", BUSY;
    run_tx_calls_on_unload: "reentrant", "on_unload from run_tx", BUSY;
    read_visitor_calls_on_unload: "reentrant", "on_unload from read visitor", BUSY;
    update_visitor_calls_on_unload: "reentrant", "on_unload from update visitor", BUSY;
    run_tx_destroys_its_instance: "reentrant", "destroy_runtime from run_tx", "returned";
    read_visitor_destroys_its_instance: "reentrant", "destroy_runtime from read visitor", "returned";
    update_visitor_destroys_its_instance: "reentrant", "destroy_runtime from update visitor", "returned";

    // Without the SDK the plugin does not guard its instance; the host still guards its gate.
    raw_read_by_id_visitor_calls_run_tx: "raw", "run_tx again: read_by_id visitor", READ_ONLY;
    raw_read_by_pk_visitor_calls_run_tx: "raw", "run_tx again: read_by_pk visitor", READ_ONLY;
    raw_for_each_visitor_calls_run_tx: "raw", "run_tx again: for_each visitor", READ_ONLY;
    raw_create_visitor_calls_run_tx: "raw", "run_tx again: create visitor", LENT;
    raw_update_visitor_calls_run_tx: "raw", "run_tx again: update visitor", LENT;
}
