package org.postrider.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.MVStore;
import org.junit.jupiter.api.Test;
import org.postrider.storage.fs.OrderedFilePath;
import org.postrider.testkit.PowerLossDisk;

class AbandonedDatabaseTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @Test
  void nobodySpinsInADatabaseThatIsLetGo() throws Exception {
    H2Dialect dialect = H2Dialect.of("mem:abandoned", 1);
    Connection writer = DriverManager.getConnection(dialect.jdbcUrl(), "sa", "");
    MVStore store =
        ((SessionLocal) writer.unwrap(JdbcConnection.class).getSession())
            .getDatabase()
            .getStore()
            .getMvStore();
    breakCounter(store);
    dialect.abandon(writer);
    assertThat(startsStatement(store)).isTrue();
    breakCounter(store);
    dialect.release(writer);
    assertThat(startsStatement(store)).isTrue();
  }

  /** The next change of those rows would spin. */
  @Test
  void aRollbackThatFailsIsNotTakenForOneThatWorked() throws Exception {
    OrderedFilePath.register();
    try (PowerLossDisk disk = new PowerLossDisk(4096)) {
      H2Dialect dialect = H2Dialect.of("fs:" + OrderedFilePath.SCHEME + ":" + disk.path("mail"), 1);
      Connection writer = DriverManager.getConnection(dialect.jdbcUrl(), "sa", "");
      writer.setAutoCommit(false);
      try (Statement statement = writer.createStatement()) {
        statement.execute("CREATE TABLE t (id BIGINT PRIMARY KEY, bytes VARBINARY)");
        statement.execute("INSERT INTO t SELECT x, SECURE_RAND(4000) FROM SYSTEM_RANGE(1, 1500)");
        writer.commit();
        statement.execute("UPDATE t SET bytes = SECURE_RAND(4000)");
      }
      disk.failAfter(PowerLossDisk.Fault.READ, 0, 1);
      assertThatThrownBy(() -> dialect.rollback(writer))
          .isInstanceOf(SQLException.class)
          .hasMessage("a rollback failed");
      assertThat(disk.isBroken()).isTrue();
      dialect.abandon(writer);
      dialect.release(writer);
    }
  }

  /** Whether a statement gets beyond where H2 spins (with assertions on it throws there). */
  private static boolean startsStatement(MVStore store) throws InterruptedException {
    AtomicReference<MVStore.TxCounter> counter = new AtomicReference<>();
    Thread thread =
        Thread.ofPlatform().daemon().start(() -> counter.set(store.registerVersionUsage()));
    return thread.join(LIMIT) && counter.get() != null;
  }

  /** As a rollback after a failed write leaves it. */
  private static void breakCounter(MVStore store) throws ReflectiveOperationException {
    Field field = MVStore.class.getDeclaredField("currentTxCounter");
    field.setAccessible(true);
    Object counter = field.get(store);
    Method decrement = counter.getClass().getDeclaredMethod("decrementAndGet");
    decrement.setAccessible(true);
    for (int i = 0; i < 1000; i++) {
      decrement.invoke(counter);
    }
  }
}
