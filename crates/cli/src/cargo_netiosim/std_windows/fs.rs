//! `std::os::windows::fs`.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::Path;
use std::time::UNIX_EPOCH;

/// Reading and writing at a place. Unlike on Windows, the file's own position stays.
pub trait FileExt {
    fn seek_read(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;
    fn seek_write(&self, buffer: &[u8], offset: u64) -> io::Result<usize>;
}

impl FileExt for File {
    fn seek_read(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.read_at(buffer, offset)
    }

    fn seek_write(&self, buffer: &[u8], offset: u64) -> io::Result<usize> {
        self.write_at(buffer, offset)
    }
}

/// Options of opening. The host has no such thing: they are accepted and do nothing.
pub trait OpenOptionsExt {
    fn access_mode(&mut self, access: u32) -> &mut Self;
    fn share_mode(&mut self, share: u32) -> &mut Self;
    fn custom_flags(&mut self, flags: u32) -> &mut Self;
    fn attributes(&mut self, attributes: u32) -> &mut Self;
    fn security_qos_flags(&mut self, flags: u32) -> &mut Self;
}

impl OpenOptionsExt for OpenOptions {
    fn access_mode(&mut self, _access: u32) -> &mut Self {
        self
    }

    fn share_mode(&mut self, _share: u32) -> &mut Self {
        self
    }

    fn custom_flags(&mut self, _flags: u32) -> &mut Self {
        self
    }

    fn attributes(&mut self, _attributes: u32) -> &mut Self {
        self
    }

    fn security_qos_flags(&mut self, _flags: u32) -> &mut Self {
        self
    }
}

/// What is known of a file.
pub trait MetadataExt {
    /// FILE_ATTRIBUTE_READONLY (1), _DIRECTORY (16), _NORMAL (128) and _REPARSE_POINT (1024).
    fn file_attributes(&self) -> u32;
    /// In units of 100 ns since 1601.
    fn creation_time(&self) -> u64;
    /// In units of 100 ns since 1601.
    fn last_access_time(&self) -> u64;
    /// In units of 100 ns since 1601.
    fn last_write_time(&self) -> u64;
    /// In bytes.
    fn file_size(&self) -> u64;
}

impl MetadataExt for Metadata {
    fn file_attributes(&self) -> u32 {
        let kind = if self.file_type().is_symlink() {
            1024
        } else if self.is_dir() {
            16
        } else {
            0
        };
        match kind | u32::from(self.permissions().readonly()) {
            0 => 128,
            attributes => attributes,
        }
    }

    fn creation_time(&self) -> u64 {
        self.created().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).map_or(0, |since| {
            file_time(since.as_secs() as i64, i64::from(since.subsec_nanos()))
        })
    }

    fn last_access_time(&self) -> u64 {
        file_time(self.atime(), self.atime_nsec())
    }

    fn last_write_time(&self) -> u64 {
        file_time(self.mtime(), self.mtime_nsec())
    }

    fn file_size(&self) -> u64 {
        self.len()
    }
}

/// Seconds from 1601 to 1970.
const EPOCH_S: i64 = 11_644_473_600;

fn file_time(seconds: i64, nanoseconds: i64) -> u64 {
    ((seconds + EPOCH_S) * 10_000_000 + nanoseconds / 100).max(0) as u64
}

/// A symbolic link to a file.
pub fn symlink_file<P: AsRef<Path>, Q: AsRef<Path>>(original: P, link: Q) -> io::Result<()> {
    std::os::unix::fs::symlink(original, link)
}

/// A symbolic link to a folder.
pub fn symlink_dir<P: AsRef<Path>, Q: AsRef<Path>>(original: P, link: Q) -> io::Result<()> {
    std::os::unix::fs::symlink(original, link)
}
