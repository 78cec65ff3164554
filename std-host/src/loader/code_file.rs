//! The library that an address lies in, as the dynamic linker knows it.

use std::path::PathBuf;

#[cfg(unix)]
pub(super) use unix::of;
#[cfg(windows)]
pub(super) use windows::of;

/// A library in memory.
pub(super) struct CodeFile {
    /// The name that the linker opened it by.
    pub(super) path: PathBuf,
    /// The start of its memory.
    #[cfg(target_os = "linux")]
    pub(super) base: usize,
}

#[cfg(unix)]
mod unix {
    use std::{
        ffi::{CStr, OsStr},
        mem::MaybeUninit,
        os::unix::ffi::OsStrExt as _,
        ptr,
    };

    use super::CodeFile;

    pub(in super::super) fn of(address: usize) -> Option<CodeFile> {
        let mut info = MaybeUninit::<libc::Dl_info>::zeroed();
        // SAFETY: `dladdr` compares the address and does not read there; it writes one `Dl_info`
        // (rule 10).
        let found = unsafe { libc::dladdr(ptr::without_provenance(address), info.as_mut_ptr()) };
        if found == 0 {
            return None;
        }
        // SAFETY: all-zero bytes are a valid `Dl_info` of null pointers (rule 10).
        let info = unsafe { info.assume_init() };
        if info.dli_fname.is_null() {
            return None;
        }
        // SAFETY: not null, so the name of a library that stays mapped, with its zero (rules 6 and
        // 10).
        let name = unsafe { CStr::from_ptr(info.dli_fname) };
        let path = OsStr::from_bytes(name.to_bytes()).into();
        Some(CodeFile {
            path,
            #[cfg(target_os = "linux")]
            base: info.dli_fbase.addr(),
        })
    }
}

#[cfg(windows)]
mod windows {
    use std::{ffi::OsString, os::windows::ffi::OsStringExt as _, ptr};

    use windows_sys::Win32::{
        Foundation::HMODULE,
        System::LibraryLoader::{
            GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
            GetModuleFileNameW, GetModuleHandleExW,
        },
    };

    use super::CodeFile;

    /// The longest path that Windows knows, in UTF-16 units.
    const LONGEST: usize = 1 << 15;

    pub(in super::super) fn of(address: usize) -> Option<CodeFile> {
        let flags =
            GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT;
        let mut module: HMODULE = ptr::null_mut();
        // SAFETY: with the first flag the address is compared and not read; the call writes one
        // handle (rule 10).
        let found =
            unsafe { GetModuleHandleExW(flags, ptr::without_provenance(address), &raw mut module) };
        if found == 0 {
            return None;
        }
        let mut name = vec![0; LONGEST];
        // SAFETY: libraries stay mapped, so the handle is valid; the buffer has as many units as
        // the call is told (rules 6 and 10).
        let len = unsafe { GetModuleFileNameW(module, name.as_mut_ptr(), LONGEST as u32) };
        let name = name.get(..len as usize).filter(|name| !name.is_empty())?;
        Some(CodeFile { path: OsString::from_wide(name).into() })
    }
}
