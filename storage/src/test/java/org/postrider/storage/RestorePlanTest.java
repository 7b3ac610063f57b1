package org.postrider.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.postrider.storage.RestorePlan.Destination;
import org.postrider.storage.RestorePlan.Fate;

class RestorePlanTest {
  private static final List<Mailbox> NONE = List.of();

  private static Mailbox mailbox(long id, String name, long uidValidity) {
    return new Mailbox(
        new MailboxId(id), new AccountId(1), name, null, uidValidity, 10, 1, 0, 0, 0, 0);
  }

  private static Destination destination(
      List<Mailbox> live, List<Mailbox> held, List<Mailbox> leaving) {
    return RestorePlan.destination(
        mailbox(7, "Work", 100), new RestorePlan.Mailboxes(live, held, leaving));
  }

  @Test
  void theSameMailboxUnderWhateverName() {
    Mailbox renamed = mailbox(7, "Old work", 100);
    Mailbox recreated = mailbox(8, "Work", 101);
    assertThat(destination(List.of(recreated, renamed), NONE, NONE))
        .isEqualTo(new Destination.Same(renamed));
    Mailbox madeByARestoration = mailbox(9, "Work", 100);
    assertThat(destination(List.of(madeByARestoration), NONE, NONE))
        .isEqualTo(new Destination.Same(madeByARestoration));
  }

  @Test
  void aMailboxThatTookTheName() {
    Mailbox recreated = mailbox(8, "Work", 101);
    Mailbox deleted = mailbox(7, "Work", 100);
    assertThat(destination(List.of(recreated), List.of(deleted), NONE))
        .isEqualTo(new Destination.Other(recreated));
    Mailbox sameId = mailbox(7, "Work", 102);
    assertThat(destination(List.of(sameId), NONE, NONE)).isEqualTo(new Destination.Other(sameId));
  }

  @Test
  void aDeletedMailboxThatIsHeld() {
    Mailbox deleted = mailbox(7, "Work", 100);
    assertThat(destination(NONE, List.of(deleted), NONE)).isEqualTo(new Destination.Held(deleted));
  }

  @Test
  void aNewOneHasTheOldUidsUnlessTheyMayMeanSomethingElse() {
    Mailbox elsewhere = mailbox(8, "Play", 101);
    assertThat(destination(List.of(elsewhere), NONE, NONE)).isEqualTo(new Destination.Fresh(true));
    Mailbox halfSwept = mailbox(7, "Work", 100);
    assertThat(destination(NONE, NONE, List.of(halfSwept))).isEqualTo(new Destination.Fresh(false));
    Mailbox laterOfThatName = mailbox(9, "Work", 101);
    assertThat(destination(NONE, List.of(laterOfThatName), NONE))
        .isEqualTo(new Destination.Fresh(false));
    Mailbox otherWithThatUidValidity = mailbox(9, "Play", 100);
    assertThat(destination(List.of(otherWithThatUidValidity), NONE, NONE))
        .isEqualTo(new Destination.Fresh(false));
  }

  @Test
  void aUidComesBackWhenNobodyWasToldThatItIsGone() {
    MessageEntry old = new MessageEntry(5, 1, MessageFlags.NONE, 2, 3, 4, new ContentId(6));
    MessageRow same = new MessageRow(5, 9, 1, null, 2, 3, 4, 6);
    MessageRow other = new MessageRow(5, 9, 1, null, 2, 3, 44, 6);
    assertThat(RestorePlan.fate(old, same, false, 10)).isEqualTo(Fate.THERE);
    assertThat(RestorePlan.fate(old, other, false, 10)).isEqualTo(Fate.NEW_UID);
    assertThat(RestorePlan.fate(old, null, false, 10)).isEqualTo(Fate.OLD_UID);
    assertThat(RestorePlan.fate(old, null, true, 10)).isEqualTo(Fate.NEW_UID);
    assertThat(RestorePlan.fate(old, null, false, 5)).isEqualTo(Fate.NEW_UID);
  }
}
