//! Tests of remembered keys: repeats, crashes, damage and the bound on their number.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use statevec_host::storage::{Access, Crash, Fault, SimulatedDisk, Storage, write_all_at};

use super::{IdempotencyKey, KeyError, Keys, Numbers, Plan, Refusal};

fn disk() -> Arc<SimulatedDisk> {
    let disk = SimulatedDisk::new(1);
    disk.create_dir(Path::new("/data")).unwrap();
    disk.sync_dir(Path::new("/")).unwrap();
    Arc::new(disk)
}

fn open(disk: &Arc<SimulatedDisk>, last: u64, interrupted: Option<u64>) -> Result<Keys, KeyError> {
    let storage: Arc<dyn Storage> = Arc::clone(disk) as _;
    Keys::open(storage, Path::new("/data"), 100, Some(last), interrupted)
}

fn key(name: &str) -> IdempotencyKey {
    IdempotencyKey::new(name.as_bytes(), b"body").unwrap()
}

fn plan_one(keys: &mut Keys, name: &str, count: u32, next: u64) -> Result<Plan, Refusal> {
    keys.plan(&[(key(name), count)], next).unwrap().remove(0)
}

fn numbers(list: &[(u64, u32)]) -> Vec<Numbers> {
    list.iter().map(|&(first, count)| Numbers { first, count }).collect()
}

#[test]
fn a_key_that_comes_again_keeps_its_numbers() {
    let disk = disk();
    let mut keys = open(&disk, 0, None).unwrap();
    let first = plan_one(&mut keys, "a", 3, 1).unwrap();
    assert_eq!(first.numbers, numbers(&[(1, 3)]));
    assert_eq!(plan_one(&mut keys, "a", 3, 4).unwrap(), first);
    let again = keys.plan(&[(key("b"), 1), (key("b"), 1), (key("c"), 2)], 4).unwrap();
    let again: Vec<_> = again.into_iter().map(|plan| plan.unwrap().numbers).collect();
    assert_eq!(again, [numbers(&[(4, 1)]), numbers(&[(4, 1)]), numbers(&[(5, 2)])]);
    drop(keys);
    let mut keys = open(&disk, 6, None).unwrap();
    assert_eq!(plan_one(&mut keys, "a", 3, 7).unwrap(), first);
    assert_eq!(plan_one(&mut keys, "c", 2, 7).unwrap().numbers, numbers(&[(5, 2)]));
}

#[test]
fn commands_that_a_crash_lost_get_new_numbers() {
    let disk = disk();
    let mut keys = open(&disk, 0, None).unwrap();
    plan_one(&mut keys, "whole", 2, 1).unwrap();
    plan_one(&mut keys, "half", 3, 3).unwrap();
    plan_one(&mut keys, "lost", 2, 6).unwrap();
    drop(keys);
    let mut keys = open(&disk, 3, None).unwrap();
    assert_eq!(plan_one(&mut keys, "whole", 2, 4).unwrap().numbers, numbers(&[(1, 2)]));
    assert_eq!(plan_one(&mut keys, "lost", 2, 4).unwrap().numbers, numbers(&[(4, 2)]));
    assert_eq!(plan_one(&mut keys, "half", 3, 6).unwrap().numbers, numbers(&[(3, 1), (6, 2)]));
    drop(keys);
    // The numbers that the first crash freed belong to other requests now.
    let mut keys = open(&disk, 7, None).unwrap();
    let half = plan_one(&mut keys, "half", 3, 8).unwrap();
    assert_eq!(half.numbers, numbers(&[(3, 1), (6, 2)]));
    assert_eq!((half.number(0), half.number(2), half.number(3)), (Some(3), Some(7), None));
}

#[test]
fn a_key_with_another_body_is_refused() {
    let mut keys = open(&disk(), 0, None).unwrap();
    plan_one(&mut keys, "a", 1, 1).unwrap();
    let other = IdempotencyKey::new(b"a", b"other body").unwrap();
    let refused = keys.plan(&[(other, 1)], 2).unwrap().remove(0);
    assert_eq!(refused, Err(Refusal::KeyReused));
}

#[test]
fn a_command_that_ended_the_process_does_not_run_again() {
    let disk = disk();
    let mut keys = open(&disk, 0, None).unwrap();
    plan_one(&mut keys, "a", 3, 1).unwrap();
    drop(keys);
    for _ in 0..2 {
        let mut keys = open(&disk, 1, Some(2)).unwrap();
        let plan = plan_one(&mut keys, "a", 3, 3).unwrap();
        assert_eq!(plan, Plan { numbers: numbers(&[(1, 1)]), ended_process: Some(1) });
    }
    let mut keys = open(&disk, 1, None).unwrap();
    assert_eq!(plan_one(&mut keys, "a", 3, 3).unwrap().ended_process, Some(1), "it is remembered");
}

#[test]
fn the_oldest_keys_are_forgotten_and_the_file_stays_short() {
    let disk = disk();
    let mut keys = open(&disk, 0, None).unwrap();
    for number in 1..=5000 {
        plan_one(&mut keys, &number.to_string(), 1, number).unwrap();
    }
    assert_eq!(keys.remembered.len(), 100);
    assert!(keys.journal.records() <= 2 * 100 + 1024, "{}", keys.journal.records());
    assert_eq!(plan_one(&mut keys, "5000", 1, 5001).unwrap().numbers, numbers(&[(5000, 1)]));
    assert_eq!(plan_one(&mut keys, "1", 1, 5001).unwrap().numbers, numbers(&[(5001, 1)]));
}

#[test]
fn a_damaged_record_in_front_of_later_ones_is_an_error() {
    let disk = disk();
    let mut keys = open(&disk, 0, None).unwrap();
    for number in 1..=3 {
        plan_one(&mut keys, &number.to_string(), 1, number).unwrap();
    }
    drop(keys);
    let path = Path::new("/data/keys/journal");
    let flip = |offset| {
        let file = disk.open(path, Access::ReadWrite).unwrap();
        write_all_at(&*file, b"X", offset).unwrap();
    };
    flip(2 * 64 + 30);
    let mut keys = open(&disk, 3, None).unwrap();
    let last = plan_one(&mut keys, "3", 1, 4).unwrap();
    assert_eq!(last.numbers, numbers(&[(4, 1)]), "the last group counts as cut off by a crash");
    drop(keys);
    flip(30);
    let error = open(&disk, 4, None).unwrap_err();
    let KeyError::Damaged { offset: 0, .. } = error else { panic!("{error}") };
    assert!(error.to_string().contains("restore the file from a backup"), "{error}");
}

/// Crashes at each change of the disk. A key whose numbers came into the log must have them
/// afterwards, and no two keys may have the same number.
#[test]
fn no_crash_makes_a_request_run_twice() {
    let mut crashes = 0;
    for change in 0..60 {
        let disk = disk();
        disk.fail_change(disk.changes() + change, Fault::Crash(Crash::Power));
        let mut planned = Vec::new();
        if let Ok(mut keys) = open(&disk, 0, None) {
            for number in 1..=20_u64 {
                let name = number.to_string();
                match keys.plan(&[(key(&name), 1)], number) {
                    Ok(plans) => planned.push((name, plans[0].clone().unwrap())),
                    Err(_) => break,
                }
            }
        }
        crashes += u32::from(disk.is_down());
        disk.clear_faults();
        disk.restart();
        // Everything that was planned came into the log.
        let last = planned.len() as u64;
        let mut keys = open(&disk, last, None).unwrap();
        let mut seen = BTreeSet::new();
        for (name, plan) in &planned {
            assert_eq!(&plan_one(&mut keys, name, 1, 100).unwrap(), plan, "change {change}");
            seen.insert(plan.number(0));
        }
        assert_eq!(seen.len(), planned.len());
    }
    assert!(crashes > 40, "{crashes}");
}
