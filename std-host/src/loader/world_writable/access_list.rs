//! Reads the access list of a file.

use std::{ffi::c_void, fs::File, io, marker::PhantomData, os::windows::io::AsRawHandle as _, ptr};

use windows_sys::Win32::{
    Foundation::{ERROR_SUCCESS, LocalFree},
    Security::{
        ACCESS_ALLOWED_ACE, ACE_HEADER, ACL, Authorization::GetSecurityInfo,
        Authorization::SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, GetAce, INHERIT_ONLY_ACE,
        IsWellKnownSid, PSECURITY_DESCRIPTOR, PSID, WELL_KNOWN_SID_TYPE, WinAnonymousSid,
        WinAuthenticatedUserSid, WinBuiltinGuestsSid, WinBuiltinUsersSid, WinInteractiveSid,
        WinWorldSid,
    },
    System::SystemServices::{ACCESS_ALLOWED_ACE_TYPE, ACCESS_DENIED_ACE_TYPE},
};

/// Groups that all users belong to, or anybody at all.
const GROUPS: [(WELL_KNOWN_SID_TYPE, &str); 6] = [
    (WinWorldSid, "Everyone"),
    (WinAuthenticatedUserSid, "Authenticated Users"),
    (WinBuiltinUsersSid, "Users"),
    (WinInteractiveSid, "Interactive"),
    (WinBuiltinGuestsSid, "Guests"),
    (WinAnonymousSid, "Anonymous"),
];

/// The first group that has one of these rights to a file. A file without a list is open to all.
pub(super) fn group_with(file: &File, rights: u32) -> io::Result<Option<&'static str>> {
    let list = AccessList::of(file)?;
    if list.dacl.is_null() {
        return Ok(Some("Everyone"));
    }
    let group = GROUPS.iter().find(|(group, _)| list.allows(*group, rights));
    Ok(group.map(|(_, name)| *name))
}

/// The list of a file, and the memory that holds it.
struct AccessList {
    descriptor: PSECURITY_DESCRIPTOR,
    dacl: *mut ACL,
}

impl AccessList {
    fn of(file: &File) -> io::Result<Self> {
        let mut list = Self { descriptor: ptr::null_mut(), dacl: ptr::null_mut() };
        // SAFETY: the handle is open; the call writes the two pointers that are asked for (rule
        // 10).
        let status = unsafe {
            GetSecurityInfo(
                file.as_raw_handle(),
                SE_FILE_OBJECT,
                DACL_SECURITY_INFORMATION,
                ptr::null_mut(),
                ptr::null_mut(),
                &raw mut list.dacl,
                ptr::null_mut(),
                &raw mut list.descriptor,
            )
        };
        match status {
            ERROR_SUCCESS => Ok(list),
            error => Err(io::Error::from_raw_os_error(error.cast_signed())),
        }
    }

    /// Returns true if a group has one of these rights. Entries count in order, as the system reads
    /// them.
    fn allows(&self, group: WELL_KNOWN_SID_TYPE, rights: u32) -> bool {
        let mut open = rights;
        for index in 0.. {
            let Some(entry) = self.entry(index) else { break };
            if entry.is_inherited_only || !entry.is_for(group) {
                continue;
            }
            if entry.allows && entry.rights & open != 0 {
                return true;
            }
            if !entry.allows {
                open &= !entry.rights;
            }
        }
        false
    }

    /// An entry that allows or denies. Those of other types allow nothing to anybody.
    fn entry(&self, index: u32) -> Option<Entry<'_>> {
        let mut place: *mut c_void = ptr::null_mut();
        // SAFETY: the list lives as long as `self`; the call checks the index and writes one
        // pointer (rule 10).
        if unsafe { GetAce(self.dacl, index, &raw mut place) } == 0 {
            return None;
        }
        // SAFETY: each entry begins with a header (rule 10).
        let header = unsafe { place.cast::<ACE_HEADER>().read_unaligned() };
        let kind = u32::from(header.AceType);
        if kind != ACCESS_ALLOWED_ACE_TYPE && kind != ACCESS_DENIED_ACE_TYPE {
            return Some(Entry {
                list: PhantomData,
                allows: true,
                rights: 0,
                is_inherited_only: true,
                sid: ptr::null_mut(),
            });
        }
        let place = place.cast::<ACCESS_ALLOWED_ACE>();
        // SAFETY: entries of both types have this form; the mask is inside (rule 10).
        let rights = unsafe { (&raw const (*place).Mask).read_unaligned() };
        // SAFETY: the identifier begins inside the entry, at its last field (rule 10).
        let sid = unsafe { &raw mut (*place).SidStart };
        Some(Entry {
            list: PhantomData,
            allows: kind == ACCESS_ALLOWED_ACE_TYPE,
            rights,
            is_inherited_only: u32::from(header.AceFlags) & INHERIT_ONLY_ACE != 0,
            sid: sid.cast(),
        })
    }
}

impl Drop for AccessList {
    fn drop(&mut self) {
        // SAFETY: the memory came from `GetSecurityInfo`, which says to free it so, and nothing
        // refers to it any more (rule 10).
        unsafe { LocalFree(self.descriptor) };
    }
}

struct Entry<'a> {
    /// Borrows the memory of the identifier.
    list: PhantomData<&'a AccessList>,
    allows: bool,
    rights: u32,
    /// Counts for files that are made in the folder, and not for the folder.
    is_inherited_only: bool,
    sid: PSID,
}

impl Entry<'_> {
    fn is_for(&self, group: WELL_KNOWN_SID_TYPE) -> bool {
        // SAFETY: the identifier lies in the list, which the entry borrows (rule 10).
        unsafe { IsWellKnownSid(self.sid, group) != 0 }
    }
}
