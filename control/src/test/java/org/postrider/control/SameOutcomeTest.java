package org.postrider.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.control.operation.AliasAdd;
import org.postrider.control.operation.AliasList;
import org.postrider.control.operation.AliasRemove;
import org.postrider.control.operation.AliasSet;
import org.postrider.control.operation.BackupCreate;
import org.postrider.control.operation.BackupList;
import org.postrider.control.operation.BackupVerify;
import org.postrider.control.operation.ConfigShow;
import org.postrider.control.operation.DomainAdd;
import org.postrider.control.operation.DomainList;
import org.postrider.control.operation.DomainRemove;
import org.postrider.control.operation.FolderCreate;
import org.postrider.control.operation.FolderDelete;
import org.postrider.control.operation.FolderList;
import org.postrider.control.operation.FolderRename;
import org.postrider.control.operation.FolderRestore;
import org.postrider.control.operation.FolderSubscribe;
import org.postrider.control.operation.FolderUnsubscribe;
import org.postrider.control.operation.IndexRebuild;
import org.postrider.control.operation.IndexShow;
import org.postrider.control.operation.MessageList;
import org.postrider.control.operation.MessageRestore;
import org.postrider.control.operation.Operation;
import org.postrider.control.operation.OperationTable;
import org.postrider.control.operation.Progress;
import org.postrider.control.operation.QueueChange;
import org.postrider.control.operation.QueueFilter;
import org.postrider.control.operation.QueueList;
import org.postrider.control.operation.QueueShow;
import org.postrider.control.operation.Refusal;
import org.postrider.control.operation.RestoreUser;
import org.postrider.control.operation.RestoreWhole;
import org.postrider.control.operation.ServerReload;
import org.postrider.control.operation.StatusShow;
import org.postrider.control.operation.StoreCheckRun;
import org.postrider.control.operation.StoreCompact;
import org.postrider.control.operation.Trace;
import org.postrider.control.operation.UserAdd;
import org.postrider.control.operation.UserDisable;
import org.postrider.control.operation.UserEnable;
import org.postrider.control.operation.UserList;
import org.postrider.control.operation.UserPassword;
import org.postrider.control.operation.UserQuota;
import org.postrider.control.operation.UserRemove;
import org.postrider.control.operation.UserRestore;
import org.postrider.control.operation.UserSet;
import org.postrider.control.operation.UserShow;

/** An operation does the same whether a server runs or not. */
class SameOutcomeTest {
  private static final String ALICE = "alice@example.org";
  private static final String BOB = "bob@example.org";

  /** Every operation at least once, and every refusal that a person is likely to meet. */
  private static final List<Operation<?>> OPERATIONS =
      List.of(
          new DomainAdd("example.org"),
          new DomainAdd("example.org"),
          new DomainAdd("alice@example.org"),
          new DomainAdd("no domain"),
          new DomainList(),
          new UserAdd(ALICE, "secret"),
          new UserAdd(ALICE, "secret"),
          new UserAdd("alice", "secret"),
          new UserAdd("al ice@example.org", "secret"),
          new UserAdd(BOB, ""),
          new UserAdd(BOB, "s\u00e9cret"),
          new UserAdd("carol@example.net", "secret"),
          new UserList(null),
          new UserList("example.net"),
          new UserList("example.nett"),
          new UserShow("ALICE@Example.ORG"),
          new UserShow("alise@example.org"),
          new UserShow("nobody.at.all@example.org"),
          new UserPassword(ALICE, "other"),
          new UserPassword(ALICE, "x".repeat(2000)),
          new UserDisable(BOB),
          new UserDisable(BOB),
          new UserEnable(BOB),
          new UserQuota(ALICE, 1L << 30, null),
          new UserQuota(ALICE, null, 1000L),
          new UserQuota(ALICE, null, null),
          new UserQuota(ALICE, -1L, null),
          new UserSet(ALICE, 30),
          new UserSet(ALICE, null),
          new UserSet(ALICE, 100_000),
          new UserSet(ALICE, UserSet.AS_CONFIGURED),
          new AliasAdd("info@example.org", List.of(ALICE, "else@example.com")),
          new AliasAdd("info@example.org", List.of()),
          new AliasAdd("*@example.net", List.of(BOB)),
          new AliasAdd(ALICE, List.of(BOB)),
          new AliasAdd("info@example.com", List.of(BOB)),
          new AliasSet("info@example.org", ALICE, "members"),
          new AliasSet("info@example.org", "", null),
          new AliasSet("info@example.org", null, "nobody"),
          new AliasSet("nothing@example.org", null, "owner"),
          new AliasList(null),
          new AliasList("example.org"),
          new UserShow(ALICE),
          new UserShow("info@example.org"),
          new AliasRemove("info@example.org", List.of("else@example.com")),
          new AliasRemove("info@example.org", List.of()),
          new AliasRemove("info@example.org", List.of()),
          new FolderCreate(ALICE, "Projects/2027", null),
          new FolderCreate(ALICE, "Projects/2027", null),
          new FolderCreate(ALICE, "Spam", "junk"),
          new FolderCreate(ALICE, "Spam", "spam"),
          new FolderCreate(ALICE, "a%b", null),
          new FolderRename(ALICE, "Projects", "Work/\u00dcbersee"),
          new FolderRename(ALICE, "Project", "Work"),
          new FolderUnsubscribe(ALICE, "Work/\u00dcbersee/2027"),
          new FolderSubscribe(ALICE, "Work/\u00dcbersee/2027"),
          new FolderSubscribe(ALICE, "Nowhere"),
          new FolderDelete(ALICE, "Work/\u00dcbersee/2027"),
          new FolderDelete(ALICE, "INBOX"),
          new FolderDelete(ALICE, "Works"),
          new FolderList(ALICE),
          new FolderList("dave@example.org"),
          new FolderRename(ALICE, "Work/\u00dcbersee/2027", "Work/2027"),
          new FolderRestore(ALICE, "Work/\u00dcbersee/2026", null),
          new FolderRestore(ALICE, "Work/\u00dcbersee/2027", "INBOX"),
          new FolderRestore(ALICE, "Work/\u00dcbersee/2027", null),
          new FolderRestore(ALICE, "Work/\u00dcbersee/2027", null),
          new MessageList(ALICE, "INBOX", null, 10),
          new MessageList(ALICE, "INBOX", Instant.EPOCH, 10),
          new MessageList(ALICE, "INBOX", null, 0),
          new MessageList(ALICE, "Inboxes", null, 10),
          new MessageRestore(ALICE, "INBOX", Instant.EPOCH, List.of(7L), null, false),
          new MessageRestore(ALICE, "INBOX", Instant.EPOCH, List.of(), "Nowhere", true),
          new UserRemove("carol@example.net"),
          new UserRemove("carol@example.net"),
          new UserList(null),
          new UserRestore("carol@example.org", null),
          new UserRestore("carol@example.net", ALICE),
          new UserRestore("carol@example.net", null),
          new UserRestore("carol@example.net", null),
          new UserRemove("carol@example.net"),
          new QueueList(QueueFilter.ALL, 10),
          new QueueShow(7),
          new Trace("7", null),
          new Trace("t0cafe-1-1", null),
          new Trace("<nobody@example.org>", Instant.EPOCH),
          new Trace(" ", null),
          new QueueChange("hold", null, QueueFilter.of(7)),
          new QueueChange("burn", null, QueueFilter.of(7)),
          new QueueChange("bounce", "two\u0000lines", QueueFilter.ALL),
          new QueueChange("route", "mx.example.net:99999", QueueFilter.ALL),
          new BackupList("/nonexistent"),
          new RestoreUser("/nonexistent", null, ALICE, null, true),
          new RestoreUser("/nonexistent", null, "alice", null, true),
          new DomainRemove("example.org"),
          new AliasRemove("*@example.net", List.of()),
          new DomainRemove("example.net"),
          new DomainList(),
          new StoreCheckRun(false, false),
          new StoreCheckRun(true, true));

  @TempDir Path temp;

  @Test
  void withAndWithoutServer() throws IOException {
    Path up = temp.resolve("up");
    Path down = temp.resolve("down");
    List<String> withServer;
    try (TestServer _ = new TestServer(up)) {
      withServer = outcomes(up);
    }
    assertThat(outcomes(down)).containsExactlyElementsOf(withServer);
  }

  @Test
  void everyOperationIsTried() {
    Set<Class<?>> tried = new HashSet<>();
    OPERATIONS.forEach(operation -> tried.add(operation.getClass()));
    // these differ by intent, or name times and places
    tried.addAll(
        List.of(StatusShow.class, ConfigShow.class, ServerReload.class, StoreCompact.class));
    tried.addAll(List.of(BackupCreate.class, BackupVerify.class, RestoreWhole.class));
    tried.addAll(List.of(IndexShow.class, IndexRebuild.class));
    for (OperationTable.Row<?, ?> row : OperationTable.rows()) {
      assertThat(tried.contains(row.request())).as(row.name()).isTrue();
    }
  }

  private static List<String> outcomes(Path data) {
    ControlClient client =
        new ControlClient(TestServer.installation(data), ControlLimits.defaults());
    List<String> outcomes = new ArrayList<>();
    for (Operation<?> operation : OPERATIONS) {
      outcomes.add(operation + " -> " + outcome(client, operation));
    }
    return outcomes;
  }

  private static String outcome(ControlClient client, Operation<?> operation) {
    try {
      String json = ControlJson.text(client.execute(operation, Progress.NONE));
      return json.replaceAll("\"(created|deleted|removed)\" : \"[^\"]+\"", "\"$1\" : ...");
    } catch (Refusal e) {
      assertThat(e.sentence()).as("%s", operation).matches("(?s)\\S.*[.?]");
      return e.reason() + " " + e.sentence();
    }
  }
}
