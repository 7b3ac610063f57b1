package org.postrider.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.MVStore;
import org.junit.jupiter.api.Test;

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
