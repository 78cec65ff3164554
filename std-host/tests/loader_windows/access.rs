//! Files and folders whose access lists let every user change them.

use std::{iter::once, os::windows::ffi::OsStrExt as _, path::Path, ptr};

use statevec_host::{LoadError, LoadOptions};
use windows_sys::Win32::{
    Foundation::GENERIC_ALL,
    Security::{
        ACL, ACL_REVISION, AddAccessAllowedAce, Authorization::SE_FILE_OBJECT,
        Authorization::SetNamedSecurityInfoW, CreateWellKnownSid, DACL_SECURITY_INFORMATION,
        InitializeAcl, PROTECTED_DACL_SECURITY_INFORMATION, WELL_KNOWN_SID_TYPE, WinWorldSid,
    },
    Storage::FileSystem::{FILE_ALL_ACCESS, FILE_GENERIC_EXECUTE, FILE_GENERIC_READ},
};

use crate::{copy, open, open_with};

/// Bytes of an identifier or a list, aligned for both.
type Space = [u64; 32];

/// Gives a file a list with one entry.
fn allow(path: &Path, group: WELL_KNOWN_SID_TYPE, rights: u32) {
    let (mut sid, mut list): (Space, Space) = ([0; 32], [0; 32]);
    let (sid, list) = (sid.as_mut_ptr().cast(), list.as_mut_ptr().cast::<ACL>());
    let mut len = size_of::<Space>() as u32;
    // SAFETY: the buffer has as many bytes as the call is told (rule 10).
    assert_ne!(unsafe { CreateWellKnownSid(group, ptr::null_mut(), sid, &raw mut len) }, 0);
    let len = size_of::<Space>() as u32;
    // SAFETY: the buffer has as many bytes as the call is told (rule 10).
    assert_ne!(unsafe { InitializeAcl(list, len, ACL_REVISION) }, 0);
    // SAFETY: the list and the identifier were made above (rule 10).
    assert_ne!(unsafe { AddAccessAllowedAce(list, ACL_REVISION, rights, sid) }, 0);
    let path: Vec<u16> = path.as_os_str().encode_wide().chain(once(0)).collect();
    let parts = DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION;
    let none = ptr::null_mut();
    // SAFETY: the path ends with a zero, and the list was made above (rule 10).
    let status = unsafe {
        SetNamedSecurityInfoW(path.as_ptr(), SE_FILE_OBJECT, parts, none, none, list, ptr::null())
    };
    assert_eq!(status, 0);
}

#[test]
fn file_that_everyone_may_change_is_loaded_only_when_allowed() {
    let (_folder, path) = copy();
    allow(&path, WinWorldSid, FILE_ALL_ACCESS);
    let error = open(&path).unwrap_err();
    let LoadError::WritableByGroup { group, .. } = &error else { panic!("{error}") };
    assert_eq!(*group, "Everyone");
    assert!(error.to_string().contains("icacls"), "{error}");
    open_with(&LoadOptions::new().allow_world_writable(true), &path).unwrap();
}

#[test]
fn folder_that_everyone_may_change_counts_too() {
    let (folder, path) = copy();
    allow(folder.path(), WinWorldSid, GENERIC_ALL);
    let error = open(&path).unwrap_err();
    let LoadError::WritableByGroup { writable, .. } = &error else { panic!("{error}") };
    assert_eq!(writable, &folder.path().canonicalize().unwrap());
}

#[test]
fn right_to_read_is_no_right_to_change() {
    let (_folder, path) = copy();
    allow(&path, WinWorldSid, FILE_GENERIC_READ | FILE_GENERIC_EXECUTE);
    open(&path).unwrap();
}
