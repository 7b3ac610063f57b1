package org.postrider.storage.backup;

import static org.postrider.storage.StorageException.Reason.CANNOT;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.postrider.storage.StorageException;

/**
 * The files of a backup. What ends in {@code .unfinished} is of a run that goes on or was broken
 * off; everything else is complete and on disk.
 *
 * <pre>
 * segments/00000001.segment     bytes of contents
 * snapshots/NAME/manifest       what the snapshot holds
 * snapshots/NAME/TABLE.gz       rows
 * snapshots/NAME/contents.gz    where the bytes of each content are
 * snapshots/NAME/SHA256SUMS     of all files the snapshot needs, segments among them
 * </pre>
 */
final class BackupDirectory implements AutoCloseable {
  static final String UNFINISHED = ".unfinished";
  static final String MANIFEST = "manifest";
  static final String SUMS = "SHA256SUMS";
  static final String CONTENTS = "contents.gz";

  private static final int BUFFER = 1 << 16;

  private final Path root;
  private final FileChannel lockFile;

  private BackupDirectory(Path root, FileChannel lockFile) {
    this.root = root;
    this.lockFile = lockFile;
  }

  /** Opens a backup, or begins one in a directory that is empty or missing. */
  static BackupDirectory toWrite(Path root) throws IOException {
    if (!Files.isDirectory(root.resolve("snapshots"))) {
      if (Files.isDirectory(root)) {
        try (Stream<Path> files = Files.list(root)) {
          if (files.findAny().isPresent()) {
            throw new StorageException(
                CANNOT, root + " holds other things than a backup; name an empty directory");
          }
        }
      }
      var owner = PosixFilePermissions.fromString("rwx------");
      Files.createDirectories(root, PosixFilePermissions.asFileAttribute(owner));
      Files.createDirectories(root.resolve("segments"));
      Files.createDirectory(root.resolve("snapshots"));
      force(root);
    }
    return locked(root, false);
  }

  /** Opens a backup that is there. */
  static BackupDirectory toRead(Path root) throws IOException {
    if (!Files.isDirectory(root.resolve("snapshots"))) {
      throw new StorageException(
          StorageException.Reason.NOT_FOUND, "There is no backup in " + root);
    }
    return locked(root, true);
  }

  private static BackupDirectory locked(Path root, boolean shared) throws IOException {
    Path file = root.resolve("lock");
    FileChannel channel =
        shared && !Files.isWritable(root)
            ? FileChannel.open(file, StandardOpenOption.READ)
            : FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock(0, Long.MAX_VALUE, shared);
      if (lock != null) {
        return new BackupDirectory(root, channel);
      }
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw new StorageException(CANNOT, "The backup in " + root + " is in use", e);
    }
    channel.close();
    throw new StorageException(CANNOT, "The backup in " + root + " is in use");
  }

  Path root() {
    return root;
  }

  Path segments() {
    return root.resolve("segments");
  }

  Path snapshot(String name) {
    return root.resolve("snapshots").resolve(name);
  }

  /** The greatest number of a segment, 0 when there is none. */
  int lastSegment() throws IOException {
    int last = 0;
    for (Path file : list(segments())) {
      String name = file.getFileName().toString();
      if (name.matches("\\d{8}\\.segment.*")) {
        last = Math.max(last, Integer.parseInt(name.substring(0, 8)));
      }
    }
    return last;
  }

  /** The snapshots, the oldest first. */
  List<Snapshot> snapshots() throws IOException {
    List<Snapshot> snapshots = new ArrayList<>();
    for (Path directory : list(root.resolve("snapshots"))) {
      String name = directory.getFileName().toString();
      if (name.endsWith(UNFINISHED)) {
        continue;
      }
      Path manifest = directory.resolve(MANIFEST);
      try {
        snapshots.add(Snapshot.parse(name, Files.readAllLines(manifest)));
      } catch (IOException | RuntimeException e) {
        throw new StorageException(
            CANNOT, manifest + " is damaged; remove the directory it is in, and back up again", e);
      }
    }
    return snapshots;
  }

  /** The checksums that a snapshot's files should have, by path below the root. */
  Map<String, String> sums(String snapshot) throws IOException {
    Map<String, String> sums = new TreeMap<>();
    for (String line : Files.readAllLines(snapshot(snapshot).resolve(SUMS))) {
      if (!line.matches("[0-9a-f]{64}  \\S+")) {
        throw new IOException(snapshot(snapshot).resolve(SUMS) + " is damaged");
      }
      sums.put(line.substring(66), line.substring(0, 64));
    }
    return sums;
  }

  /** Deletes what runs that were broken off left, and segments that no snapshot needs. */
  void clean() throws IOException {
    for (Path directory : list(root.resolve("snapshots"))) {
      if (directory.toString().endsWith(UNFINISHED)) {
        deleteAll(directory);
      }
    }
    TreeSet<String> needed = new TreeSet<>();
    for (Snapshot snapshot : snapshots()) {
      needed.addAll(sums(snapshot.name()).keySet());
    }
    for (Path segment : list(segments())) {
      if (!needed.contains("segments/" + segment.getFileName())) {
        Files.delete(segment);
      }
    }
  }

  /** Deletes all but the last snapshots, and what only they needed. */
  List<Snapshot> prune(int keep) throws IOException {
    List<Snapshot> all = snapshots();
    List<Snapshot> old = all.subList(0, Math.max(0, all.size() - keep));
    for (Snapshot snapshot : old) {
      Path gone = snapshot(snapshot.name() + UNFINISHED);
      Files.move(snapshot(snapshot.name()), gone, StandardCopyOption.ATOMIC_MOVE);
    }
    force(root.resolve("snapshots"));
    clean();
    return List.copyOf(old);
  }

  static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  static void deleteAll(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Writes a small file, on disk when this returns. */
  static void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
    force(file);
  }

  /** Makes a file, or the names in a directory, durable. */
  static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  static String sha256(Path file) throws IOException {
    MessageDigest sha256 = newSha256();
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        sha256.update(buffer, 0, n);
      }
    }
    return HexFormat.of().formatHex(sha256.digest());
  }

  static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @Override
  public void close() throws IOException {
    lockFile.close();
  }
}
