package org.postrider.smtp.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.postrider.storage.ContentId;
import org.postrider.storage.DeliveryQueue.Entry;
import org.postrider.storage.QueueEntryId;

class JobQueueTest {
  private static Job job(long id, String options) {
    Entry entry =
        new Entry(
            new QueueEntryId(id),
            new ContentId(1),
            "",
            options,
            1,
            1,
            "s",
            Optional.empty(),
            List.of());
    return new Job(entry, List.of(), 0);
  }

  @Test
  void theMoreUrgentGoesFirstAndAmongEqualsWhatCameFirst() {
    JobQueue queue = new JobQueue();
    queue.add(job(1, "MT-PRIORITY=-4"));
    queue.add(job(2, ""));
    queue.add(job(3, "RET=HDRS MT-PRIORITY=9 ENVID=x"));
    queue.add(job(4, "BODY=8BITMIME"));
    queue.add(job(5, "MT-PRIORITY=9"));
    assertThat(queue.size()).isEqualTo(5);
    assertThat(queue.poll(3))
        .extracting(job -> job.entry().id().value())
        .containsExactly(3L, 5L, 2L);
    assertThat(queue.poll().entry().id().value()).isEqualTo(4);
    assertThat(queue.poll(3)).hasSize(1);
    assertThat(queue.isEmpty()).isTrue();
    assertThat(queue.poll()).isNull();
  }
}
