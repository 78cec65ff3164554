//! Standard input that a thread reads, because no wait for it ends early on Windows.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use crate::cli::interrupt::Interrupt;

/// Bytes that are read at once.
const CHUNK: usize = 64 << 10;

/// Standard input. The thread begins with the first read.
#[derive(Debug, Default)]
pub(crate) struct Stdin {
    chunks: Option<Receiver<Chunk>>,
    /// Bytes that came and were not asked for yet.
    rest: Vec<u8>,
    has_ended: bool,
    interrupt: Option<Interrupt>,
}

enum Chunk {
    Bytes(Vec<u8>),
    End(io::Result<()>),
    Woken,
}

impl Stdin {
    /// Lets Ctrl-C end the wait for input.
    pub(super) fn end_wait_on(&mut self, interrupt: Interrupt) {
        self.interrupt = Some(interrupt);
    }

    fn start(&mut self) -> io::Result<&Receiver<Chunk>> {
        if self.chunks.is_none() {
            // Room for one: the thread waits until the program asks for more.
            let (sender, receiver) = sync_channel(1);
            if let Some(interrupt) = &self.interrupt {
                let sender = sender.clone();
                // If there is no room, the receiver does not wait.
                interrupt.wake_by(move || drop(sender.try_send(Chunk::Woken)));
            }
            thread::Builder::new().spawn(move || read_all(&sender))?;
            self.chunks = Some(receiver);
        }
        self.chunks.as_ref().ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    fn check_interrupt(&self) -> io::Result<()> {
        // Not `ErrorKind::Interrupted`: readers would try again.
        match self.interrupt.as_ref().and_then(Interrupt::received) {
            Some(signal) => Err(io::Error::other(signal.to_string())),
            None => Ok(()),
        }
    }
}

impl Read for Stdin {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() && !self.has_ended {
            self.check_interrupt()?;
            match self.start()?.recv() {
                Ok(Chunk::Bytes(bytes)) => self.rest = bytes,
                Ok(Chunk::End(end)) => {
                    self.has_ended = true;
                    end?;
                }
                Ok(Chunk::Woken) => {}
                Err(_) => self.has_ended = true,
            }
        }
        self.check_interrupt()?;
        let len = buffer.len().min(self.rest.len());
        for (place, byte) in buffer.iter_mut().zip(self.rest.drain(..len)) {
            *place = byte;
        }
        Ok(len)
    }
}

/// Sends the input until it ends or the program does.
fn read_all(chunks: &SyncSender<Chunk>) {
    let mut stdin = io::stdin().lock();
    loop {
        let mut bytes = vec![0; CHUNK];
        let chunk = match stdin.read(&mut bytes) {
            Ok(0) => Chunk::End(Ok(())),
            Ok(len) => {
                bytes.truncate(len);
                Chunk::Bytes(bytes)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => Chunk::End(Err(error)),
        };
        let is_last = matches!(chunk, Chunk::End(_));
        if chunks.send(chunk).is_err() || is_last {
            return;
        }
    }
}
