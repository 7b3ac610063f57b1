package org.postrider.imap.thread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postrider.imap.thread.ThreadAlgorithm.ORDEREDSUBJECT;
import static org.postrider.imap.thread.ThreadAlgorithm.REFERENCES;
import static org.postrider.imap.thread.ThreadAlgorithm.REFS;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postrider.imap.collation.BaseSubject;
import org.postrider.imap.collation.UnicodeCasemap;
import org.postrider.imap.content.SortFields;
import org.postrider.imap.content.ThreadFields;

/** RFC 5256 §3. A message is sent and arrives at the time of its number, unless it is said. */
class ThreadAlgorithmTest {
  private static ThreadedMessage message(
      int number, int sent, String subject, String id, String... references) {
    BaseSubject base = BaseSubject.of(subject);
    SortFields fields =
        new SortFields(sent, UnicodeCasemap.map(base.text()), base.isReply(), "", "", "", "", "");
    return new ThreadedMessage(
        number, number, fields, new ThreadFields(id, Arrays.asList(references)));
  }

  private static ThreadedMessage message(int number, String id, String... references) {
    return message(number, number, "", id, references);
  }

  private static String thread(ThreadAlgorithm algorithm, ThreadedMessage... messages) {
    return algorithm.thread(Arrays.asList(messages));
  }

  @Test
  void writesMembersAndNestedThreads() {
    // The example of RFC 5256 §4.
    assertThat(
            thread(
                REFS,
                message(2, "2"),
                message(3, "3"),
                message(4, "4", "3", "6"),
                message(6, "6", "3"),
                message(7, "7", "44"),
                message(23, "23", "4"),
                message(44, "44", "3", "6"),
                message(96, "96", "7")))
        .isEqualTo("(2)(3 6 (4 23)(44 7 96))");
    assertThat(thread(REFS, message(3, "3", "x"), message(5, "5", "x"))).isEqualTo("((3)(5))");
    assertThat(thread(REFS)).isEmpty();
  }

  @Test
  void leavesOutWhatIsNotThere() {
    assertThat(thread(REFERENCES, message(1, "1", "x"))).isEqualTo("(1)");
    assertThat(thread(REFERENCES, message(1, "1", "x", "y"), message(2, "2", "1", "z", "w")))
        .isEqualTo("(1 2)");
    assertThat(
            thread(
                REFERENCES,
                message(1, "1", "x", "y"),
                message(2, "2", "x", "z"),
                message(3, "3", "x", "z")))
        .isEqualTo("((1)(2)(3))");
  }

  @Test
  void makesNoLoop() {
    assertThat(thread(REFERENCES, message(1, "1", "2"), message(2, "2", "1"))).isEqualTo("(2 1)");
    assertThat(thread(REFERENCES, message(1, "1", "1"))).isEqualTo("(1)");
    assertThat(thread(REFERENCES, message(1, "1", "a", "b", "a"), message(2, "2", "b", "a")))
        .isEqualTo("((1)(2))");
  }

  @Test
  void followsTheMessageRatherThanWhatOthersSayOfIt() {
    // 3 says that 2 comes after 1; 2 knows better.
    assertThat(
            thread(
                REFERENCES,
                message(3, "3", "1", "2"),
                message(1, "1"),
                message(2, "2"),
                message(4, "4")))
        .isEqualTo("(1)(2 3)(4)");
  }

  @Test
  void givesAnIdentifierToTheFirstThatHasIt() {
    assertThat(
            thread(
                REFERENCES,
                message(1, "a"),
                message(2, "a"),
                message(3, "b", "a"),
                message(4, null)))
        .isEqualTo("(1 3)(2)(4)");
  }

  @Test
  void mergesThreadsOfTheSameSubject() {
    assertThat(
            thread(
                REFERENCES,
                message(1, 1, "Lunch", "1"),
                message(2, 2, "Re: Lunch", "2"),
                message(3, 3, "Re: Lunch", "3", "2")))
        .isEqualTo("(1 2 3)");
    // Two that are no replies are siblings.
    assertThat(thread(REFERENCES, message(1, 1, "Lunch", "1"), message(2, 2, "Lunch", "2")))
        .isEqualTo("((1)(2))");
    // A reply that was sent before what it replies to.
    assertThat(thread(REFERENCES, message(1, 1, "Re: Lunch", "1"), message(2, 2, "Lunch", "2")))
        .isEqualTo("(2 1)");
    // A dummy takes others in, be they messages or dummies.
    assertThat(
            thread(
                REFERENCES,
                message(1, 1, "Lunch", "1"),
                message(2, 2, "Re: Lunch", "2", "x"),
                message(3, 3, "Re: Lunch", "3", "x"),
                message(4, 4, "Re: Lunch", "4", "y"),
                message(5, 5, "Re: Lunch", "5", "y")))
        .isEqualTo("((1)(2)(3)(4)(5))");
    assertThat(thread(REFS, message(1, 1, "Lunch", "1"), message(2, 2, "Re: Lunch", "2")))
        .isEqualTo("(1)(2)");
    assertThat(thread(REFERENCES, message(1, 1, "", "1"), message(2, 2, "Re:", "2")))
        .isEqualTo("(1)(2)");
  }

  @Test
  void ordersBySentDateAndRefsByLastArrival() {
    ThreadedMessage[] messages = {
      message(1, 30, "a", "1"),
      message(2, 20, "b", "2"),
      message(3, 10, "c", "3", "1"),
      message(4, 5, "d", "4", "1")
    };
    assertThat(thread(REFERENCES, messages)).isEqualTo("(2)(1 (4)(3))");
    assertThat(thread(REFS, messages)).isEqualTo("(2)(1 (4)(3))");
    assertThat(thread(REFS, Arrays.copyOf(messages, 2))).isEqualTo("(1)(2)");
  }

  @Test
  void threadsByOrderedSubject() {
    assertThat(
            thread(
                ORDEREDSUBJECT,
                message(1, 40, "b", null),
                message(2, 10, "Re: a", null),
                message(3, 30, "a", null),
                message(4, 20, "A", null),
                message(5, 50, "[x] B", null)))
        .isEqualTo("(2 (4)(3))(1 5)");
    assertThat(
            thread(
                ORDEREDSUBJECT,
                message(1, 10, "a", null),
                message(2, 20, "Re: a", null),
                message(3, 30, "Fwd: a", null)))
        .isEqualTo("(1 (2)(3))");
  }

  /** A thread as deep as it is long, in any order of the mailbox. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void threadsDeeply(int order) {
    int count = 20_000;
    List<ThreadedMessage> messages = new ArrayList<>();
    StringBuilder expected = new StringBuilder("(");
    for (int i = 1; i <= count; i++) {
      String[] references = i == 1 ? new String[0] : new String[] {String.valueOf(i - 1)};
      messages.add(message(i, i, "Re: x", String.valueOf(i), references));
      expected.append(i == 1 ? "" : " ").append(i);
    }
    if (order == 1) {
      Collections.reverse(messages);
    } else if (order == 2) {
      Collections.shuffle(messages, new Random(7));
    }
    assertThat(REFERENCES.thread(messages)).isEqualTo(expected.append(')').toString());
  }

  /** Whatever refers to whatever: each message comes out once, and it ends. */
  @Test
  void keepsEachMessageOnce() {
    Random random = new Random(11);
    for (int round = 0; round < 200; round++) {
      int count = 1 + random.nextInt(40);
      List<ThreadedMessage> messages = new ArrayList<>();
      for (int i = 1; i <= count; i++) {
        String[] references = new String[random.nextInt(4)];
        Arrays.setAll(references, r -> String.valueOf(random.nextInt(count + 10)));
        String subject = (random.nextBoolean() ? "Re: " : "") + random.nextInt(6);
        messages.add(
            message(
                i, random.nextInt(30), subject, String.valueOf(random.nextInt(count)), references));
      }
      for (ThreadAlgorithm algorithm : ThreadAlgorithm.values()) {
        String text = algorithm.thread(messages);
        assertThat(Arrays.stream(text.split("[() ]+")).filter(word -> !word.isEmpty()))
            .hasSize(count)
            .doesNotHaveDuplicates();
        assertThat(text.chars().filter(c -> c == '(').count())
            .isEqualTo(text.chars().filter(c -> c == ')').count());
      }
    }
  }
}
