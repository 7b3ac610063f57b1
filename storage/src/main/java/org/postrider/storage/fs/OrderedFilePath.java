package org.postrider.storage.fs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import org.h2.engine.Constants;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;
import org.h2.store.fs.disk.FilePathDisk;

/**
 * A file system for H2, {@code postrider:<path>}, that makes each write of a database file durable
 * before it returns, in the order in which recovery can bear to lose power at any moment. It wraps
 * the file system that the rest of the path names, by default the disk's.
 *
 * <p>H2 2.4 writes a <em>chunk</em> with each commit: a block of 4 KB that starts with its header,
 * further blocks, and a footer in the last one; it never calls fsync, and its pages carry no
 * checksum that covers what they hold. What is enforced here, in {@link OrderedFileChannel}:
 *
 * <ul>
 *   <li>the first sector of a chunk, without which recovery does not find it, is written when the
 *       rest of it is durable;
 *   <li>a write returns when it is durable; so a commit is, and space that a commit freed is reused
 *       only after that commit is durable;
 *   <li>until then its place says that it is unfinished, so that what was never whole and what the
 *       disk damaged later can be told apart;
 *   <li>with each chunk one of the two copies of the store header is made to name it, so that
 *       recovery always starts at the newest chunk, or at the one before if that was not finished;
 *   <li>the file is cut only when what was written before is durable;
 *   <li>after a failed force every further write fails: what the system dropped then, a second
 *       force would not bring back.
 * </ul>
 *
 * <p>A file on disk is a {@link DiskFile}, which no interrupt closes.
 *
 * <p>Temporary and trace files are passed through. Needs {@code WRITE_DELAY=0}: with H2's
 * background writer a COMMIT returns before its write.
 */
public final class OrderedFilePath extends FilePathWrapper {
  /** The scheme of paths and, after {@code jdbc:h2:}, of URLs. */
  public static final String SCHEME = "postrider";

  /** For H2, which makes paths by reflection; use {@link #register}. */
  public OrderedFilePath() {}

  /** Makes the scheme known to H2. May be called again. */
  public static void register() {
    FilePath.register(new OrderedFilePath());
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public FileChannel open(String mode) throws IOException {
    if (!isDatabase()) {
      return getBase().open(mode);
    }
    boolean created = !getBase().exists();
    FileChannel file = openBase(mode);
    if (created) {
      try {
        forceDirectory();
      } catch (IOException | RuntimeException e) {
        file.close();
        throw e;
      }
    }
    return new OrderedFileChannel(file);
  }

  private FileChannel openBase(String mode) throws IOException {
    return getBase() instanceof FilePathDisk disk
        ? new DiskFile(disk.toString(), mode)
        : getBase().open(mode);
  }

  @Override
  public boolean createFile() {
    boolean created = getBase().createFile();
    if (created && isDatabase()) {
      forceDirectoryUnchecked();
    }
    return created;
  }

  /** Renames (H2 does so when it compacts offline); a database's content is durable before. */
  @Override
  public void moveTo(FilePath newName, boolean atomicReplace) {
    OrderedFilePath target = (OrderedFilePath) newName;
    if (target.isDatabase()) {
      try (FileChannel content = getBase().open("rw")) {
        content.force(true);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    super.moveTo(newName, atomicReplace);
    if (target.isDatabase()) {
      target.forceDirectoryUnchecked();
    }
  }

  private boolean isDatabase() {
    return getName().endsWith(Constants.SUFFIX_MV_FILE);
  }

  private void forceDirectoryUnchecked() {
    try {
      forceDirectory();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes the file's name durable. */
  private void forceDirectory() throws IOException {
    try (FileChannel directory = getBase().getParent().open("r")) {
      directory.force(true);
    }
  }
}
