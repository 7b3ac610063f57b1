package org.postrider.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.HashSet;
import java.util.Set;
import org.h2.store.fs.FilePath;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PowerLossDiskTest {
  private final PowerLossDisk disk = new PowerLossDisk(4);

  @AfterEach
  void close() {
    disk.close();
  }

  private static FilePath file(PowerLossDisk disk) {
    return FilePath.get(disk.path("f"));
  }

  private static void write(FileChannel channel, long position, String text) throws IOException {
    channel.write(ByteBuffer.wrap(text.getBytes()), position);
  }

  private static void forceNames(PowerLossDisk disk) throws IOException {
    try (FileChannel directory = file(disk).getParent().open("r")) {
      directory.force(true);
    }
  }

  private static String content(PowerLossDisk disk) throws IOException {
    if (!file(disk).exists()) {
      return "none";
    }
    try (FileChannel channel = file(disk).open("r")) {
      ByteBuffer target = ByteBuffer.allocate((int) channel.size());
      channel.read(target, 0);
      return new String(target.array()).replace('\0', '.');
    }
  }

  @Test
  void whatIsForcedSurvives() throws IOException {
    FileChannel channel = file(disk).open("rw");
    write(channel, 0, "aaaabbbbcc");
    channel.force(false);
    forceNames(disk);
    write(channel, 2, "XXXX");
    write(channel, 12, "YY");
    assertThat(content(disk)).isEqualTo("aaXXXXbbcc..YY");
    assertThat(content(disk.afterLoss(1, 0))).isEqualTo("aaaabbbbcc");
    assertThat(content(disk.afterLoss(1, 1))).isEqualTo("aaXXXXbbcc..YY");
  }

  @Test
  void pagesLengthAndNamesSurviveOnTheirOwn() throws IOException {
    FileChannel channel = file(disk).open("rw");
    write(channel, 0, "aaaabbbb");
    channel.force(false);
    write(channel, 0, "AAAABBBBCCCCDDDD");
    Set<String> found = new HashSet<>();
    for (int seed = 0; seed < 2000; seed++) {
      try (PowerLossDisk after = disk.afterLoss(seed, .5)) {
        found.add(content(after));
      }
    }
    // No name at all; or each forced page old or new, and of what was added 0 to 2 pages, zero or
    // new.
    assertThat(found)
        .contains("none", "aaaabbbb", "AAAAbbbb", "aaaaBBBB", "AAAABBBB", "aaaabbbb....DDDD")
        .contains("aaaabbbbCCCC", "AAAABBBBCCCCDDDD", "aaaabbbb........", "aaaabbbb....")
        .hasSize(1 + 4 * (1 + 2 + 4));
  }

  @Test
  void aTruncationThatWasNotForcedMayBeUndone() throws IOException {
    FileChannel channel = file(disk).open("rw");
    forceNames(disk);
    write(channel, 0, "aaaabbbbcccc");
    channel.force(false);
    channel.truncate(6);
    assertThat(content(disk)).isEqualTo("aaaabb");
    assertThat(content(disk.afterLoss(1, 0))).isEqualTo("aaaabbbbcccc");
    assertThat(content(disk.afterLoss(1, 1))).isEqualTo("aaaabb");
  }

  @Test
  void namesAreChangedInOrder() throws IOException {
    file(disk).open("rw").close();
    forceNames(disk);
    FilePath other = FilePath.get(disk.path("g"));
    file(disk).moveTo(other, true);
    assertThat(file(disk).exists()).isFalse();
    PowerLossDisk before = disk.afterLoss(1, 0);
    assertThat(file(before).exists()).isTrue();
    PowerLossDisk after = disk.afterLoss(1, 1);
    assertThat(FilePath.get(after.path("g")).exists()).isTrue();
  }

  @Test
  void afterTheChosenOperationNothingWorks() throws IOException {
    FileChannel channel = file(disk).open("rw");
    disk.loseAfter(2);
    write(channel, 0, "a");
    channel.force(false);
    assertThat(disk.isLost()).isTrue();
    assertThatThrownBy(() -> write(channel, 0, "b")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1), 0))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> channel.force(false)).isInstanceOf(IOException.class);
    assertThatThrownBy(channel::size).isInstanceOf(IOException.class);
  }
}
