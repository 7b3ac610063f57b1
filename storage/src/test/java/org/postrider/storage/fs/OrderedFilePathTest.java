package org.postrider.storage.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.h2.mvstore.DataUtils;
import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePath;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.testkit.PowerLossDisk;

class OrderedFilePathTest {
  @TempDir private Path directory;

  @BeforeEach
  void register() {
    OrderedFilePath.register();
  }

  /** A file that notes what is done to it. */
  private static final class NotedFile extends FileBaseDefault {
    final List<String> done = new ArrayList<>();
    final ByteBuffer content = ByteBuffer.allocate(1 << 20);
    long size;
    boolean failing;

    @Override
    public synchronized int read(ByteBuffer target, long position) {
      int octets = (int) Math.min(target.remaining(), size - position);
      if (octets <= 0) {
        return -1;
      }
      target.put(content.slice((int) position, octets));
      return octets;
    }

    @Override
    public synchronized int write(ByteBuffer source, long position) {
      done.add("write " + position + "+" + source.remaining());
      int octets = source.remaining();
      size = Math.max(size, position + octets);
      content.slice((int) position, octets).put(source);
      return octets;
    }

    @Override
    public void force(boolean metaData) throws IOException {
      if (failing) {
        throw new IOException("no space");
      }
      done.add("force");
    }

    @Override
    protected void implTruncate(long newSize) {
      done.add("truncate " + newSize);
      size = Math.min(size, newSize);
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public FileLock tryLock(long position, long length, boolean shared) {
      throw new UnsupportedOperationException();
    }
  }

  private final NotedFile file = new NotedFile();
  private final OrderedFileChannel channel = new OrderedFileChannel(file);

  private static ByteBuffer header(String fields) {
    byte[] octets = fields.getBytes(StandardCharsets.ISO_8859_1);
    StringBuilder text = new StringBuilder(fields);
    DataUtils.appendMap(text, "fletcher", DataUtils.getFletcher32(octets, 0, octets.length));
    ByteBuffer both = ByteBuffer.allocate(8192);
    for (int copy = 0; copy < 2; copy++) {
      both.position(copy * 4096).put((text + "\n").getBytes(StandardCharsets.ISO_8859_1));
    }
    return both.rewind();
  }

  private static ByteBuffer chunk(int id, int octets) {
    ByteBuffer chunk = ByteBuffer.allocate(octets);
    String start = "chunk:" + id + ",len:2,version:" + id + "   \n";
    return chunk.put(start.getBytes(StandardCharsets.ISO_8859_1)).rewind();
  }

  /** The map that a copy of the store header holds. */
  private HashMap<String, String> copy(int number) {
    byte[] octets = new byte[512];
    file.content.get(number * 4096, octets);
    String text = new String(octets, StandardCharsets.ISO_8859_1);
    return DataUtils.parseMap(text.substring(0, text.indexOf('\n')));
  }

  @Test
  void theFirstSectorOfAChunkAndTheHeaderComeLast() throws IOException {
    channel.write(header("H:2,block:2,blockSize:1000,chunk:1,clean:1,version:1"), 0);
    assertThat(file.done).containsExactly("write 0+8192");
    file.done.clear();

    assertThat(channel.write(chunk(2, 12288), 20480)).isEqualTo(12288);
    assertThat(file.done)
        .containsExactly(
            "write 0+512",
            "write 4096+512",
            "force",
            "write 20480+512",
            "write 20992+11776",
            "force",
            "write 0+512",
            "write 20480+512",
            "force");
    assertThat(copy(0))
        .containsEntry("block", "5")
        .containsEntry("chunk", "2")
        .containsEntry("version", "2")
        .doesNotContainKey("clean");
    assertThat(copy(1)).containsEntry("chunk", "1").doesNotContainKey("clean");
    file.done.clear();

    channel.write(chunk(3, 4096), 40960);
    assertThat(file.done)
        .containsExactly(
            "write 40960+512",
            "write 41472+3584",
            "force",
            "write 4096+512",
            "write 40960+512",
            "force");
    assertThat(copy(0)).containsEntry("chunk", "2");
    assertThat(copy(1)).containsEntry("chunk", "3").containsEntry("block", "a");
  }

  @Test
  void theHeaderIsReadFromAFileThatIsThere() throws IOException {
    file.write(header("H:2,block:2,chunk:6,version:6"), 0);
    file.write(header("H:2,block:9,chunk:7,version:7").limit(4096), 0);
    channel.write(chunk(8, 4096), 40960);
    assertThat(copy(0)).containsEntry("chunk", "7");
    assertThat(copy(1)).containsEntry("chunk", "8");
  }

  @Test
  void anOlderChunkThatMovesIsNotNamed() throws IOException {
    channel.write(header("H:2,block:2,chunk:6,version:6"), 0);
    channel.write(chunk(5, 8192), 40960);
    assertThat(copy(0)).containsEntry("chunk", "6");
    assertThat(copy(1)).containsEntry("chunk", "6");
  }

  @Test
  void aChunkThatWasNeverWholeIsNotTheNewest() throws IOException {
    channel.write(header("H:2,block:2,chunk:6,version:6"), 0);
    channel.write(chunk(7, 4096), 36864);
    ByteBuffer start = ByteBuffer.allocate(512).put(file.content.slice(40960, 512)).rewind();
    channel.write(chunk(8, 4096), 40960);
    StoreHeader named = StoreHeader.read(file.content.slice(4096, 512));
    assertThat(named.version()).isEqualTo(8);
    file.content.put(40960, named.unfinished(), 0, 512);
    assertThat(start).isNotEqualTo(named.unfinished());

    OrderedFileChannel again = new OrderedFileChannel(file);
    again.write(chunk(8, 8192), 49152);
    assertThat(copy(0)).containsEntry("version", "7");
    assertThat(copy(1)).containsEntry("version", "8").containsEntry("block", "c");
  }

  @Test
  void theFirstHeaderIsDurableBeforeAnythingElse() throws IOException {
    channel.write(header("H:2,blockSize:1000"), 0);
    assertThat(file.done).containsExactly("write 0+8192", "force");
  }

  @Test
  void theHeaderIsForcedWhenH2Asks() throws IOException {
    channel.write(header("H:2,block:2,chunk:1,version:1"), 0);
    channel.force(true);
    channel.force(true);
    assertThat(file.done).containsExactly("write 0+8192", "force");
  }

  @Test
  void aTruncationIsOrderedAndDurable() throws IOException {
    channel.truncate(8192);
    assertThat(file.done).containsExactly("force", "truncate 8192", "force");
  }

  @Test
  void afterAFailedForceNothingIsWritten() throws IOException {
    file.failing = true;
    assertThatThrownBy(() -> channel.write(chunk(1, 8192), 8192)).hasMessage("no space");
    file.failing = false;
    assertThatThrownBy(() -> channel.write(chunk(2, 8192), 8192)).hasMessageContaining("earlier");
    assertThatThrownBy(() -> channel.force(true)).hasMessageContaining("earlier");
    assertThatThrownBy(() -> channel.truncate(8192)).hasMessageContaining("earlier");
    channel.close();
  }

  private static String url(String path) {
    return "jdbc:h2:" + OrderedFilePath.SCHEME + ":" + path + ";WRITE_DELAY=0";
  }

  private static void insert(String path, int from, int to) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url(path));
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE IF NOT EXISTS t (id INT PRIMARY KEY)");
      for (int i = from; i < to; i++) {
        statement.execute("INSERT INTO t VALUES (" + i + ")");
      }
    }
  }

  private static int count(String path) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url(path));
        ResultSet rs = connection.createStatement().executeQuery("SELECT COUNT(*) FROM t")) {
      rs.next();
      return rs.getInt(1);
    }
  }

  @Test
  void aDatabaseOnDisk() throws Exception {
    String path = directory.resolve("d").toString();
    insert(path, 0, 50);
    insert(path, 50, 100);
    assertThat(count(path)).isEqualTo(100);
    assertThat(directory.resolve("d.mv.db")).exists();
    try (Connection connection = DriverManager.getConnection(url(path))) {
      connection.createStatement().execute("SHUTDOWN COMPACT");
    }
    assertThat(count(path)).isEqualTo(100);
  }

  @Test
  void halfAHeaderIsNoDatabase() throws Exception {
    Files.write(directory.resolve("d.mv.db"), new byte[8192]);
    String path = directory.resolve("d").toString();
    insert(path, 0, 1);
    assertThat(count(path)).isEqualTo(1);
  }

  @Test
  void theNameOfANewDatabaseIsDurable() throws Exception {
    try (PowerLossDisk disk = new PowerLossDisk(4096)) {
      insert(disk.path("d"), 0, 1);
      try (PowerLossDisk after = disk.afterLoss(1, 0)) {
        assertThat(FilePath.get(after.path("d.mv.db")).exists()).isTrue();
        assertThat(count(after.path("d"))).isEqualTo(1);
      }
    }
  }

  /** The space of a chunk that was the newest when the file was closed is used again. */
  @Test
  void theNewestStateIsOpenedWhenThePowerGoesAfterAStart() throws Exception {
    String options = ";RETENTION_TIME=0;MAX_COMPACT_TIME=0;TRACE_LEVEL_FILE=0";
    try (PowerLossDisk closed = new PowerLossDisk(512)) {
      insert(closed.path("d") + options, 0, 5);
      for (int operations = 1; operations < 24; operations++) {
        try (PowerLossDisk disk = closed.afterLoss(1, 1)) {
          disk.loseAfter(operations);
          try {
            insert(disk.path("d") + options, 5, 10);
          } catch (SQLException e) {
            assertThat(disk.isLost()).isTrue();
          }
          for (int seed = 0; seed < 3; seed++) {
            try (PowerLossDisk after = disk.afterLoss(seed, .5 * seed)) {
              String path = OrderedFilePath.SCHEME + ":" + after.path("d.mv.db");
              NewestState state = NewestState.of(path);
              assertThat(state).as("after %s operations", operations).isNotNull();
              assertThat(state.isOpened()).as("%s after %s", state, operations).isTrue();
            }
          }
        }
      }
    }
  }

  @Test
  void otherFilesArePassedThrough() throws Exception {
    try (PowerLossDisk disk = new PowerLossDisk(4096)) {
      String path = OrderedFilePath.SCHEME + ":" + disk.path("x.trace.db");
      try (FileChannel trace = FilePath.get(path).open("rw")) {
        trace.write(ByteBuffer.allocate(10000), 0);
      }
      assertThat(disk.operations()).isEqualTo(2); // the name and the write
    }
  }
}
