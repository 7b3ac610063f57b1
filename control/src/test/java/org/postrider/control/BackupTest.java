package org.postrider.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.control.operation.BackupCreate;
import org.postrider.control.operation.BackupList;
import org.postrider.control.operation.BackupVerify;
import org.postrider.control.operation.LastBackup;
import org.postrider.control.operation.Operation;
import org.postrider.control.operation.Refusal;
import org.postrider.control.operation.RestoreWhole;
import org.postrider.control.operation.StatusShow;
import org.postrider.control.operation.UserAdd;
import org.postrider.control.operation.UserList;
import org.postrider.control.operation.UserView;

/** Backup, its list and its restoration, as administrators ask for them. */
class BackupTest {
  @TempDir Path temp;

  private final List<String> progress = new ArrayList<>();

  private <R extends Record> R execute(String data, Operation<R> operation) throws Refusal {
    return new ControlClient(TestServer.installation(temp.resolve(data)), ControlLimits.defaults())
        .execute(operation, (what, done, total) -> progress.add(what));
  }

  private String backup() {
    return temp.resolve("backup").toString();
  }

  @Test
  void backsUpBesideTheServerAndRestoresElsewhere() throws Exception {
    try (TestServer _ = new TestServer(temp.resolve("up"))) {
      execute("up", new UserAdd("alice@example.org", "secret"));
      assertThat(execute("up", new StatusShow()).lastBackup()).isNull();
      BackupCreate.Reply made = execute("up", new BackupCreate(backup(), true, 3));
      assertThat(made.verified()).isTrue();
      assertThat(made.snapshot().users()).isOne();
      assertThat(made.removed()).isEmpty();
      LastBackup last = Objects.requireNonNull(execute("up", new StatusShow()).lastBackup());
      assertThat(last.snapshot()).isEqualTo(made.snapshot().name());
      assertThat(last.verified()).isNotNull();
      assertThat(execute("up", new BackupList(backup())).snapshots())
          .containsExactly(made.snapshot());
      assertThatThrownBy(() -> execute("up", new RestoreWhole(backup(), null)))
          .hasMessageContaining("A server runs on");
    }
    RestoreWhole.Reply restored = execute("other", new RestoreWhole(backup(), null));
    assertThat(restored.users()).isOne();
    assertThat(restored.damaged()).isEmpty();
    assertThat(execute("other", new UserList(null)).users())
        .singleElement()
        .satisfies(user -> assertThat(user).extracting(UserView::hasPassword).isEqualTo(true));
    assertThatThrownBy(() -> execute("other", new RestoreWhole(backup(), null)))
        .hasMessageContaining("There is a store in");
  }

  @Test
  void saysWhichFileIsDamaged() throws Exception {
    execute("down", new UserAdd("alice@example.org", "secret"));
    execute("down", new BackupCreate(backup(), false, null));
    assertThat(execute("down", new BackupVerify(backup(), null)).directory()).isEqualTo(backup());
    try (Stream<Path> files = Files.walk(Path.of(backup()))) {
      Path table =
          files
              .filter(file -> file.endsWith("account.gz"))
              .findFirst()
              .orElseThrow(IOException::new);
      Files.write(table, new byte[] {1, 2, 3});
    }
    assertThatThrownBy(() -> execute("down", new BackupVerify(backup(), null)))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("account.gz is damaged");
    assertThatThrownBy(() -> execute("down", new BackupCreate(backup(), false, 0)))
        .hasMessageContaining("one snapshot at least");
    assertThatThrownBy(() -> execute("down", new BackupList(temp.toString())))
        .hasMessageContaining("There is no backup in");
  }
}
