package org.postrider.testkit;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.util.ArrayList;
import java.util.List;
import org.h2.store.fs.FakeFileChannel;
import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePath;
import org.jspecify.annotations.Nullable;

/** {@code powerloss:/<disk>/<name>}: how H2 sees the files of a {@link PowerLossDisk}. */
final class PowerLossPath extends FilePath {
  private static final String ROOT = PowerLossDisk.SCHEME + ":/";

  @Override
  public String getScheme() {
    return PowerLossDisk.SCHEME;
  }

  @Override
  public FilePath getPath(String path) {
    PowerLossPath result = new PowerLossPath();
    result.name = path;
    return result;
  }

  private PowerLossDisk disk() {
    String rest = name.substring(ROOT.length());
    int slash = rest.indexOf('/');
    PowerLossDisk disk = PowerLossDisk.withId(slash < 0 ? rest : rest.substring(0, slash));
    if (disk == null) {
      throw new IllegalStateException("no disk for " + name);
    }
    return disk;
  }

  /** The name on the disk, empty for its one directory. */
  private String fileName() {
    int slash = name.indexOf('/', ROOT.length());
    return slash < 0 ? "" : name.substring(slash + 1);
  }

  private @Nullable PowerLossFile find() {
    return disk().find(fileName());
  }

  @Override
  public long size() {
    try {
      PowerLossFile file = find();
      return file == null ? 0 : file.length();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void moveTo(FilePath newName, boolean atomicReplace) {
    try {
      disk().rename(fileName(), ((PowerLossPath) newName).fileName());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean createFile() {
    try {
      boolean created = find() == null;
      disk().findOrCreate(fileName());
      return created;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean exists() {
    return isDirectory() || find() != null;
  }

  @Override
  public void delete() {
    try {
      disk().delete(fileName());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<FilePath> newDirectoryStream() {
    String prefix = fileName().isEmpty() ? "" : fileName() + "/";
    List<FilePath> found = new ArrayList<>();
    for (String file : disk().list(prefix)) {
      found.add(getPath(disk().path(file)));
    }
    return found;
  }

  @Override
  public FilePath toRealPath() {
    return this;
  }

  @Override
  public @Nullable FilePath getParent() {
    int slash = name.lastIndexOf('/');
    return slash < ROOT.length() ? null : getPath(name.substring(0, slash));
  }

  @Override
  public boolean isDirectory() {
    return fileName().isEmpty();
  }

  @Override
  public boolean isRegularFile() {
    return find() != null;
  }

  @Override
  public boolean isAbsolute() {
    return true;
  }

  @Override
  public long lastModified() {
    return 0;
  }

  @Override
  public boolean canWrite() {
    return true;
  }

  @Override
  public boolean setReadOnly() {
    return false;
  }

  @Override
  public void createDirectory() {
    throw new UnsupportedOperationException("a disk has one directory");
  }

  @Override
  public FileChannel open(String mode) throws IOException {
    if (isDirectory()) {
      return new DirectoryChannel(disk());
    }
    if (mode.equals("r")) {
      PowerLossFile file = find();
      if (file == null) {
        throw new FileNotFoundException(name);
      }
      return new Channel(file);
    }
    return new Channel(disk().findOrCreate(fileName()));
  }

  /** An open file. */
  private static class Channel extends FileBaseDefault {
    private final PowerLossFile file;

    Channel(PowerLossFile file) {
      this.file = file;
    }

    @Override
    public synchronized int read(ByteBuffer target, long position) throws IOException {
      return file.read(target, position);
    }

    @Override
    public synchronized int write(ByteBuffer source, long position) throws IOException {
      return file.write(source, position);
    }

    @Override
    public void force(boolean metaData) throws IOException {
      file.force();
    }

    @Override
    protected void implTruncate(long size) throws IOException {
      file.truncate(size);
    }

    @Override
    public long size() throws IOException {
      return file.length();
    }

    @Override
    public @Nullable FileLock tryLock(long position, long size, boolean shared) {
      if (!file.lock()) {
        return null;
      }
      return new FileLock(FakeFileChannel.INSTANCE, position, size, shared) {
        @Override
        public boolean isValid() {
          return true;
        }

        @Override
        public void release() {
          file.unlock();
        }
      };
    }
  }

  /** An open directory, which can only be forced. */
  private static final class DirectoryChannel extends Channel {
    private final PowerLossDisk disk;

    DirectoryChannel(PowerLossDisk disk) {
      super(new PowerLossFile(disk));
      this.disk = disk;
    }

    @Override
    public void force(boolean metaData) throws IOException {
      disk.forceNames();
    }
  }
}
