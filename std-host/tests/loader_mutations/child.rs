//! One load in a process of its own, which reports its progress.

use std::{
    ffi::{c_char, c_int, c_void},
    fs,
    io::Read as _,
    ops::Range,
    os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd},
    path::Path,
    sync::{
        OnceLock,
        atomic::{AtomicI32, Ordering},
    },
};

use statevec_host::{LoadError, LoadedPlugin};

/// The end of a load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum End {
    Loaded,
    /// Refused before the dynamic linker was called.
    RefusedByChecks,
    /// Refused by the dynamic linker.
    RefusedByLinker,
    /// Refused after the library was mapped.
    RefusedAfter,
    /// The process died at this stage.
    Crashed {
        signal: c_int,
        stage: Stage,
        in_host: bool,
    },
    /// The process exited, as the dynamic linker does on some contradictions.
    Exited {
        code: c_int,
        stage: Stage,
    },
}

/// The progress of a load, relative to its call of `dlopen`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    Before,
    Inside,
    After,
}

/// The bytes of a report.
const ENTERED: u8 = b'd';
const LEFT: u8 = b'D';
const IN_HOST: u8 = b'h';
const LOADED: u8 = b'L';
const LIBRARY: u8 = b'l';
const OTHER: u8 = b'r';

/// The write end of the child's pipe.
static REPORT: AtomicI32 = AtomicI32::new(-1);
/// The addresses of this program's own code.
static HOST: OnceLock<Range<usize>> = OnceLock::new();

/// Forks, and loads the library in the child.
pub(crate) fn load(path: &Path) -> End {
    HOST.get_or_init(own_code);
    let mut pipe = [0; 2];
    // SAFETY: the array has room for two descriptors (rule 10).
    assert_eq!(unsafe { libc::pipe(pipe.as_mut_ptr()) }, 0);
    // SAFETY: the descriptor is new, and has no other owner (rule 10).
    let [read, write] = pipe.map(|fd| unsafe { OwnedFd::from_raw_fd(fd) });
    // SAFETY: this process has one thread, so the child may do anything (rule 7).
    let child = unsafe { libc::fork() };
    if child == 0 {
        REPORT.store(write.as_raw_fd(), Ordering::Relaxed);
        run(path);
    }
    assert!(child > 0, "fork fails");
    drop(write);
    let mut report = Vec::new();
    fs::File::from(read).read_to_end(&mut report).unwrap();
    let mut status = 0;
    // SAFETY: the status is valid for a write (rule 10).
    assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
    end(&report, status)
}

fn end(report: &[u8], status: c_int) -> End {
    let entered = report.contains(&ENTERED);
    let stage = match report.contains(&LEFT) {
        true => Stage::After,
        false if entered => Stage::Inside,
        false => Stage::Before,
    };
    if libc::WIFSIGNALED(status) {
        let in_host = report.contains(&IN_HOST);
        return End::Crashed { signal: libc::WTERMSIG(status), stage, in_host };
    }
    match (libc::WEXITSTATUS(status), report.last()) {
        (0, Some(&LOADED)) => End::Loaded,
        (0, Some(&LIBRARY)) => End::RefusedByLinker,
        (0, Some(&OTHER)) if entered => End::RefusedAfter,
        (0, Some(&OTHER)) => End::RefusedByChecks,
        (code, _) => End::Exited { code, stage },
    }
}

/// Loads the library, reports, and ends the process without running the destructors of the library.
fn run(path: &Path) -> ! {
    silence();
    for signal in [libc::SIGSEGV, libc::SIGBUS, libc::SIGILL, libc::SIGFPE, libc::SIGABRT] {
        catch(signal);
    }
    // SAFETY: the call sets a timer and touches no memory (rule 10).
    unsafe { libc::alarm(20) };
    // SAFETY: a crash of the library ends this process alone, which exists for it (rule 6).
    let result = unsafe { LoadedPlugin::open(path) };
    report(match result {
        Ok(plugin) if plugin.name() == "bank" => LOADED,
        Err(LoadError::Library { .. }) => LIBRARY,
        _ => OTHER,
    });
    // SAFETY: the call ends the process (rule 10).
    unsafe { libc::_exit(0) }
}

/// Discards the dynamic linker's messages.
fn silence() {
    let null = fs::File::options().write(true).open("/dev/null").unwrap();
    // SAFETY: both descriptors are open (rule 10).
    unsafe { libc::dup2(null.as_raw_fd(), libc::STDERR_FILENO) };
}

fn report(byte: u8) {
    let report = REPORT.load(Ordering::Relaxed);
    // SAFETY: the byte is valid for the call, which may be made in a signal handler (rule 10).
    unsafe { libc::write(report, (&raw const byte).cast(), 1) };
}

/// Sets a handler that tells whether the crash lies in this program's own code.
fn catch(signal: c_int) {
    extern "C" fn crashed(signal: c_int, _: *mut libc::siginfo_t, context: *mut c_void) {
        // SAFETY: the kernel passes the context of the interrupted code (rule 10).
        let context = unsafe { &*context.cast::<libc::ucontext_t>() };
        #[cfg(target_arch = "x86_64")]
        let at = context.uc_mcontext.gregs[libc::REG_RIP as usize] as usize;
        #[cfg(target_arch = "aarch64")]
        let at = context.uc_mcontext.pc as usize;
        #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
        let at = usize::from(std::ptr::from_ref(context).is_null());
        if HOST.get().is_some_and(|host| host.contains(&at)) {
            report(IN_HOST);
        }
        // SAFETY: the call may be made in a signal handler (rule 10).
        unsafe { libc::signal(signal, libc::SIG_DFL) };
        // SAFETY: the call may be made in a signal handler, and ends the process, because the
        // signal has its default action again (rule 10).
        unsafe { libc::raise(signal) };
    }
    let stack = Box::leak(vec![0_u8; 64 << 10].into_boxed_slice());
    let stack =
        libc::stack_t { ss_sp: stack.as_mut_ptr().cast(), ss_flags: 0, ss_size: stack.len() };
    // SAFETY: the stack is leaked, so it stays valid (rule 6).
    unsafe { libc::sigaltstack(&raw const stack, std::ptr::null_mut()) };
    // SAFETY: zeros are a valid `sigaction` (rule 10).
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = crashed as *const () as usize;
    action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
    // SAFETY: the action is valid, and its handler has the type that SA_SIGINFO asks for (rule 10).
    unsafe { libc::sigaction(signal, &raw const action, std::ptr::null_mut()) };
}

/// Finds the addresses of this program's own code.
fn own_code() -> Range<usize> {
    let here = own_code as *const () as usize;
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let range = maps.lines().find_map(|line| {
        let (start, end) = line.split_once(' ')?.0.split_once('-')?;
        let range = usize::from_str_radix(start, 16).ok()?..usize::from_str_radix(end, 16).ok()?;
        range.contains(&here).then_some(range)
    });
    range.expect("this function is mapped")
}

/// Stands before the system's `dlopen`, and reports when it begins and ends. A symbol of the
/// program comes before those of its libraries.
///
/// # Safety
///
/// As for the system's `dlopen`.
// SAFETY: the function has the type and the meaning of the one that it stands before (rule 10).
#[unsafe(no_mangle)]
unsafe extern "C" fn dlopen(name: *const c_char, flags: c_int) -> *mut c_void {
    type Dlopen = unsafe extern "C" fn(*const c_char, c_int) -> *mut c_void;
    // SAFETY: the name ends with a zero (rule 10).
    let system = unsafe { libc::dlsym(libc::RTLD_NEXT, c"dlopen".as_ptr()) };
    assert!(!system.is_null());
    // SAFETY: the system's `dlopen` has this type (rule 1).
    let system: Dlopen = unsafe { std::mem::transmute::<*mut c_void, Dlopen>(system) };
    report(ENTERED);
    // SAFETY: the arguments go unchanged to the system's function, whose contract the caller keeps
    // (rule 10).
    let library = unsafe { system(name, flags) };
    report(LEFT);
    library
}
