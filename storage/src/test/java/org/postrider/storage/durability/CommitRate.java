package org.postrider.storage.durability;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.SplittableRandom;
import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;
import org.postrider.storage.fs.OrderedFilePath;

/** How many commits a second H2 makes with one writer, on each of several file systems. */
public final class CommitRate {
  private static final String OPTIONS =
      ";WRITE_DELAY=0;MAX_COMPACT_TIME=0;CACHE_SIZE=32768;DB_CLOSE_ON_EXIT=FALSE;RETENTION_TIME=0";

  private CommitRate() {}

  /** The file systems that are compared. */
  public enum Variant {
    /** Nothing is forced: what H2 does. */
    PLAIN("file"),
    /** Each write is forced once, unordered. */
    FORCED("forced"),
    /** Ours. */
    ORDERED(OrderedFilePath.SCHEME);

    private final String scheme;

    Variant(String scheme) {
      this.scheme = scheme;
    }
  }

  /**
   * Commits a second.
   *
   * @param rows of 4 KB in each commit
   * @param directory empty
   */
  public static double measure(Variant variant, int rows, int commits, Path directory)
      throws SQLException {
    OrderedFilePath.register();
    FilePath.register(new ForcedFilePath());
    String url = "jdbc:h2:" + variant.scheme + ":" + directory.resolve("commits") + OPTIONS;
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t (id BIGINT PRIMARY KEY, body VARBINARY(65536))");
      connection.setAutoCommit(false);
      run(connection, rows, commits / 5, 0);
      long start = System.nanoTime();
      run(connection, rows, commits, 1L << 32);
      return commits / ((System.nanoTime() - start) / 1e9);
    }
  }

  private static void run(Connection connection, int rows, int commits, long firstId)
      throws SQLException {
    SplittableRandom random = new SplittableRandom(firstId);
    long id = firstId;
    byte[] body = new byte[4096];
    try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, ?)")) {
      for (int commit = 0; commit < commits; commit++) {
        for (int row = 0; row < rows; row++) {
          random.nextBytes(body);
          insert.setLong(1, id++);
          insert.setBytes(2, body.clone());
          insert.addBatch();
        }
        insert.executeBatch();
        connection.commit();
      }
    }
  }

  /** The simplest way to make a commit durable when it returns; it does not survive every loss. */
  public static final class ForcedFilePath extends FilePathWrapper {
    /** For H2, which makes paths by reflection. */
    public ForcedFilePath() {}

    @Override
    public String getScheme() {
      return Variant.FORCED.scheme;
    }

    @Override
    public FileChannel open(String mode) throws IOException {
      return new ForcedFile(getBase().open(mode));
    }
  }

  private static final class ForcedFile extends FileBaseDefault {
    private final FileChannel file;

    ForcedFile(FileChannel file) {
      this.file = file;
    }

    @Override
    public synchronized int read(ByteBuffer target, long position) throws IOException {
      return file.read(target, position);
    }

    @Override
    public synchronized int write(ByteBuffer source, long position) throws IOException {
      int octets = file.write(source, position);
      file.force(false);
      return octets;
    }

    @Override
    protected void implTruncate(long size) throws IOException {
      file.truncate(size);
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
      return file.tryLock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
      file.close();
    }
  }
}
